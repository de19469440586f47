/**
 * Looks at what others wrote: which partitions of external assets are there,
 * and in which version.
 *
 * A file whose size and time are those of the last observation keeps its hash;
 * every other file is read once.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import type { PartitionDictionary } from "../definition/PartitionDictionary.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import { Catalog, type Observation } from "../record/Catalog.ts"
import * as FileHash from "../record/FileHash.ts"
import * as StepFailure from "./StepFailure.ts"

/** An external asset could not be looked at. */
export class ObservationFailed extends Schema.TaggedError<ObservationFailed>()("ObservationFailed", {
  asset: AssetKey,
  reason: Schema.String
}) {
  override get message() {
    return `could not observe ${this.asset}: ${this.reason}`
  }
}

/** Observes the external assets among these and records what is there. */
export const observe = Effect.fn("Observer.observe")(function* (
  graph: AssetGraph.AssetGraph,
  keys: Iterable<AssetKey>
) {
  const external = [...keys]
    .map((key) => AssetGraph.asset(graph, key))
    .filter((asset) => asset.source._tag === "External")
  yield* Effect.forEach(external, observeOne, { concurrency: 4, discard: true })
})

const observeOne = Effect.fnUntraced(function* (asset: Asset.Any) {
  if (asset.source._tag !== "External") return
  const catalog = yield* Catalog
  const observe = asset.source.observe as Effect.Effect<ReadonlyArray<Asset.Observed<string>>, unknown>
  const observed = yield* Effect.catchCause(Effect.scoped(observe), (cause) =>
    Effect.fail(new ObservationFailed({ asset: asset.key, reason: StepFailure.fromCause(cause).message }))
  )
  const dictionary = yield* catalog.dictionary([])
  const known = knownFiles(yield* catalog.observations(asset.key))
  const observations = yield* Effect.forEach(observed, (partition) =>
    observationOf(asset, dictionary, known, partition)
  )
  yield* catalog.observe(
    asset.key,
    observations.toSorted((a, b) => a.ordinal - b.ordinal)
  )
})

type KnownFile = Observation["files"][number]

const knownFiles = (observations: ReadonlyArray<Observation>): ReadonlyMap<string, KnownFile> =>
  new Map(observations.flatMap(({ files }) => files.map((file) => [file.path, file] as const)))

const observationOf = Effect.fnUntraced(function* (
  asset: Asset.Any,
  dictionary: PartitionDictionary,
  known: ReadonlyMap<string, KnownFile>,
  partition: Asset.Observed<string>
) {
  const ordinal = PartitionsDefinition.ordinal(asset.partitions, dictionary, partition.partitionKey)
  if (Result.isFailure(ordinal)) {
    return yield* new ObservationFailed({ asset: asset.key, reason: ordinal.failure.message })
  }
  if ("version" in partition) {
    return { ordinal: ordinal.success, version: Version.seed("version", partition.version), files: [] }
  }
  const files = yield* Effect.forEach(partition.files, (file) => hashed(known, file), { concurrency: 4 })
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return {
    ordinal: ordinal.success,
    version: Version.seed("files", ...sorted.flatMap(({ name, sha256 }) => [name, sha256])),
    files: sorted
  }
})

const hashed = Effect.fnUntraced(function* (known: ReadonlyMap<string, KnownFile>, file: Asset.ObservedFile) {
  const before = known.get(file.path)
  if (before !== undefined && before.size === file.size && before.modified === file.modified) return before
  const fs = yield* FileSystem.FileSystem
  return { ...file, sha256: yield* FileHash.sha256(fs, file.path) }
})
