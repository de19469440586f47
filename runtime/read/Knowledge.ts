/**
 * What selections ask of the state of partitions, answered from a view.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Status } from "../graph/AssetSelection.ts"
import type { Knowledge } from "../graph/SelectedAssets.ts"
import * as Staleness from "../plan/Staleness.ts"

/** Statuses are worked out once for each asset that is asked for. */
export const make = (view: AssetGraphView.AssetGraphView): Knowledge => {
  const stale = remembered((key) =>
    AssetGraph.asset(view.graph, key).source._tag === "External"
      ? PartitionSet.empty
      : Staleness.stale(view, key, AssetGraphView.present(view, key))
  )
  return {
    existing: (key) => view.existing.get(key)!,
    status: (key, status) => statusOf(view, key, status, stale),
    upstream: (key, input, of) =>
      PartitionSet.unionAll(inputs(view, key, input).map((each) => AssetGraphView.upstreamOf(view, key, each, of))),
    downstream: (key, input, of) =>
      PartitionSet.unionAll(inputs(view, key, input).map((each) => AssetGraphView.downstreamOf(view, key, each, of)))
  }
}

type PartitionsOf = (key: AssetKey) => PartitionSet.PartitionSet

const statusOf = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  status: Status,
  stale: PartitionsOf
): PartitionSet.PartitionSet => {
  switch (status) {
    case "missing":
      return AssetGraphView.missing(view, key)
    case "failed":
      return AssetGraphView.failed(view, key)
    case "stale":
      return stale(key)
    case "up-to-date":
      return PartitionSet.difference(
        AssetGraphView.present(view, key),
        PartitionSet.union(stale(key), AssetGraphView.failed(view, key))
      )
    case "running":
      return PartitionSet.empty
  }
}

const inputs = (view: AssetGraphView.AssetGraphView, key: AssetKey, input: AssetKey) =>
  view.graph.inputs.get(key)!.filter(({ asset }) => asset === input)

const remembered = (of: PartitionsOf): PartitionsOf => {
  const known = new Map<AssetKey, PartitionSet.PartitionSet>()
  return (key) => {
    const partitions = known.get(key) ?? of(key)
    known.set(key, partitions)
    return partitions
  }
}
