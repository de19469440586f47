/**
 * How the partitions of assets stand, before anyone asks to make them.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as Staleness from "./Staleness.ts"

/** The existing partitions to which each applies; no two of `missing`, `stale` and `behind` have one in common. */
export interface Standing {
  readonly missing: PartitionSet.PartitionSet
  readonly failed: PartitionSet.PartitionSet
  readonly stale: PartitionSet.PartitionSet
  /**
   * As their inputs ask for, but some of these are not as they should be
   * themselves: whether that changes anything is seen when they are made.
   */
  readonly behind: PartitionSet.PartitionSet
}

/** Of all assets. */
export const all = (view: AssetGraphView.AssetGraphView): ReadonlyMap<AssetKey, Standing> => inOrder(view, () => true)

/** Of an asset and of everything that it is made from. */
export const withInputs = (view: AssetGraphView.AssetGraphView, key: AssetKey): ReadonlyMap<AssetKey, Standing> => {
  const ancestors = AssetGraph.ancestors(view.graph, key)
  return inOrder(view, (other) => other === key || ancestors.has(other))
}

/** The partitions that a plan for everything would look at. */
export const outdated = ({ behind, failed, missing, stale }: Standing): PartitionSet.PartitionSet =>
  PartitionSet.unionAll([missing, failed, stale, behind])

/** What a partition is behind: those that it is made from, directly or not, that are not merely behind themselves. */
export const causes = (
  view: AssetGraphView.AssetGraphView,
  standing: ReadonlyMap<AssetKey, Standing>,
  key: AssetKey,
  ordinal: number
): ReadonlyMap<AssetKey, PartitionSet.PartitionSet> => {
  const asked = new Map([[key, PartitionSet.of(ordinal)]])
  for (const key of [...standing.keys()].reverse()) {
    const behind = PartitionSet.intersection(asked.get(key) ?? PartitionSet.empty, standing.get(key)!.behind)
    if (PartitionSet.isEmpty(behind)) continue
    for (const input of view.graph.inputs.get(key)!) {
      const partitions = PartitionSet.intersection(
        AssetGraphView.upstreamOf(view, key, input, behind),
        outdated(standing.get(input.asset)!)
      )
      asked.set(input.asset, PartitionSet.union(asked.get(input.asset) ?? PartitionSet.empty, partitions))
    }
  }
  asked.delete(key)
  const found = Array.from(
    asked,
    ([key, partitions]) => [key, PartitionSet.difference(partitions, standing.get(key)!.behind)] as const
  )
  return new Map(found.filter(([, partitions]) => !PartitionSet.isEmpty(partitions)))
}

const inOrder = (
  view: AssetGraphView.AssetGraphView,
  isAsked: (key: AssetKey) => boolean
): ReadonlyMap<AssetKey, Standing> => {
  const found = new Map<AssetKey, Standing>()
  for (const key of view.graph.order) {
    if (!isAsked(key)) continue
    const isExternal = AssetGraph.asset(view.graph, key).source._tag === "External"
    found.set(key, isExternal ? observed(view, key) : made(view, key, found))
  }
  return found
}

/** What others write is as it is seen. */
const observed = (view: AssetGraphView.AssetGraphView, key: AssetKey): Standing => ({
  missing: AssetGraphView.missing(view, key),
  failed: AssetGraphView.failed(view, key),
  stale: PartitionSet.empty,
  behind: PartitionSet.empty
})

const made = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  inputs: ReadonlyMap<AssetKey, Standing>
): Standing => {
  const missing = AssetGraphView.missing(view, key)
  const failed = AssetGraphView.failed(view, key)
  const present = AssetGraphView.present(view, key)
  const stale = Staleness.stale(view, key, present)
  const pending = view.graph.inputs
    .get(key)!
    .map((input) => AssetGraphView.downstreamOf(view, key, input, outdated(inputs.get(input.asset)!)))
  const fine = PartitionSet.difference(present, PartitionSet.union(stale, failed))
  return { missing, failed, stale, behind: PartitionSet.intersection(PartitionSet.unionAll(pending), fine) }
}
