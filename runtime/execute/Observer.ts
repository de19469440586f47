/**
 * Looks at what others wrote: which partitions of external assets are there,
 * and in which version.
 *
 * A file whose size and time are those of the last observation keeps its hash;
 * every other file is read once. What cannot be placed or is still being
 * written is left out and told once, so that it does not hold up the rest.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import { Catalog, type Observation } from "../record/Catalog.ts"
import * as SettledFile from "./SettledFile.ts"
import * as StepFailure from "./StepFailure.ts"

/** An external asset could not be looked at. */
export class ObservationFailed extends Schema.TaggedError<ObservationFailed>()("ObservationFailed", {
  asset: AssetKey,
  reason: Schema.String
}) {
  override get message() {
    return `could not observe ${this.asset}: ${this.reason}; check what its observe reads`
  }
}

/** Observed partitions whose keys the asset's definition does not have; they are left out. */
export class ForeignPartitions extends Schema.TaggedError<ForeignPartitions>()("ForeignPartitions", {
  asset: AssetKey,
  count: Schema.Int,
  first: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    const more = this.count > 1 ? `, and ${this.count - 1} more` : ""
    return `${this.asset}: left out ${this.first}${more}: ${this.reason}`
  }
}

/** Files that changed or vanished while they were read; their partitions stay as they were last seen. */
export class UnsettledFiles extends Schema.TaggedError<UnsettledFiles>()("UnsettledFiles", {
  asset: AssetKey,
  count: Schema.Int,
  first: Schema.String
}) {
  override get message() {
    const more = this.count > 1 ? `, and ${this.count - 1} more` : ""
    return `${this.asset}: ${this.first}${more} changed while being read, so the partition is left as it was: land files under another name and rename them when they are whole`
  }
}

/** Observes the external assets among these and records what is there; returns, and logs, what was left out. */
export const observe = Effect.fn("Observer.observe")(function* (
  graph: AssetGraph.AssetGraph,
  keys: Iterable<AssetKey>
) {
  const external = [...keys]
    .map((key) => AssetGraph.asset(graph, key))
    .filter((asset) => asset.source._tag === "External")
  const leftOut = (yield* Effect.forEach(external, observeOne, { concurrency: 4 })).flat()
  yield* Effect.forEach(leftOut, ({ message }) => Effect.logWarning(message), { discard: true })
  return leftOut
})

const observeOne = Effect.fnUntraced(function* (asset: Asset.Any) {
  const catalog = yield* Catalog
  const { foreign, placed } = yield* place(asset, yield* look(asset))
  const before = yield* catalog.observations(asset.key)
  const { observations, unsettled } = yield* compare(asset, before, placed)
  const isSame =
    before.length === observations.length && observations.every((observation, index) => observation === before[index])
  if (!isSame) yield* catalog.observe(asset.key, observations)
  return [...foreign, ...unsettled]
})

const look = Effect.fnUntraced(function* (asset: Asset.Any) {
  if (asset.source._tag !== "External") return []
  const observe = asset.source.observe as Effect.Effect<ReadonlyArray<Asset.Observed<string>>, unknown>
  return yield* Effect.catchCause(Effect.scoped(observe), (cause) =>
    Effect.fail(new ObservationFailed({ asset: asset.key, reason: StepFailure.fromCause(cause).message }))
  )
})

/** What was observed of one partition. */
interface Placed {
  readonly ordinal: number
  readonly versions: ReadonlyArray<string>
  /** Sorted by name. */
  readonly files: ReadonlyArray<Asset.ObservedFile>
}

/** What was observed by ordinal, in order; keys that come to light now get theirs. */
const place = Effect.fnUntraced(function* (asset: Asset.Any, observed: ReadonlyArray<Asset.Observed<string>>) {
  const { key, partitions } = asset
  const entries = new Set(PartitionsDefinition.dictionaryKeys(partitions))
  for (const { partitionKey } of observed) {
    const found = Result.getOrElse(PartitionsDefinition.observedKeys(partitions, partitionKey), () => [])
    for (const entry of found) entries.add(entry)
  }
  const dictionary = yield* Catalog.use((catalog) => catalog.dictionary(entries))
  const byOrdinal = new Map<number, Array<Asset.Observed<string>>>()
  const foreign: Array<PartitionsDefinition.UnknownPartition> = []
  for (const each of observed) {
    const ordinal = PartitionsDefinition.ordinal(partitions, dictionary, each.partitionKey)
    if (Result.isFailure(ordinal)) foreign.push(ordinal.failure)
    else byOrdinal.set(ordinal.success, [...(byOrdinal.get(ordinal.success) ?? []), each])
  }
  const [first] = foreign
  return {
    placed: [...byOrdinal].sort(([a], [b]) => a - b).map(([ordinal, of]) => placedAs(ordinal, of)),
    foreign:
      first === undefined
        ? []
        : [new ForeignPartitions({ asset: key, count: foreign.length, first: first.key, reason: first.message })]
  }
})

