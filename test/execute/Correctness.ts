/**
 * What a correct store is, as a function: every partition that exists holds
 * what its body gives on the current values of its inputs. Random projects go
 * through random changes, failures and interruptions; what the runtime made of
 * them is compared with the function, and every body that ran is asked whether
 * it had to.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { main } from "../../runtime/event/Run.ts"
import {
  Asset,
  AssetKey,
  BackfillPolicy,
  Files,
  PartitionMapping,
  PartitionSet,
  PartitionsDefinition,
  RunConfig,
  Value
} from "../../runtime/index.ts"
import * as Standing from "../../runtime/plan/Standing.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "./Harness.ts"

/** A bug put into the runtime, to see that it is found. */
export type PlantedBug =
  | "code is ignored"
  | "config is ignored"
  | "window is forgotten"
  | "window is off by one"
  | "downstream of a window is forgotten"
  | "observation is stuck"
  | Harness.BrokenIO

/** A source of chance that a seed repeats: mulberry32. */
const chance = (seed: number) => {
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
type Chance = ReturnType<typeof chance>

const days = ["2025-06-01", "2025-06-02", "2025-06-03", "2025-06-04", "2025-06-05"]
const daily = PartitionsDefinition.daily({ start: days[0]!, end: days[days.length - 1]! })

type Mapped = "identity" | "window" | "all"

interface Input {
  /** The number of an asset, or -1 for what landed. */
  readonly of: number
  readonly mapped: Mapped
}

interface Shape {
  readonly partitioned: boolean
  readonly policy: BackfillPolicy.BackfillPolicy
  readonly inputs: ReadonlyArray<Input>
}

/** What changes between runs. */
interface World {
  readonly landed: Map<string, number>
  readonly code: Map<number, number>
  readonly config: Map<number, number>
  /** Assets whose bodies fail. */
  readonly failing: Set<number>
}

const shapesOf = (random: Chance): ReadonlyArray<Shape> =>
  Array.from({ length: 2 + random.below(5) }, (_, index) => {
    const candidates = Array.from({ length: index + 1 }, (_, of) => of - 1).filter(() => random.once(2))
    const partitioned = !random.once(4)
    const mapped = (): Mapped => random.pick(["identity", "identity", "window", "all"])
    return {
      partitioned,
      policy: random.pick([BackfillPolicy.perPartition, BackfillPolicy.batches(2), BackfillPolicy.singleRun]),
      inputs: (candidates.length === 0 ? [-1] : candidates.slice(0, 3)).map((of) => ({ of, mapped: mapped() }))
    }
  })

const isPartitioned = (shapes: ReadonlyArray<Shape>, of: number): boolean => of === -1 || shapes[of]!.partitioned

/** How the input stands to the asset when one of both has no partitions. */
const mappedOf = (shapes: ReadonlyArray<Shape>, shape: Shape, input: Input): Mapped =>
  shape.partitioned && isPartitioned(shapes, input.of) ? input.mapped : "all"

/** Small, so that equal content after a change is common. */
const contentOf = (parts: ReadonlyArray<unknown>): number => {
  let hash = 7
  for (const char of JSON.stringify(parts)) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return hash % 5
}

/** The correct store, from nothing but shapes and world. */
export const correct = (shapes: ReadonlyArray<Shape>, world: World) => {
  const existing = (of: number): ReadonlyArray<string> => {
    if (of === -1) return days.filter((day) => world.landed.has(day))
    const shape = shapes[of]!
    const partitioned = shape.inputs.filter((input) => isPartitioned(shapes, input.of))
    const deciding = partitioned.length > 0 ? partitioned : shape.inputs
    const all = deciding.flatMap((input) => {
      const there = existing(input.of)
      if (there.length === 0) return []
      if (!shape.partitioned) return [""]
      const mapped = mappedOf(shapes, shape, input)
      return days.filter(
        (day) => mapped === "all" || there.includes(day) || (mapped === "window" && there.includes(before(day)))
      )
    })
    return (shape.partitioned ? days : [""]).filter((day) => all.includes(day))
  }
  const inputsOf = (of: number, day: string) =>
    shapes[of]!.inputs.map((input) => {
      const mapped = mappedOf(shapes, shapes[of]!, input)
      const there = existing(input.of)
      const wanted = there.filter(
        (other) => mapped === "all" || other === day || (mapped === "window" && other === before(day))
      )
      return wanted.map((other) => [other, value(input.of, other)] as const)
    })
  const value = (of: number, day: string): number =>
    of === -1
      ? world.landed.get(day)!
      : contentOf([of, world.code.get(of) ?? 0, world.config.get(of) ?? 0, inputsOf(of, day)])
  return { existing, inputsOf, value }
}

const before = (day: string): string => days[days.indexOf(day) - 1] ?? "none"

const keyOf = (of: number): string => (of === -1 ? "landed" : `asset_${of}`)

interface Watch {
  /** What the body of each partition got when it last succeeded. */
  readonly seen: Map<string, string>
  readonly needless: Array<string>
  /** Counts down to the moment at which the run is interrupted. */
  bodiesLeft: number
  readonly interrupt: Deferred.Deferred<void>
}

const mappingOf = (bug: PlantedBug | undefined, mapped: Mapped): PartitionMapping.PartitionMapping => {
  if (mapped === "all") return PartitionMapping.all
  if (mapped === "identity") return PartitionMapping.identity
  const window = PartitionMapping.lookback(1)
  if (bug === "window is forgotten") return { ...window, upstream: PartitionMapping.identity.upstream }
  if (bug === "window is off by one") return { ...window, upstream: PartitionMapping.lookback(2).upstream }
  if (bug === "downstream of a window is forgotten")
    return { ...window, downstream: PartitionMapping.identity.downstream }
  return window
}

const assetsOf = (
  shapes: ReadonlyArray<Shape>,
  world: World,
  watch: () => Watch,
  failedBefore: () => ReadonlyMap<AssetKey.AssetKey, PartitionSet.PartitionSet>,
  bug: PlantedBug | undefined
): ReadonlyArray<Asset.Any> => {
  const stuck = new Map(world.landed)
  const Landed = Asset.external("landed", {
    partitions: daily,
    output: Files.files,
    observe: Effect.sync(() =>
      [
        ...(bug === "observation is stuck"
          ? new Map([...world.landed].map(([day]) => [day, stuck.get(day) ?? 0]))
          : world.landed)
      ].map(([day, version]) => ({ partitionKey: day as PartitionsDefinition.DayKey, version: String(version) }))
    )
  })
  const assets: Array<Asset.Any> = [Landed]
  for (const [index, shape] of shapes.entries()) {
    const deps = Object.fromEntries(
      shape.inputs.map((input) => [
        `input_${input.of + 1}`,
        Asset.through(assets[input.of + 1]!, mappingOf(bug, mappedOf(shapes, shape, input)))
      ])
    )
    const body = Effect.fnUntraced(function* (inputs: Record<string, unknown>) {
      const state = watch()
      state.bodiesLeft--
      if (state.bodiesLeft === 0) {
        yield* Deferred.succeed(state.interrupt, undefined)
        return yield* Effect.never
      }
      const made = new Map<string, number>()
      const made_ = (inputs.partitions ??
        (inputs.partition === undefined ? [{ key: "", ordinal: 0 }] : [inputs.partition])) as ReadonlyArray<{
        readonly key: string
        readonly ordinal: number
      }>
      for (const { key, ordinal } of made_) {
        const got = shape.inputs.map((input) => valuesFor(shapes, shape, input, key, inputs, world))
        const text = JSON.stringify([world.code.get(index) ?? 0, world.config.get(index) ?? 0, got])
        const failed = failedBefore().get(AssetKey.make(keyOf(index)))
        const hadFailed = failed !== undefined && PartitionSet.has(failed, ordinal)
        if (!hadFailed && state.seen.get(`${index}/${key}`) === text) state.needless.push(`${index}/${key}`)
        made.set(key, contentOf([index, world.code.get(index) ?? 0, world.config.get(index) ?? 0, got]))
      }
      if (world.failing.has(index)) return yield* Effect.fail("planned failure")
      for (const { key } of made_) {
        const got = shape.inputs.map((input) => valuesFor(shapes, shape, input, key, inputs, world))
        state.seen.set(
          `${index}/${key}`,
          JSON.stringify([world.code.get(index) ?? 0, world.config.get(index) ?? 0, got])
        )
      }
      return inputs.partitions === undefined ? made.get(made_[0]!.key)! : (made as ReadonlyMap<string, number>)
    })
    const shared = {
      deps,
      backfillPolicy: shape.policy,
      config: RunConfig.of(Schema.Struct({ n: Schema.Int }), { n: 0 }),
      output: Value.of(Schema.Int),
      materialize: body as never
    }
    assets.push(
      shape.partitioned
        ? Asset.make(keyOf(index), { ...shared, partitions: daily } as never)
        : Asset.make(keyOf(index), shared as never)
    )
  }
  return assets
}

/** The values that a body got for one of its partitions, as `correct` would write them. */
const valuesFor = (
  shapes: ReadonlyArray<Shape>,
  shape: Shape,
  input: Input,
  day: string,
  inputs: Record<string, unknown>,
  world: World
): ReadonlyArray<readonly [string, number]> => {
  const mapped = mappedOf(shapes, shape, input)
  const wanted = (other: string) => mapped === "all" || other === day || (mapped === "window" && other === before(day))
  if (input.of === -1) return [...world.landed].filter(([other]) => wanted(other)).sort(([a], [b]) => (a < b ? -1 : 1))
  const handle = inputs[`input_${input.of + 1}`]
  if (!isPartitioned(shapes, input.of)) return handle === undefined ? [] : [["", handle as number]]
  if (handle instanceof Map) return [...(handle as Map<string, number>)].filter(([other]) => wanted(other))
  return handle === undefined ? [] : [[day, handle as number]]
}

const changed = (random: Chance, shapes: ReadonlyArray<Shape>, world: World): void => {
  const asset = random.below(shapes.length)
  switch (random.below(6)) {
    case 0:
    case 1:
      world.landed.set(random.pick(days), random.below(4))
      return
    case 2:
      if (world.landed.size > 1) world.landed.delete(random.pick([...world.landed.keys()]))
      return
    case 3:
      world.code.set(asset, random.below(3))
      return
    case 4:
      world.config.set(asset, random.below(3))
      return
    case 5:
      world.failing.add(asset)
  }
}

/** The partitions that the last run published, as `<number of the asset>/<key>`. */
const publishedByLast = Effect.gen(function* () {
  const [last] = yield* (yield* RunLedger).list(1)
  const manifests = yield* (yield* Catalog).manifests(main)
  return [...manifests].flatMap(([key, manifest]) =>
    manifest
      .filter(({ object }) => object.runId === last!.id)
      .flatMap(({ live }) => [...PartitionSet.ordinals(live)])
      .map((ordinal) => `${key.slice(6)}/${ordinal === 0 ? "" : PartitionsDefinition.dayKey(ordinal)}`)
  )
})

/** Plays one random history; returns what was found to be wrong, and is empty for a correct runtime. */
export const play = Effect.fnUntraced(function* (seed: number, bug?: PlantedBug) {
  const random = chance(seed)
  const shapes = shapesOf(random)
  const world: World = {
    landed: new Map(days.slice(0, 1 + random.below(days.length)).map((day) => [day, random.below(4)])),
    code: new Map(),
    config: new Map(),
    failing: new Set()
  }
  const seen = new Map<string, string>()
  const problems: Array<string> = []
  let watch: Watch = { seen, needless: [], bodiesLeft: -1, interrupt: yield* Deferred.make<void>() }
  let failed: ReadonlyMap<AssetKey.AssetKey, PartitionSet.PartitionSet> = new Map()
  const assets = assetsOf(
    shapes,
    world,
    () => watch,
    () => failed,
    bug
  )
  const options = () => ({
    code: bug === "code is ignored" ? {} : Object.fromEntries([...world.code].map(([of, n]) => [keyOf(of), String(n)])),
    config: [Object.fromEntries([...world.config].map(([of, n]) => [keyOf(of), { n }]))],
    ignoreConfig: bug === "config is ignored"
  })
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i <= random.below(3); i++) changed(random, shapes, world)
    if (random.once(2)) {
      const tentative = new Map(seen)
      watch = { ...watch, seen: tentative, bodiesLeft: 1 + random.below(4), interrupt: yield* Deferred.make<void>() }
      failed = yield* (yield* Catalog).failed(main)
      const run = yield* Effect.forkChild(Harness.materialize(assets, options()))
      yield* Effect.raceFirst(Deferred.await(watch.interrupt), Fiber.await(run))
      yield* Fiber.interrupt(run)
      for (const partition of yield* publishedByLast)
        if (tentative.has(partition)) seen.set(partition, tentative.get(partition)!)
    }
    world.failing.clear()
    watch = { ...watch, seen, bodiesLeft: -1 }
    failed = yield* (yield* Catalog).failed(main)
    yield* Harness.materialize(assets, options())
    const stored = yield* Harness.stored(assets)
    const expected = correct(shapes, world)
    for (const of of shapes.keys()) {
      for (const day of expected.existing(of)) {
        const found = stored.get(keyOf(of))?.get(day)
        const wanted = expected.value(of, day)
        if (found !== wanted) problems.push(`round ${round}: ${keyOf(of)}[${day}] is ${found}, not ${wanted}`)
      }
    }
    const again = yield* Harness.plan(assets, options())
    if (again.planned.plan.steps.length > 0) problems.push(`round ${round}: there is still something to make`)
    for (const [key, standing] of Standing.all(again.planned.known.view))
      if (!PartitionSet.isEmpty(Standing.outdated(standing))) problems.push(`round ${round}: ${key} is called outdated`)
  }
  return [...problems, ...watch.needless.map((partition) => `${partition} was made again for nothing`)]
})
