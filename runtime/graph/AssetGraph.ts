/**
 * The assets and what each is made from.
 *
 * A graph is a checked value: every key is defined once, everything that an
 * asset is made from is in it, every input has its mapping, and there is no
 * cycle, so nothing built on it has to check again.
 */
import * as Graph from "effect/Graph"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Asset from "../definition/Asset.ts"
import * as AssetKey from "../definition/AssetKey.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import type * as StandaloneCheck from "../definition/StandaloneCheck.ts"
import * as GraphChecks from "./GraphChecks.ts"

export class DuplicateAsset extends Schema.TaggedError<DuplicateAsset>()("DuplicateAsset", {
  key: AssetKey.AssetKey
}) {
  override get message() {
    return `asset ${this.key} is defined twice: rename one of the two`
  }
}

export class UndefinedAsset extends Schema.TaggedError<UndefinedAsset>()("UndefinedAsset", {
  key: AssetKey.AssetKey,
  neededBy: AssetKey.AssetKey
}) {
  override get message() {
    return `asset ${this.key}, which ${this.neededBy} needs, is not among the definitions: add it to Definitions.make`
  }
}

export class AssetCycle extends Schema.TaggedError<AssetCycle>()("AssetCycle", {
  keys: Schema.Array(AssetKey.AssetKey)
}) {
  override get message() {
    return `assets depend on each other: ${this.keys.join(" -> ")}; remove one of these deps`
  }
}

export class MappingRequired extends Schema.TaggedError<MappingRequired>()("MappingRequired", {
  asset: AssetKey.AssetKey,
  upstream: AssetKey.AssetKey,
  reason: Schema.String
}) {
  override get message() {
    return `${this.asset} is made from ${this.upstream}, but ${this.reason}: say how with Asset.through`
  }
}

export type InvalidGraph = DuplicateAsset | UndefinedAsset | AssetCycle | MappingRequired | GraphChecks.InvalidCheck

/** An asset that another is made from, under the name that the body gives it. */
export interface Input {
  readonly name: string
  readonly asset: AssetKey.AssetKey
  readonly mapping: PartitionMapping.PartitionMapping
  readonly complete: boolean
}

export interface AssetGraph {
  readonly assets: ReadonlyMap<AssetKey.AssetKey, Asset.Any>
  /** Sorted by name. */
  readonly inputs: ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<Input>>
  readonly upstream: ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<AssetKey.AssetKey>>
  readonly downstream: ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<AssetKey.AssetKey>>
  /** Every asset after what it is made from; ties by key, so that plans are stable. */
  readonly order: ReadonlyArray<AssetKey.AssetKey>
  readonly checks: GraphChecks.GraphChecks
}

export const make = (
  assets: ReadonlyArray<Asset.Any>,
  checks: ReadonlyArray<StandaloneCheck.Any> = []
): Result.Result<AssetGraph, InvalidGraph> =>
  Result.gen(function* () {
    const byKey = yield* indexed(assets)
    const inputs = new Map<AssetKey.AssetKey, ReadonlyArray<Input>>()
    for (const asset of byKey.values()) inputs.set(asset.key, yield* inputsOf(asset, byKey))
    const upstream = new Map([...inputs].map(([key, list]) => [key, unique(list.map((input) => input.asset))]))
    const order = yield* ordered([...byKey.keys()], upstream)
    return {
      assets: byKey,
      inputs,
      upstream,
      downstream: reversed(order, upstream),
      order,
      checks: yield* GraphChecks.make(byKey, upstream, checks)
    }
  })

export const asset = (self: AssetGraph, key: AssetKey.AssetKey): Asset.Any => self.assets.get(key)!

/** The assets that are made in one step with this one, itself included, sorted. */
export const siblings = (self: AssetGraph, key: AssetKey.AssetKey): ReadonlyArray<AssetKey.AssetKey> => {
  const source = asset(self, key).source
  return source._tag === "Computation" ? [...source.outputs.values()].sort(AssetKey.compare) : [key]
}

