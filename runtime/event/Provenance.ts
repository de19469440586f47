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

type InputFold = (ordinal: number) => Version.Version

const inputFold = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  versions: AssetGraphView.DataVersions
): InputFold => {
  const seed = Version.seed("input", input.name)
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
