/**
 * Partitions that a run was to make and did not, and because of which asset.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type * as RunPlan from "../plan/RunPlan.ts"
import * as PartitionMap from "../record/PartitionMap.ts"

export interface NotMade {
  readonly view: AssetGraphView.AssetGraphView
  /** The asset that failed first, for partitions of each asset. */
  readonly because: Map<AssetKey, PartitionMap.PartitionMap<AssetKey>>
}

/** Partitions of a step that need one which was not made. */
export interface Without {
  readonly partitions: PartitionSet.PartitionSet
  readonly because: AssetKey
}

export const make = (view: AssetGraphView.AssetGraphView): NotMade => ({ view, because: new Map() })

export const isEmpty = (self: NotMade): boolean => self.because.size === 0

export const add = (
  self: NotMade,
  step: RunPlan.Step,
  partitions: PartitionSet.PartitionSet,
  because: AssetKey
): void => {
  for (const asset of step.assets) {
    const ofAsset = self.because.get(asset) ?? PartitionMap.make()
    PartitionMap.assign(ofAsset, partitions, because)
    self.because.set(asset, ofAsset)
  }
}

/** The partitions of a step that have to be left out; nothing where there are none. */
export const neededBy = ({ because, view }: NotMade, step: RunPlan.Step): Without | undefined => {
  if (because.size === 0) return undefined
  const key = step.assets[0]!
  let without: Without | undefined
  for (const input of view.graph.inputs.get(key)!) {
    const notMade = because.get(input.asset)
    if (notMade === undefined) continue
    const lost = PartitionMap.within(notMade, AssetGraphView.upstreamOf(view, key, input, step.partitions))
    if (lost.length === 0) continue
    const affected = AssetGraphView.downstreamOf(view, key, input, PartitionSet.fromIntervals(lost))
    const partitions = PartitionSet.intersection(affected, step.partitions)
    without = {
      partitions: PartitionSet.union(without?.partitions ?? PartitionSet.empty, partitions),
      because: without?.because ?? lost[0]!.value
    }
  }
  return without
}
