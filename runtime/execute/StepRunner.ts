/**
 * Performs one step: reads its inputs, runs the body, stores what it returned
 * and publishes it.
 *
 * Nothing is visible before publication, and publication is one transaction;
 * whatever interrupts a step before it leaves only a staging folder behind.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type Stored } from "../definition/IOManager.ts"
import * as Metadata from "../definition/Metadata.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import { Quarantine } from "../definition/Quarantine.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import type { Relation } from "../definition/Sql.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import { Event } from "../event/Event.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import * as Provenance from "../event/Provenance.ts"
import type { Run } from "../event/Run.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Step } from "../plan/RunPlan.ts"
import * as Staleness from "../plan/Staleness.ts"
import { Catalog, type StoredObject } from "../record/Catalog.ts"
import { landedFiles } from "../record/KnownState.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import * as ResourceUsage from "./ResourceUsage.ts"
import type * as RunState from "./RunState.ts"

export interface Attempt {
  readonly run: Run
  readonly state: RunState.RunState
  readonly step: Step
  readonly number: number
  /** The services that bodies ask for. */
  readonly resources: Context.Context<never>
}

/** The partitions of a step that still have to be made, now that its inputs are: the rest is up to date after all. */
export const remaining = (state: RunState.RunState, step: Step): PartitionSet.PartitionSet => {
  const pending = step.reasons.get("InputPending")
  if (pending === undefined) return step.partitions
  const changed = step.assets.map((key) => Staleness.stale(state.view, key, pending, state))
  return PartitionSet.union(PartitionSet.difference(step.partitions, pending), PartitionSet.unionAll(changed))
}

/** One attempt at a step over these partitions; returns the event of its success, published with the data. */
export const attempt = Effect.fn("StepRunner.attempt")(function* (
  self: Attempt,
  partitions: PartitionSet.PartitionSet
) {
  const started = yield* ResourceUsage.start
  const asset = AssetGraph.asset(self.state.view.graph, self.step.assets[0]!)
  const source = asset.source as Asset.Computation
  const inputs = yield* readInputs(self, asset, partitions)
  const body = yield* runBody(self, source, inputs)
  const written = yield* Effect.forEach(source.outputs, ([name, key]) =>
    store(self, key, partitions, name === "" ? body.returned : Reflect.get(body.returned as object, name), body)
  )
  const metadata = {
    ...body.metadata,
    ...sum(written.map(({ metadata }) => metadata)),
    ...(yield* ResourceUsage.since(started))
  }
  return yield* publish(self, partitions, written, metadata)
}, Effect.scoped)

interface StoredOutput {
  readonly object: StoredObject
  readonly versions: PartitionVersions.PartitionVersions
  readonly metadata: Metadata.MetadataEntries
}

const readInputs = Effect.fnUntraced(function* (
  { state }: Attempt,
  asset: Asset.Any,
  partitions: PartitionSet.PartitionSet
) {
  const inputs: Record<string, unknown> = partitionInputs(state.view, asset, partitions)
  if (asset.config !== undefined) inputs.config = state.view.configs.get(asset.key)!.value
  for (const input of state.view.graph.inputs.get(asset.key)!) {
    const needed = AssetGraphView.upstreamOf(state.view, asset.key, input, partitions)
    const handle = yield* read(state, input.asset, needed)
    inputs[input.name] = isSingleValue(state.view, asset, input) ? only(handle) : handle
  }
  return inputs
})

const read = Effect.fnUntraced(function* (
  state: RunState.RunState,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
) {
  const io = yield* IOManager
  const store = yield* ObjectStore
  const asset = AssetGraph.asset(state.view.graph, key)
  const seen = (state.observations.get(key) ?? []).filter(({ ordinal }) => PartitionSet.has(partitions, ordinal))
  return yield* io.read({
    ...storedAs(state.view, asset),
    pieces: state.pieces(key, partitions).map(({ live, object }) => ({
      directory: store.directory(object),
      files: object.files,
      columns: object.columns,
      partitions: object.partitions,
      wanted: live
    })),
    landed: landedFiles(asset.partitions, state.view.dictionary, seen)
  })
})

const storedAs = (view: AssetGraphView.AssetGraphView, asset: Asset.Any): Stored => ({
  asset: asset.key,
  output: asset.output,
  partitioned: PartitionsDefinition.isPartitioned(asset.partitions),
  keyOf: (ordinal) => PartitionsDefinition.key(asset.partitions, view.dictionary, ordinal)
})

/** `partition` for a step of one, `partitions` for the others, nothing without partitions. */
const partitionInputs = (
  view: AssetGraphView.AssetGraphView,
  asset: Asset.Any,
  set: PartitionSet.PartitionSet
): Record<string, unknown> => {
  if (!PartitionsDefinition.isPartitioned(asset.partitions)) return {}
  const partitions = [...PartitionSet.ordinals(set)].map((ordinal) => ({
    ordinal,
    key: AssetGraphView.keyOf(view, asset.key, ordinal)
  }))
  return isPerPartition(asset) ? { partition: partitions[0] } : { partitions }
}

