/**
 * What is left of a run: the partitions that it was to make and did not, because
 * they failed, were left out, or were never reached.
 *
 * It follows from what was recorded of the run, so it is the same for a run that
 * failed, was canceled, or was lost before its first step. What of it still has
 * to be made is for a plan to say, as for every other request.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { StepRecord } from "../event/Run.ts"

export interface Retry {
  /** By asset; empty sets are left out. */
  readonly partitions: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  /** Those of them that the run was told to make although they were up to date. */
  readonly forced: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
}

/** What the steps of a run have left. */
export const make = (steps: ReadonlyArray<StepRecord>): Retry => {
  const left = steps.flatMap((step) => {
    const partitions = PartitionSet.difference(step.partitions, step.made)
    if (step.status === "Unchanged" || PartitionSet.isEmpty(partitions)) return []
    return step.assets.map((asset) => ({ asset, partitions, isForced: step.reason.includes("Forced") }))
  })
  return { partitions: byAsset(left), forced: byAsset(left.filter(({ isForced }) => isForced)) }
}

export const isEmpty = (self: Retry): boolean => self.partitions.size === 0

const byAsset = (
  left: ReadonlyArray<{ readonly asset: AssetKey; readonly partitions: PartitionSet.PartitionSet }>
): ReadonlyMap<AssetKey, PartitionSet.PartitionSet> =>
  new Map(
    [...Map.groupBy(left, ({ asset }) => asset)].map(([asset, parts]) => [
      asset,
      PartitionSet.unionAll(parts.map(({ partitions }) => partitions))
    ])
  )
