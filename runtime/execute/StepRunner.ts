/**
 * Performs an attempt at a step: reads its inputs, runs the body, writes what it
 * returned and makes it durable.
 *
 * Nothing of it is visible before it is published; whatever interrupts it leaves
 * only a staging folder behind.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Semaphore from "effect/Semaphore"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type Written } from "../definition/IOManager.ts"
import * as Metadata from "../definition/Metadata.ts"
import { Partition } from "../definition/Partition.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Quarantine } from "../definition/Quarantine.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import type { Relation } from "../definition/Sql.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Run, StepError } from "../event/Run.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Step } from "../plan/RunPlan.ts"
import * as Staleness from "../plan/Staleness.ts"
import type { StoredObject } from "../record/Catalog.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import type { AttemptTimeout } from "./Attempts.ts"
import * as Checks from "./Checks.ts"
import * as ResourceUsage from "./ResourceUsage.ts"
import type * as RunState from "./RunState.ts"
import * as StepFailure from "./StepFailure.ts"
import * as StepInputs from "./StepInputs.ts"

export interface Attempt {
  readonly run: Run
  readonly state: RunState.RunState
  readonly step: Step
  readonly number: number
  readonly partitions: PartitionSet.PartitionSet
  /** The services that bodies ask for. */
  readonly resources: Context.Context<never>
}

/** What an attempt made: durable objects that are not published yet. */
export interface Made {
  readonly number: number
  readonly outputs: ReadonlyArray<Output>
  readonly metadata: Metadata.MetadataEntries
  /** The partitions that the body gave up, with their errors. */
  readonly failed: ReadonlyMap<number, StepError>
}

/** What was made of one asset. */
export interface Output {
  readonly object: StoredObject
  readonly versions: PartitionVersions.PartitionVersions
}

/** The partitions of a step that still have to be made, now that its inputs are: the rest is up to date after all. */
export const remaining = (state: RunState.RunState, step: Step): PartitionSet.PartitionSet => {
  const pending = step.reasons.get("InputPending")
  if (pending === undefined) return step.partitions
  const changed = step.assets.map((key) => Staleness.stale(state.view, key, pending, state))
  return PartitionSet.union(PartitionSet.difference(step.partitions, pending), PartitionSet.unionAll(changed))
}

export interface Holding {
  /** Around all that the body does, until what it returned is written. */
  readonly body: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | AttemptTimeout, R>
  /** A permit of it is held while files are made durable; a body does not end before it has one. */
  readonly sealing: Semaphore.Semaphore
}

/** One attempt; interrupted or failed, it leaves nothing behind. */
export const attempt = Effect.fnUntraced(
  function* (self: Attempt, { body, sealing }: Holding) {
    const started = yield* ResourceUsage.start
    const scope = yield* Effect.scope
    const { failed, metadata, written } = yield* body(
      Effect.tap(Effect.scoped(write(self, scope)), () => Scope.provide(sealing.takeScoped(1), scope))
    )
    const outputs = yield* Effect.forEach(written, (one) => seal(self, one))
    const checked = yield* Checks.evaluate(
      self.state.view.graph,
      outputs.map(({ object }) => object)
    )
    const made: Made = {
      number: self.number,
      outputs,
      failed,
      metadata: {
        ...metadata,
        ...checked,
        ...sum([...written.map(({ written }) => written.metadata), ...outputs.map(({ object }) => measures(object))]),
        ...(yield* ResourceUsage.since(started))
      }
    }
    return made
  },
  Effect.scoped,
  // As `Effect.fn` does it, without the stack that it takes of every call.
  (attempt) => Effect.withSpan(attempt, "StepRunner.attempt", { captureStackTrace: false })
)

/** Runs the body and writes what it returned into staging folders, which go with the scope that is given. */
const write = Effect.fnUntraced(function* (self: Attempt, scope: Scope.Scope) {
  const asset = AssetGraph.asset(self.state.view.graph, self.step.assets[0]!)
  const source = asset.source as Asset.Computation
  const inputs = yield* StepInputs.read(self.state, asset, self.partitions)
  const body = yield* runBody(self, source, inputs)
  const partitions = PartitionSet.difference(self.partitions, PartitionSet.fromOrdinals(body.failed.keys()))
  const outputs = PartitionSet.isEmpty(partitions) ? [] : [...source.outputs]
  const written = yield* Effect.forEach(outputs, ([name, key]) =>
    writeOutput(self, {
      key,
      partitions,
      returned: body.outputOf(name),
      quarantined: body.quarantined,
      scope
    })
  )
  return { failed: body.failed, metadata: body.metadata, written }
})

interface Body {
  /** What it returned for an output, by its name; that of an asset alone is "". */
  readonly outputOf: (name: string) => unknown
  readonly metadata: Metadata.MetadataEntries
  readonly quarantined: ReadonlyArray<Relation>
  readonly failed: ReadonlyMap<number, StepError>
}

