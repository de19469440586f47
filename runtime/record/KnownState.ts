/**
 * Reads what is known of a graph's assets from state and storage: the view that
 * plans are made from, and the manifests behind it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import type * as Files from "../definition/Files.ts"
import type { PartitionDictionary } from "../definition/PartitionDictionary.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Environment } from "../event/Run.ts"
import * as Version from "../event/Version.ts"
import type { AssetConfigs } from "../graph/AssetConfigs.ts"
import type * as AssetGraph from "../graph/AssetGraph.ts"
import type { CodeParts } from "../graph/CodeParts.ts"
import { Catalog, type Manifest, type Observation, type StoredObject } from "./Catalog.ts"
import { ObjectStore } from "./ObjectStore.ts"

/** What of a project decides how its assets are made. */
export interface Versioned {
  readonly codeVersions: ReadonlyMap<AssetKey, string>
  readonly configs: AssetConfigs
  /** Of what code versions are made that are hashes, by version; kept with the runs that use them. */
  readonly codeParts?: ReadonlyMap<string, CodeParts>
  /** Why the schema of an asset cannot read columns that were stored before; without it, all can be read. */
  readonly mismatch?: (asset: Asset.Any, stored: StoredObject["columns"]) => string | undefined
}

export interface KnownState {
  readonly view: AssetGraphView.AssetGraphView
  readonly manifests: ReadonlyMap<AssetKey, Manifest>
  /** What was last seen of the external assets. */
  readonly observations: ReadonlyMap<AssetKey, ReadonlyArray<Observation>>
}

export const load = Effect.fn("KnownState.load")(function* (
  graph: AssetGraph.AssetGraph,
  { codeVersions, configs, mismatch }: Versioned,
  environment: Environment
) {
  const catalog = yield* Catalog
  const assets = [...graph.assets.values()]
  const dictionary = yield* dictionaryOf(graph)
  const manifests = yield* catalog.manifests(environment, graph.order)
  const external = assets.filter((asset) => asset.source._tag === "External")
  const observations = new Map(
    yield* Effect.forEach(external, ({ key }) => Effect.map(catalog.observations(key), (seen) => [key, seen] as const))
  )
  const versions = new Map([
    ...(yield* Effect.forEach([...manifests], ([key, manifest]) =>
      Effect.map(versionsOf(manifest), (versions) => [key, versions] as const)
    )),
    ...[...observations].map(([key, seen]) => [key, observedVersions(seen)] as const)
  ])
  const view = AssetGraphView.make(graph, {
    versions,
    failed: yield* catalog.failed(environment),
    dictionary,
    codeVersions,
    configs,
    made: new Map(
      [...manifests].map(([key, manifest]) => [key, madeWith(graph.assets.get(key)!, manifest, mismatch)] as const)
    ),
    now: yield* Clock.currentTimeMillis
  })
  return { view, manifests, observations } satisfies KnownState as KnownState
})

/**
 * The ordinals of all keys of the definitions. Combinations with a dynamic
 * dimension grow with what was observed: those of an asset that has them from an
 * input are there, the others get theirs here.
 */
const dictionaryOf = Effect.fnUntraced(function* (graph: AssetGraph.AssetGraph) {
  const catalog = yield* Catalog
  const assets = [...graph.assets.values()]
  const definitions = [...assets, ...Array.from(graph.checks.acrossAssets.values(), ({ check }) => check)]
  const known = yield* catalog.dictionary(
    definitions.flatMap(({ partitions }) => PartitionsDefinition.dictionaryKeys(partitions))
  )
  const grown = assets
    .filter(({ key, partitions, source }) => {
      const isDynamic = PartitionsDefinition.dimensions(partitions).some(({ of }) => of._tag === "Dynamic")
      const inputs = graph.upstream.get(key)!.map((input) => graph.assets.get(input)!.partitions)
      const isGiven = inputs.some((input) => PartitionsDefinition.isAlike(input, partitions))
      return partitions.spec._tag === "Product" && isDynamic && source._tag === "Computation" && !isGiven
    })
    .flatMap(({ partitions }) => PartitionsDefinition.dictionaryKeys(partitions, known))
  return grown.length === 0 ? known : yield* catalog.dictionary(grown)
})

/** The files of an observed asset, sorted by partition and name. */
export const landedFiles = (
  partitions: PartitionsDefinition.Any,
  dictionary: PartitionDictionary,
  observations: ReadonlyArray<Observation>
): ReadonlyArray<Files.File> =>
  observations.flatMap(({ files, ordinal }) =>
    files.map(({ name, path, sha256, size }) => ({
      path,
      name,
      size,
      sha256,
      partition: { ordinal, key: PartitionsDefinition.key(partitions, dictionary, ordinal) }
    }))
  )

/** Columns are judged once, however many objects have them. */
const madeWith = (asset: Asset.Any, manifest: Manifest, mismatch: Versioned["mismatch"] = () => undefined) => {
  const judged = new Map<string, string | undefined>()
  const judge = (object: StoredObject): string | undefined => {
    if (object.kind !== asset.output._tag) return `it was stored as ${object.kind} and is ${asset.output._tag} now`
    const columns = JSON.stringify(object.columns)
    if (!judged.has(columns)) judged.set(columns, mismatch(asset, object.columns))
    return judged.get(columns)
  }
  return manifest.map(({ live, object }): AssetGraphView.MadeWith => {
    const { codeVersion, config } = object
    return { partitions: live, codeVersion, config, mismatch: judge(object) }
  })
}

const versionsOf = Effect.fnUntraced(function* (manifest: Manifest) {
  const store = yield* ObjectStore
  const parts = yield* Effect.forEach(
    manifest,
    ({ live, object }) => Effect.map(store.versions(object), (versions) => PartitionVersions.restrict(versions, live)),
    { concurrency: 8 }
  )
  return PartitionVersions.merge(parts)
})

const observedVersions = (observations: ReadonlyArray<Observation>): PartitionVersions.PartitionVersions =>
  PartitionVersions.fromEntries(
    observations.map(({ ordinal, version }) => ({ ordinal, provenance: Version.zero, data: version }))
  )
