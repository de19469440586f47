/**
 * What a partition is made from, as one hash: its asset, the asset's code and
 * config, and the data versions of its mapped inputs.
 *
 * It is known before a run. A partition is stale when the provenance that was
 * recorded differs from this one; equal content of an input keeps it equal.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetGraph from "../graph/AssetGraph.ts"
import * as AssetGraphView from "./AssetGraphView.ts"
import * as PartitionVersions from "./PartitionVersions.ts"
import * as Version from "./Version.ts"

/** Gives the provenance of partitions of one asset; what does not differ between them is hashed once. */
export interface Provenance {
  readonly of: (ordinal: number) => Version.Version
}

export const make = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  versions: AssetGraphView.DataVersions = AssetGraphView.dataVersions(view)
): Provenance => {
  const asset = Version.seed(
    "asset",
    key,
    view.codeVersions.get(key) ?? "",
    (view.configs.get(key) ?? RunConfig.none).text
  )
  const inputs = view.graph.inputs.get(key)!.map((input) => inputFold(view, key, input, versions))
  return { of: (ordinal) => inputs.reduce((version, input) => Version.mix(version, input(ordinal)), asset) }
}

/** Two lanes for each of the partitions, in their order: what `make` gives, in bulk. */
export const lanes = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
): Uint32Array => {
  const [first, second] = assetSeed(view, key)
  const lanes = new Uint32Array(PartitionSet.size(partitions) * 2).map((_, index) => (index % 2 === 0 ? first : second))
  for (const input of view.graph.inputs.get(key)!) {
    if (input.mapping === PartitionMapping.identity) mixIdentity(lanes, view, input, partitions)
    else mixMapped(lanes, inputFold(view, key, input, AssetGraphView.dataVersions(view)), partitions)
  }
  return lanes
}

const assetSeed = (view: AssetGraphView.AssetGraphView, key: AssetKey): Version.Version =>
  Version.seed("asset", key, view.codeVersions.get(key) ?? "", (view.configs.get(key) ?? RunConfig.none).text)

const inputSeed = (input: AssetGraph.Input): Version.Version => Version.seed("input", input.name)

const mixMapped = (lanes: Uint32Array, fold: InputFold, partitions: PartitionSet.PartitionSet): void => {
  let index = 0
  for (const ordinal of PartitionSet.ordinals(partitions)) {
    const [first, second] = fold(ordinal)
    Version.mixAt(lanes, index, first, second)
    index += 2
  }
}

const mixIdentity = (
  lanes: Uint32Array,
  view: AssetGraphView.AssetGraphView,
  input: AssetGraph.Input,
  partitions: PartitionSet.PartitionSet
): void => {
  const versions = AssetGraphView.versions(view, input.asset)
  const [first, second] = inputSeed(input)
  const fold = new Uint32Array(2)
  let index = 0
  for (const { start, end } of PartitionSet.intervals(partitions)) {
    const isWhole = PartitionSet.isSubset(PartitionSet.range(start, end), versions.partitions)
    const at = PartitionSet.rank(versions.partitions, start) * 4 + 2
    for (let ordinal = start; ordinal < end; ordinal++) {
      const data = isWhole ? at + (ordinal - start) * 4 : PartitionVersions.dataIndex(versions, ordinal)
      fold[0] = first
      fold[1] = second
      Version.mixAt(fold, 0, ordinal >>> 0, Math.floor(ordinal / 2 ** 32) >>> 0)
      Version.mixAt(fold, 0, versions.lanes[data] ?? 0, versions.lanes[data + 1] ?? 0)
      Version.mixAt(lanes, index, fold[0]!, fold[1]!)
      index += 2
    }
  }
}

type InputFold = (ordinal: number) => Version.Version

const inputFold = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  versions: AssetGraphView.DataVersions
): InputFold => {
  const seed = inputSeed(input)
  const fold = (ordinals: Iterable<number>): Version.Version => {
    let version = seed
    for (const ordinal of ordinals) {
      version = Version.mix(Version.mixNumber(version, ordinal), versions.data(input.asset, ordinal) ?? Version.zero)
    }
    return version
  }
  if (input.mapping === PartitionMapping.identity) return (ordinal) => fold([ordinal])
  let last: { readonly partitions: PartitionSet.PartitionSet; readonly version: Version.Version } | undefined
  return (ordinal) => {
    const partitions = AssetGraphView.upstreamOf(view, key, input, PartitionSet.of(ordinal))
    if (last === undefined || !PartitionSet.equals(last.partitions, partitions)) {
      last = { partitions, version: fold(PartitionSet.ordinals(partitions)) }
    }
    return last.version
  }
}