const placedAs = (ordinal: number, observed: ReadonlyArray<Asset.Observed<string>>): Placed => ({
  ordinal,
  versions: observed.flatMap((each) => ("version" in each ? [each.version] : [])),
  files: observed
    .flatMap((each) => ("files" in each ? each.files : []))
    .map(({ modified, name, path, size }) => ({ path, name, size, modified }))
    .sort((a, b) => (a.name === b.name ? order(a.path, b.path) : order(a.name, b.name)))
})

const order = (a: string, b: string): number => (a < b ? -1 : 1)

/** What is there now against what was seen before. What has not changed is the same value. */
const compare = Effect.fnUntraced(function* (
  asset: Asset.Any,
  before: ReadonlyArray<Observation>,
  placed: ReadonlyArray<Placed>
) {
  const now = yield* Clock.currentTimeMillis
  const known = new Map(before.map((observation) => [observation.ordinal, observation]))
  const files = knownFiles(before)
  const changed = placed.filter((each) => !isUnchanged(known.get(each.ordinal), each))
  const unread = changed.flatMap((each) => each.files.filter((file) => !isKnown(files.get(file.path), file)))
  const read = new Map(
    yield* Effect.forEach(
      unread,
      (file) => Effect.map(SettledFile.read(file, now), (settled) => [file, settled] as const),
      { concurrency: 4 }
    ).pipe(Effect.mapError(({ message }) => new ObservationFailed({ asset: asset.key, reason: message })))
  )
  const unsettled = unread.filter((file) => Option.isNone(read.get(file)!))
  const changes = new Map(
    changed.map((each) => {
      const old = known.get(each.ordinal)
      const hashed = each.files.map((file) => hashedFile(file, read.get(file), files.get(file.path)))
      const isSettled = hashed.every((file) => file !== undefined)
      return [each.ordinal, isSettled ? observationOf(each, hashed, old, now) : old]
    })
  )
  return {
    observations: placed.flatMap(
      ({ ordinal }) => (changes.has(ordinal) ? changes.get(ordinal) : known.get(ordinal)) ?? []
    ),
    unsettled:
      unsettled.length === 0
        ? []
        : [new UnsettledFiles({ asset: asset.key, count: unsettled.length, first: unsettled[0]!.path })]
  }
})

type KnownFile = Observation["files"][number]

const knownFiles = (observations: ReadonlyArray<Observation>): ReadonlyMap<string, KnownFile> =>
  new Map(observations.flatMap(({ files }) => files.map((file) => [file.path, file] as const)))

const isKnown = (known: KnownFile | undefined, { modified, size }: Asset.ObservedFile): boolean =>
  known !== undefined && known.size === size && known.modified === modified

const isUnchanged = (known: Observation | undefined, { files, versions }: Placed): boolean =>
  known !== undefined &&
  versions.length === 0 &&
  files.length > 0 &&
  known.files.length === files.length &&
  files.every((file, index) => {
    const before = known.files[index]!
    return before.path === file.path && before.name === file.name && isKnown(before, file)
  })

/** The file with the hash that was just read or is known; `undefined` for one that is unsettled. */
const hashedFile = (
  file: Asset.ObservedFile,
  read: Option.Option<SettledFile.SettledFile> | undefined,
  known: KnownFile | undefined
): SettledFile.SettledFile | undefined =>
  read === undefined ? { ...file, sha256: known!.sha256 } : Option.getOrUndefined(read)

const observationOf = (
  { ordinal, versions }: Placed,
  files: ReadonlyArray<SettledFile.SettledFile>,
  before: Observation | undefined,
  now: number
): Observation => {
  const version =
    versions.length > 0
      ? Version.seed("version", ...versions)
      : Version.seed("files", ...files.flatMap(({ name, sha256 }) => [name, sha256]))
  const isSame = before !== undefined && Version.equals(before.version, version)
  if (isSame && versions.length > 0) return before
  const since = new Map(before?.files.map((file) => [`${file.name} ${file.sha256}`, file.since]))
  return {
    ordinal,
    version,
    changedAt: isSame ? before.changedAt : now,
    files: files.map((file) => ({ ...file, since: since.get(`${file.name} ${file.sha256}`) ?? now }))
  }
}
