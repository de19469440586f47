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
  const io = yield* IOManager
  const inputs = ownInputs(self)
  for (const { isSingle, name, request } of self.inputs) {
    const handle = yield* io.read(request)
    inputs[name] = isSingle ? only(handle) : handle
  }
  const said = nothingSaid(self)
  const services = servicesOf(said, resources)
  const returned = yield* Effect.updateContext(runBody(self, inputs), services)
  const { failed, metadata, quarantined } = said
  const partitions =
    failed.size === 0
      ? self.partitions
      : PartitionSet.difference(self.partitions, PartitionSet.fromOrdinals(failed.keys()))
  const written: Array<WrittenOutput> = []
  for (const { directory: stage, name, stored } of PartitionSet.isEmpty(partitions) ? [] : self.outputs) {
    const output = name === "" ? returned : Reflect.get(returned as object, name)
    const body = Stream.isStream(output) ? Stream.provideContext(output, services(Context.empty())) : output
    const directory = yield* stage
    const its = yield* io.write({ ...stored, body, quarantined, partitions, directory })
    written.push({ key: stored.asset, partitions, directory, written: its })
  }
  return { failed, metadata, written } satisfies Performed as Performed
})

const runBody = ({ asset }: StepWork, inputs: Record<string, unknown>) =>
  sourceOf(asset).materialize(inputs as never) as Effect.Effect<unknown, unknown>

/** What the body gets, by name, besides its inputs: the partition or partitions that it makes, and its config. */
const ownInputs = (self: StepWork): Record<string, unknown> => {
  const inputs = partitionInputs(self)
  if (self.asset.config !== undefined) inputs.config = self.config
  return inputs
}

/** `partition` for a step of one, `partitions` for the others, nothing without partitions. */
const partitionInputs = ({ asset, keyOf, partitions: set }: StepWork): Record<string, unknown> => {
  if (!PartitionsDefinition.isPartitioned(asset.partitions)) return {}
  const partitions = Array.from(PartitionSet.ordinals(set), (ordinal) => ({ ordinal, key: keyOf(ordinal) }))
  return sourceOf(asset).backfillPolicy._tag === "PerPartition" ? { partition: partitions[0] } : { partitions }
}

const only = (handle: unknown): unknown => [...(handle as ReadonlyMap<string, unknown>).values()][0]

/** What a body says of its step while it runs. */
interface Said {
  readonly metadata: Record<string, Metadata.MetadataValue>
  readonly quarantined: Array<Relation>
  readonly failed: Map<number, StepError>
  readonly ordinalOf: (key: string) => number
}

const nothingSaid = ({ asset, keyOf, partitions }: StepWork): Said => ({
  metadata: {},
  quarantined: [],
  failed: new Map(),
  ordinalOf: (key) => {
    for (const ordinal of PartitionSet.ordinals(partitions)) if (keyOf(ordinal) === key) return ordinal
    throw new TypeError(`the step does not make the partition "${key}" of ${asset.key}`)
  }
})

/** Adds the services of a body to those that are there: one by one, which costs less than to merge all for each step. */
const servicesOf =
  ({ failed, metadata, ordinalOf, quarantined }: Said, resources: Context.Context<never>) =>
  (there: Context.Context<never>): Context.Context<never> => {
    let all = there
    for (const [key, service] of resources.mapUnsafe) all = Context.addUnsafe(all, key, service)
    return all.pipe(
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
  }