const isPerPartition = (asset: Asset.Any): boolean =>
  asset.source._tag === "Computation" && asset.source.backfillPolicy._tag === "PerPartition"

/** Whether the body gets the value of the one mapped partition instead of a map, as its type says. */
const isSingleValue = (view: AssetGraphView.AssetGraphView, asset: Asset.Any, input: AssetGraph.Input): boolean => {
  const upstream = AssetGraph.asset(view.graph, input.asset)
  return (
    upstream.output._tag === "Value" &&
    PartitionsDefinition.isPartitioned(upstream.partitions) &&
    PartitionsDefinition.isPartitioned(asset.partitions) &&
    isPerPartition(asset) &&
    input.mapping.arity === "One"
  )
}

const only = (handle: unknown): unknown => [...(handle as ReadonlyMap<string, unknown>).values()][0]

interface Body {
  readonly returned: unknown
  readonly metadata: Metadata.MetadataEntries
  readonly quarantined: ReadonlyArray<Relation>
}

const runBody = Effect.fnUntraced(function* (
  { resources }: Attempt,
  source: Asset.Computation,
  inputs: Record<string, unknown>
) {
  const metadata: Record<string, Metadata.MetadataValue> = {}
  const quarantined: Array<Relation> = []
  const returned = yield* (source.materialize(inputs as never) as Effect.Effect<unknown, unknown>).pipe(
    Effect.provideService(Metadata.Metadata, {
      add: (entries) =>
        Effect.sync(() => {
          for (const [name, plain] of Object.entries(entries)) metadata[name] = Metadata.fromPlain(plain)
        })
    }),
    Effect.provideService(Quarantine, { add: (rows) => Effect.sync(() => void quarantined.push(rows)) }),
    Effect.provideContext(resources)
  )
  return { returned, metadata, quarantined } satisfies Body as Body
})

/** Writes one asset's output, makes it durable, and gives the object and the versions of its partitions. */
const store = Effect.fnUntraced(function* (
  self: Attempt,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  returned: unknown,
  body: Body
) {
  const { run, state, step } = self
  const objects = yield* ObjectStore
  const io = yield* IOManager
  const asset = AssetGraph.asset(state.view.graph, key)
  const id = `${run.id}.${step.index}.${self.number}`
  const directory = yield* objects.stage(run.id, `${key}/${id}`)
  const written = yield* io.write({
    ...storedAs(state.view, asset),
    body: returned,
    quarantined: body.quarantined,
    partitions,
    directory
  })
  const provenance = Provenance.make(state.view, key, state)
  const isSink = asset.output._tag === "Sink"
  const versions = PartitionVersions.fromEntries(
    written.contents.map(({ hash, ordinal }) => ({
      ordinal,
      provenance: provenance.of(ordinal),
      data: isSink ? provenance.of(ordinal) : Version.mix(Version.seed("engine", written.engine), hash)
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
  return {
    object,
    versions,
    metadata: { ...written.metadata, ...measures(object) }
  } satisfies StoredOutput as StoredOutput
})

const measures = (object: StoredObject): Metadata.MetadataEntries => ({
  "strata/rows": { _tag: "Int", value: object.rows },
  "strata/bytes": Metadata.bytes(object.bytes),
  ...(object.quarantined > 0 ? { "strata/quarantined": { _tag: "Int", value: object.quarantined } } : {})
})

/** Metadata of several outputs of one step as one: counts and bytes are added up. */
const sum = (all: ReadonlyArray<Metadata.MetadataEntries>): Metadata.MetadataEntries => {
  const result: Record<string, Metadata.MetadataValue> = {}
  for (const [name, entry] of all.flatMap((entries) => Object.entries(entries))) {
    const before = result[name]
    const isCount =
      before !== undefined && (entry._tag === "Int" || entry._tag === "Bytes") && before._tag === entry._tag
    result[name] = isCount ? { ...entry, value: entry.value + (before.value as number) } : entry
  }
  return result
}

const publish = Effect.fnUntraced(function* (
  { number, run, state, step }: Attempt,
  partitions: PartitionSet.PartitionSet,
  written: ReadonlyArray<StoredOutput>,
  metadata: Metadata.MetadataEntries
) {
  const catalog = yield* Catalog
  const at = yield* Clock.currentTimeMillis
  const succeeded = Event.cases.StepSucceeded.make({ runId: run.id, at, step: step.index, attempt: number, metadata })
  yield* catalog.commit(written.map(({ object }) => object))
  yield* catalog.publish({
    runId: run.id,
    fencingToken: run.fencingToken,
    environment: run.environment,
    objects: written.map(({ object }) => ({
      id: object.id,
      asset: object.asset,
      partitions,
      replaces: state.pieces(object.asset, partitions).map(({ live, object }) => ({
        object: object.id,
        partitions: live
      }))
    })),
    events: [succeeded]
  })
  for (const { object, versions } of written) state.published(object, versions)
  return succeeded
}, Effect.uninterruptible)