const runBody = Effect.fnUntraced(function* (
  { partitions, resources, state, step }: Attempt,
  source: Asset.Computation,
  inputs: Record<string, unknown>
) {
  const metadata: Record<string, Metadata.MetadataValue> = {}
  const quarantined: Array<Relation> = []
  const failed = new Map<number, StepError>()
  const ordinalOf = (key: string): number => {
    for (const ordinal of PartitionSet.ordinals(partitions)) {
      if (AssetGraphView.keyOf(state.view, step.assets[0]!, ordinal) === key) return ordinal
    }
    throw new TypeError(`the step does not make the partition "${key}" of ${step.assets[0]}`)
  }
  const services = resources.pipe(
    Context.add(Metadata.Metadata, {
      add: (entries) =>
        Effect.sync(() => {
          for (const [name, plain] of Object.entries(entries)) metadata[name] = Metadata.fromPlain(plain)
        })
    }),
    Context.add(Quarantine, { add: (rows) => Effect.sync(() => void quarantined.push(rows)) }),
    Context.add(Partition, {
      fail: (key, error) => Effect.sync(() => void failed.set(ordinalOf(key), StepFailure.fromError(error)))
    })
  )
  const body = source.materialize(inputs as never) as Effect.Effect<unknown, unknown>
  const returned = yield* Effect.provideContext(body, services)
  const outputOf = (name: string) => streaming(name === "" ? returned : Reflect.get(returned as object, name), services)
  return { outputOf, metadata, quarantined, failed } satisfies Body as Body
})

/** Streams that a body returns run after it, with the services that it had. */
const streaming = (returned: unknown, services: Context.Context<never>): unknown =>
  Stream.isStream(returned) ? Stream.provideContext(returned, services) : returned

interface WrittenOutput {
  readonly key: AssetKey
  readonly partitions: PartitionSet.PartitionSet
  readonly directory: string
  readonly written: Written
}

const writeOutput = Effect.fnUntraced(function* (
  self: Attempt,
  of: {
    readonly key: AssetKey
    readonly partitions: PartitionSet.PartitionSet
    readonly returned: unknown
    readonly quarantined: ReadonlyArray<Relation>
    readonly scope: Scope.Scope
  }
) {
  const { key, partitions } = of
  const objects = yield* ObjectStore
  const io = yield* IOManager
  const directory = yield* Scope.provide(objects.stage(self.run.id, `${key}/${objectId(self)}`), of.scope)
  const written = yield* io.write({
    ...StepInputs.storedAs(self.state.view, AssetGraph.asset(self.state.view.graph, key)),
    body: of.returned,
    quarantined: of.quarantined,
    partitions,
    directory
  })
  return { key, partitions, directory, written } satisfies WrittenOutput as WrittenOutput
})

const objectId = ({ number, run, step }: Attempt): string => `${run.id}.${step.index}.${number}`

/** Makes one asset's output durable, and gives the object and the versions of its partitions. */
const seal = Effect.fnUntraced(function* (self: Attempt, { directory, key, partitions, written }: WrittenOutput) {
  const { run, state, step } = self
  const objects = yield* ObjectStore
  const asset = AssetGraph.asset(state.view.graph, key)
  const id = objectId(self)
  const provenance = state.provenance(key)
  const isSink = asset.output._tag === "Sink"
  const engine = engineSeed(written.engine)
  const versions = PartitionVersions.fromEntries(
    written.contents.map(({ hash, ordinal }) => ({
      ordinal,
      provenance: provenance.of(ordinal),
      data: isSink ? provenance.of(ordinal) : Version.mix(engine, hash)
    }))
  )
  const sealed = yield* objects.seal(directory, { asset: key, id, versions })
  const object: StoredObject = {
    id: `${key}/${id}`,
    asset: key,
    kind: asset.output._tag,
    path: sealed.path,
    files: written.files,
    partitions,
    rows: written.rows,
    quarantined: written.quarantined,
    bytes: sealed.bytes,
    columns: written.columns,
    engine: written.engine,
    codeVersion: state.view.codeVersions.get(key) ?? "",
    config: (state.view.configs.get(key) ?? RunConfig.none).text,
    hash: sealed.hash,
    runId: run.id,
    step: step.index,
    createdAt: yield* Clock.currentTimeMillis
  }
  return { object, versions } satisfies Output as Output
})

/** Hashed once for every engine that there is. */
const engineSeed = (engine: string): Version.Version => {
  const known = engineSeeds.get(engine) ?? Version.seed("engine", engine)
  engineSeeds.set(engine, known)
  return known
}

const engineSeeds = new Map<string, Version.Version>()

const measures = (object: StoredObject): Metadata.MetadataEntries => ({
  "strata/rows": { _tag: "Int", value: object.rows },
  "strata/bytes": Metadata.bytes(object.bytes),
  ...(object.quarantined > 0 ? { "strata/quarantined": { _tag: "Int", value: object.quarantined } } : {})
})

/** Metadata of several outputs of one step as one: counts and bytes are added up. */
export const sum = (all: ReadonlyArray<Metadata.MetadataEntries>): Metadata.MetadataEntries => {
  const result: Record<string, Metadata.MetadataValue> = {}
  for (const [name, entry] of all.flatMap((entries) => Object.entries(entries))) {
    const before = result[name]
    const isCount =
      before !== undefined && (entry._tag === "Int" || entry._tag === "Bytes") && before._tag === entry._tag
    result[name] = isCount ? { ...entry, value: entry.value + (before.value as number) } : entry
  }
  return result
}
