/**
 * Runs the body of a step over its inputs, and writes what it returned into
 * staging folders.
 *
 * What comes of it is data, so where bodies run is nothing that the rest of a
 * step knows.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type Written } from "../definition/IOManager.ts"
import * as Metadata from "../definition/Metadata.ts"
import { Partition } from "../definition/Partition.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Quarantine } from "../definition/Quarantine.ts"
import type { Relation } from "../definition/Sql.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type { Run, StepError } from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Step } from "../plan/RunPlan.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
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

/** Of what an attempt makes of an asset, among all objects of the asset. */
export const objectIdOf = ({ number, run, step }: Attempt): string => `${run.id}.${step.index}.${number}`

/** Runs the body and writes what it returned into staging folders, which go with the scope that is given. */
export const write = Effect.fnUntraced(function* (self: Attempt, scope: Scope.Scope) {
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

/** What was written of one asset, in a staging folder. */
export interface WrittenOutput {
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
  const directory = yield* Scope.provide(objects.stage(self.run.id, `${key}/${objectIdOf(self)}`), of.scope)
  const written = yield* io.write({
    ...StepInputs.storedAs(self.state.view, AssetGraph.asset(self.state.view.graph, key)),
    body: of.returned,
    quarantined: of.quarantined,
    partitions,
    directory
  })
  return { key, partitions, directory, written } satisfies WrittenOutput as WrittenOutput
})
