/**
 * Projects and what happens to them, by chance.
 */
import { BackfillPolicy } from "../../runtime/index.ts"
import { days, type Mapped, type Shape, sources, type World } from "./CorrectStore.ts"

/** A source of chance that a seed repeats: mulberry32. */
export const chance = (seed: number) => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    pick: <A>(list: ReadonlyArray<A>): A => list[below(list.length)]!,
    once: (n: number) => below(n) === 0
  }
}
export type Chance = ReturnType<typeof chance>

/** Two to six assets, each made from up to three before it. */
export const shapesOf = (random: Chance): ReadonlyArray<Shape> =>
  Array.from({ length: 2 + random.below(5) }, (_, index) => {
    const candidates = [...sources, ...Array(index).keys()].filter(() => random.once(2))
    const partitioned = !random.once(4)
    const mapped = (): Mapped => random.pick(["identity", "identity", "window", "all", "last"])
    return {
      partitioned,
      policy: random.pick([BackfillPolicy.perPartition, BackfillPolicy.batches(2), BackfillPolicy.singleRun]),
      inputs: (candidates.length === 0 ? [-1] : candidates.slice(0, 3)).map((of) => ({ of, mapped: mapped() }))
    }
  })

export const worldOf = (random: Chance): World => ({
  landed: new Map(
    sources.map((source) => {
      const first = days.slice(0, 1 + random.below(days.length))
      return [source, new Map(first.map((day) => [day, random.below(4)]))]
    })
  ),
  code: new Map(),
  config: new Map(),
  failing: new Set(),
  givenUp: new Set()
})

/** One thing that changes between runs. */
export const change = (random: Chance, shapes: ReadonlyArray<Shape>, world: World): void => {
  const asset = random.below(shapes.length)
  const landed = world.landed.get(random.pick(sources))!
  switch (random.below(7)) {
    case 0:
    case 1:
      landed.set(random.pick(days), random.below(4))
      return
    case 2:
      if (landed.size > 0) landed.delete(random.pick([...landed.keys()]))
      return
    case 3:
      world.code.set(asset, random.below(3))
      return
    case 4:
      world.config.set(asset, random.below(3))
      return
    case 5:
      world.failing.add(asset)
      return
    case 6:
      if (shapes[asset]!.partitioned) world.givenUp.add(`${asset}/${random.pick(days)}`)
  }
}
