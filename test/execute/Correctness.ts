/**
 * Whether the store is correct, and no body ran without a reason, after random
 * histories.
 *
 * Random projects go through random changes, failures and interruptions, and are
 * made in part; what the runtime made of them is compared with the function, and
 * every body that ran is asked whether it had to.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { main } from "../../runtime/event/Run.ts"
import {
  Asset,
  AssetKey,
  Files,
  Partition,
  PartitionMapping,
  PartitionSet,
  PartitionsDefinition,
  RunConfig,
  Value
} from "../../runtime/index.ts"
import * as Standing from "../../runtime/plan/Standing.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as CorrectStore from "./CorrectStore.ts"
import {
  contentOf,
  daily,
  days,
  type Input,
  isPartitioned,
  type Mapped,
  mappedOf,
  type Shape,
  sources,
  takes,
  type World
} from "./CorrectStore.ts"
import * as Harness from "./Harness.ts"
import * as RandomHistory from "./RandomHistory.ts"

/** A bug put into the runtime, to see that it is found. */
export type PlantedBug =
  | "code is ignored"
  | "config is ignored"
  | "window is forgotten"
  | "window is off by one"
  | "downstream of a window is forgotten"
  | "observation is stuck"
  | Harness.BrokenIO

const keyOf = (of: number): string => (of < 0 ? `landed_${-of}` : `asset_${of}`)

interface Watch {
  /** What the body of each partition got when it last succeeded. */
  readonly seen: Map<string, string>
  readonly needless: Array<string>
  /** Counts down to the moment at which the run is interrupted. */
  bodiesLeft: number
  readonly interrupt: Deferred.Deferred<void>
}

const nameOf = ({ of }: Input): string => `input_${of + sources.length}`

const mappingOf = (bug: PlantedBug | undefined, mapped: Mapped): PartitionMapping.PartitionMapping => {
  if (mapped === "all") return PartitionMapping.all
  if (mapped === "last") return PartitionMapping.last
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
  const assets: Array<Asset.Any> = sources.map((source) => {
    const landed = world.landed.get(source)!
    const stuck = new Map(landed)
    const versionOf = (day: string) => (bug === "observation is stuck" ? (stuck.get(day) ?? 0) : landed.get(day)!)
    return Asset.external(keyOf(source), {
      partitions: daily,
      output: Files.files,
      observe: Effect.sync(() =>
        Array.from(landed.keys(), (day) => ({
          partitionKey: day as PartitionsDefinition.DayKey,
          version: String(versionOf(day))
        }))
      )
    })
  })
  for (const [index, shape] of shapes.entries()) {
    const deps = Object.fromEntries(
      shape.inputs.map((input) => [
        nameOf(input),
        Asset.through(assets[input.of + sources.length]!, mappingOf(bug, mappedOf(shapes, shape, input)))
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
        if (world.givenUp.has(`${index}/${key}`)) {
          yield* Partition.fail(key, "planned failure")
          made.delete(key)
          continue
        }
        const got = shape.inputs.map((input) => valuesFor(shapes, shape, input, key, inputs, world))
        state.seen.set(
          `${index}/${key}`,
          JSON.stringify([world.code.get(index) ?? 0, world.config.get(index) ?? 0, got])
        )
      }
      return inputs.partitions === undefined ? (made.get(made_[0]!.key) ?? 0) : (made as ReadonlyMap<string, number>)
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
  const there = CorrectStore.correct(shapes, world).existing(input.of)
  const wanted = (other: string) => takes(mapped, there, day, other)
  if (input.of < 0) {
    const landed = world.landed.get(input.of)!
    return [...landed].filter(([other]) => wanted(other)).sort(([a], [b]) => (a < b ? -1 : 1))
  }
  const handle = inputs[nameOf(input)]
  if (!isPartitioned(shapes, input.of)) return handle === undefined ? [] : [["", handle as number]]
  if (handle instanceof Map) return [...(handle as Map<string, number>)].filter(([other]) => wanted(other))
  return handle === undefined ? [] : [[mapped === "last" ? there.at(-1)! : day, handle as number]]
}

/** All, or some assets and some days, as a person asks for them. */
const partOf = (random: RandomHistory.Chance, shapes: ReadonlyArray<Shape>): Harness.Options => {
  if (random.once(2)) return {}
  const of = [...sources, ...shapes.keys()].filter(() => random.once(2))
  const asked = days.filter(() => random.once(2)).map((day) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(day)))
  return { assets: of.map(keyOf), partitions: PartitionSet.fromOrdinals(random.once(2) ? [0, ...asked] : asked) }
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
  const random = RandomHistory.chance(seed)
  const shapes = RandomHistory.shapesOf(random)
  const world = RandomHistory.worldOf(random)
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
    for (let i = 0; i <= random.below(3); i++) RandomHistory.change(random, shapes, world)
    for (let before = random.below(3); before > 0; before--) {
      const tentative = new Map(seen)
      const bodiesLeft = random.once(2) ? -1 : 1 + random.below(4)
      watch = { ...watch, seen: tentative, bodiesLeft, interrupt: yield* Deferred.make<void>() }
      failed = yield* (yield* Catalog).failed(main)
      const run = yield* Effect.forkChild(Harness.materialize(assets, { ...options(), ...partOf(random, shapes) }))
      yield* Effect.raceFirst(Deferred.await(watch.interrupt), Fiber.await(run))
      yield* Fiber.interrupt(run)
      for (const partition of yield* publishedByLast)
        if (tentative.has(partition)) seen.set(partition, tentative.get(partition)!)
    }
    world.failing.clear()
    world.givenUp.clear()
    watch = { ...watch, seen, bodiesLeft: -1 }
    failed = yield* (yield* Catalog).failed(main)
    yield* Harness.materialize(assets, options())
    const stored = yield* Harness.stored(assets)
    const expected = CorrectStore.correct(shapes, world)
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
