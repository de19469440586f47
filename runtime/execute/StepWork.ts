/**
 * What there is to do for an attempt at a step, and how it is done: inputs are
 * read, the body runs over them, and what it returned is written.
 *
 * It knows no run and no state, so it is done the same wherever bodies run; what
 * comes of it is data.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type ReadRequest, type Stored, type Written } from "../definition/IOManager.ts"
import * as Metadata from "../definition/Metadata.ts"
import { Partition } from "../definition/Partition.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import { Quarantine } from "../definition/Quarantine.ts"
import type { Relation } from "../definition/Sql.ts"
import type { StepError } from "../event/Run.ts"
import * as StepFailure from "./StepFailure.ts"

export interface StepWork {
  readonly asset: Asset.Any
  readonly partitions: PartitionSet.PartitionSet
  /** The key of an ordinal of the asset. */
  readonly keyOf: (ordinal: number) => string
  /** Parameters of the body; see `RunConfig.Resolved`. */
  readonly config: unknown
  readonly inputs: ReadonlyArray<Input>
  readonly outputs: ReadonlyArray<Output>
}

export interface Input {
  readonly name: string
  readonly request: ReadRequest
  /** Whether the body gets the value of the one partition instead of a map. */
  readonly isSingle: boolean
}

export interface Output {
  /** What the body calls it; that of an asset alone is "". */
  readonly name: string
  readonly stored: Stored
  /** The folder that it is written into, made when it is asked for. */
  readonly directory: Effect.Effect<string, unknown>
}

/** What came of it. */
export interface Performed {
  /** The partitions that the body gave up. */
  readonly failed: ReadonlyMap<number, StepError>
  readonly metadata: Metadata.MetadataEntries
  readonly written: ReadonlyArray<WrittenOutput>
  /** What it cost, where that was not in this process. */
  readonly usage?: Metadata.MetadataEntries
}

/** What was written of one asset, in a staging folder. */
export interface WrittenOutput {
  readonly key: AssetKey
  readonly partitions: PartitionSet.PartitionSet
  readonly directory: string
  readonly written: Written
}

/** The computation of an asset that is made. */
export const sourceOf = ({ source }: Asset.Any): Asset.Computation => source as Asset.Computation

/** Runs the body with these services, and writes what it returned. */
export const perform = Effect.fnUntraced(function* (self: StepWork, resources: Context.Context<never>) {
  const body = yield* runBody(self, resources, yield* readInputs(self))
  const partitions = PartitionSet.difference(self.partitions, PartitionSet.fromOrdinals(body.failed.keys()))
  const outputs = PartitionSet.isEmpty(partitions) ? [] : self.outputs
  const io = yield* IOManager
  const written = yield* Effect.forEach(
    outputs,
    Effect.fnUntraced(function* ({ directory: stage, name, stored }) {
      const directory = yield* stage
      const { quarantined } = body
      const written = yield* io.write({ ...stored, body: body.outputOf(name), quarantined, partitions, directory })
      return { key: stored.asset, partitions, directory, written } satisfies WrittenOutput as WrittenOutput
    })
  )
  return { failed: body.failed, metadata: body.metadata, written } satisfies Performed as Performed
})

/** What the body gets, by name: its inputs, the partition or partitions that it makes, and its config. */
const readInputs = Effect.fnUntraced(function* (self: StepWork) {
  const io = yield* IOManager
  const inputs: Record<string, unknown> = partitionInputs(self)
  if (self.asset.config !== undefined) inputs.config = self.config
  for (const { isSingle, name, request } of self.inputs) {
    const handle = yield* io.read(request)
    inputs[name] = isSingle ? only(handle) : handle
  }
  return inputs
})

/** `partition` for a step of one, `partitions` for the others, nothing without partitions. */
const partitionInputs = ({ asset, keyOf, partitions: set }: StepWork): Record<string, unknown> => {
  if (!PartitionsDefinition.isPartitioned(asset.partitions)) return {}
  const partitions = Array.from(PartitionSet.ordinals(set), (ordinal) => ({ ordinal, key: keyOf(ordinal) }))
  return sourceOf(asset).backfillPolicy._tag === "PerPartition" ? { partition: partitions[0] } : { partitions }
}

const only = (handle: unknown): unknown => [...(handle as ReadonlyMap<string, unknown>).values()][0]

interface Body {
  /** What it returned for an output, by its name. */
  readonly outputOf: (name: string) => unknown
  readonly metadata: Metadata.MetadataEntries
  readonly quarantined: ReadonlyArray<Relation>
  readonly failed: ReadonlyMap<number, StepError>
}

const runBody = Effect.fnUntraced(function* (
  { asset, keyOf, partitions }: StepWork,
  resources: Context.Context<never>,
  inputs: Record<string, unknown>
) {
  const metadata: Record<string, Metadata.MetadataValue> = {}
  const quarantined: Array<Relation> = []
  const failed = new Map<number, StepError>()
  const ordinalOf = (key: string): number => {
    for (const ordinal of PartitionSet.ordinals(partitions)) if (keyOf(ordinal) === key) return ordinal
    throw new TypeError(`the step does not make the partition "${key}" of ${asset.key}`)
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
  const body = sourceOf(asset).materialize(inputs as never) as Effect.Effect<unknown, unknown>
  const returned = yield* Effect.provideContext(body, services)
  const outputOf = (name: string) => streaming(name === "" ? returned : Reflect.get(returned as object, name), services)
  return { outputOf, metadata, quarantined, failed } satisfies Body as Body
})

/** Streams that a body returns run after it, with the services that it had. */
const streaming = (returned: unknown, services: Context.Context<never>): unknown =>
  Stream.isStream(returned) ? Stream.provideContext(returned, services) : returned
