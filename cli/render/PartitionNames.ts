/**
 * The partitions of assets in words, and as data.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { PartitionDictionary } from "../../runtime/definition/PartitionDictionary.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../../runtime/definition/PartitionsDefinition.ts"
import type * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as Amount from "./Amount.ts"

export interface PartitionNames {
  /** `2025-06-02…2025-07-31 (60)`; empty without partitions. */
  readonly text: (asset: AssetKey, partitions: PartitionSet.PartitionSet) => string
  /** One stretch, and how many more. */
  readonly brief: (asset: AssetKey, partitions: PartitionSet.PartitionSet) => string
  readonly json: (asset: AssetKey, partitions: PartitionSet.PartitionSet) => PartitionsJson
}

/** Keys from the first to the last of each stretch; without partitions no ranges and the count 1, or 0 for none. */
export interface PartitionsJson {
  readonly count: number
  readonly ranges: ReadonlyArray<{ readonly from: string; readonly to: string }>
}

/** Assets that the graph does not know any more have numbers, not names. */
export const make = (
  assets: Pick<AssetGraph.AssetGraph, "assets">["assets"],
  dictionary: PartitionDictionary
): PartitionNames => {
  const text = (limit: number) => (asset: AssetKey, partitions: PartitionSet.PartitionSet) => {
    const definition = assets.get(asset)?.partitions
    return definition === undefined
      ? Amount.counted(PartitionSet.size(partitions), "partition")
      : PartitionsDefinition.format(definition, dictionary, partitions, limit)
  }
  return {
    text: text(3),
    brief: text(1),
    json: (asset, partitions) => jsonOf(assets.get(asset)?.partitions, dictionary, partitions)
  }
}

/** Without a definition there are only numbers. */
export const jsonOf = (
  definition: PartitionsDefinition.Any | undefined,
  dictionary: PartitionDictionary,
  partitions: PartitionSet.PartitionSet
): PartitionsJson => {
  const isNamed = definition !== undefined && PartitionsDefinition.isPartitioned(definition)
  return { count: PartitionSet.size(partitions), ranges: isNamed ? ranges(definition, dictionary, partitions) : [] }
}

const ranges = (
  definition: PartitionsDefinition.Any,
  dictionary: PartitionDictionary,
  partitions: PartitionSet.PartitionSet
): PartitionsJson["ranges"] => {
  const key = (ordinal: number) => PartitionsDefinition.key(definition, dictionary, ordinal)
  return definition.spec._tag === "Time"
    ? [...PartitionSet.intervals(partitions)].map(({ end, start }) => ({ from: key(start), to: key(end - 1) }))
    : [...PartitionSet.ordinals(partitions)].map((ordinal) => ({ from: key(ordinal), to: key(ordinal) }))
}