/** Everything that the asset is made from, directly or not. */
export const ancestors = (
  self: Pick<AssetGraph, "upstream">,
  key: AssetKey.AssetKey
): ReadonlySet<AssetKey.AssetKey> => {
  const seen = new Set<AssetKey.AssetKey>()
  const visit = (key: AssetKey.AssetKey): void => {
    for (const parent of self.upstream.get(key)!) {
      if (seen.has(parent)) continue
      seen.add(parent)
      visit(parent)
    }
  }
  visit(key)
  return seen
}

const indexed = (
  assets: ReadonlyArray<Asset.Any>
): Result.Result<ReadonlyMap<AssetKey.AssetKey, Asset.Any>, DuplicateAsset> => {
  const byKey = new Map<AssetKey.AssetKey, Asset.Any>()
  for (const asset of assets.toSorted((a, b) => AssetKey.compare(a.key, b.key))) {
    if (byKey.has(asset.key)) return Result.fail(new DuplicateAsset({ key: asset.key }))
    byKey.set(asset.key, asset)
  }
  return Result.succeed(byKey)
}

const inputsOf = (
  asset: Asset.Any,
  byKey: ReadonlyMap<AssetKey.AssetKey, Asset.Any>
): Result.Result<ReadonlyArray<Input>, UndefinedAsset | MappingRequired> =>
  Result.gen(function* () {
    if (asset.source._tag === "External") return []
    for (const sibling of asset.source.outputs.values()) {
      if (!byKey.has(sibling)) return yield* Result.fail(new UndefinedAsset({ key: sibling, neededBy: asset.key }))
    }
    const inputs: Array<Input> = []
    for (const [name, dependency] of Asset.dependencies(asset)) {
      const { complete, asset: upstream } = dependency
      if (byKey.get(upstream.key) !== upstream) {
        return yield* Result.fail(new UndefinedAsset({ key: upstream.key, neededBy: asset.key }))
      }
      inputs.push({ name, asset: upstream.key, mapping: yield* mappingOf(asset, dependency), complete })
    }
    return inputs.sort((a, b) => (a.name < b.name ? -1 : 1))
  })

const mappingOf = (
  asset: Asset.Any,
  dependency: Asset.DependencyOn
): Result.Result<PartitionMapping.PartitionMapping, MappingRequired> =>
  Result.mapError(
    chosenMapping(dependency, asset),
    ({ message }) => new MappingRequired({ asset: asset.key, upstream: dependency.asset.key, reason: message })
  )

const chosenMapping = (
  { asset: { partitions }, mapping }: Asset.DependencyOn,
  asset: Asset.Any
): Result.Result<
  PartitionMapping.PartitionMapping,
  PartitionMapping.NoDefaultMapping | PartitionMapping.InvalidMapping
> =>
  mapping === undefined
    ? PartitionMapping.defaultFor(partitions, asset.partitions)
    : PartitionMapping.check(mapping, partitions, asset.partitions)

const ordered = (
  keys: ReadonlyArray<AssetKey.AssetKey>,
  upstream: ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<AssetKey.AssetKey>>
): Result.Result<ReadonlyArray<AssetKey.AssetKey>, AssetCycle> => {
  const index = new Map<AssetKey.AssetKey, number>()
  const graph = Graph.directed<AssetKey.AssetKey, void>((mutable) => {
    for (const key of keys) index.set(key, Graph.addNode(mutable, key))
    for (const key of keys) {
      for (const parent of upstream.get(key)!) Graph.addEdge(mutable, index.get(parent)!, index.get(key)!, undefined)
    }
  })
  return Option.match(Graph.findCycle(graph), {
    onNone: () => Result.succeed([...Graph.values(Graph.topo(graph))]),
    onSome: ({ path }) => Result.fail(new AssetCycle({ keys: path.map((node) => keys[node]!) }))
  })
}

const reversed = (
  order: ReadonlyArray<AssetKey.AssetKey>,
  upstream: ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<AssetKey.AssetKey>>
): ReadonlyMap<AssetKey.AssetKey, ReadonlyArray<AssetKey.AssetKey>> => {
  const downstream = new Map(order.map((key): [AssetKey.AssetKey, Array<AssetKey.AssetKey>] => [key, []]))
  for (const key of order) for (const parent of upstream.get(key)!) downstream.get(parent)!.push(key)
  return downstream
}

const unique = (keys: ReadonlyArray<AssetKey.AssetKey>): ReadonlyArray<AssetKey.AssetKey> => [...new Set(keys)]
