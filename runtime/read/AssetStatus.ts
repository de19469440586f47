/**
 * How an asset stands: which of its partitions exist, are materialized,
 * missing, failed, stale, behind or gone, and how much is stored of it.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type { RunId } from "../event/Run.ts"
import * as Standing from "../plan/Standing.ts"
import type { Manifest } from "../record/Catalog.ts"

export interface AssetStatus extends Standing.Standing {
  readonly asset: AssetKey
  readonly existing: PartitionSet.PartitionSet
  readonly materialized: PartitionSet.PartitionSet
  /** Materialized, though nothing is there any more that they would be made from: nothing is made from them either. */
  readonly gone: PartitionSet.PartitionSet
  readonly stored: Stored
}

/** What is on disk for an asset. */
export interface Stored {
  readonly objects: number
  readonly rows: number
  readonly quarantined: number
  readonly bytes: number
  /** Some objects hold partitions that have been made again since: their share is taken by partitions. */
  readonly isEstimate: boolean
  readonly latest: { readonly at: number; readonly runId: RunId } | undefined
}

/** The first that holds for some partition, in this order. */
export type Health = "Failed" | "Missing" | "Stale" | "Behind" | "UpToDate" | "Empty"

export const make = (view: AssetGraphView.AssetGraphView, key: AssetKey, manifest: Manifest): AssetStatus => ({
  ...Standing.withInputs(view, key).get(key)!,
  asset: key,
  existing: view.existing.get(key)!,
  materialized: AssetGraphView.materialized(view, key),
  gone: PartitionSet.difference(AssetGraphView.materialized(view, key), view.existing.get(key)!),
  stored: storedIn(manifest)
})

export const health = (self: Standing.Standing & Pick<AssetStatus, "materialized">): Health => {
  if (!PartitionSet.isEmpty(self.failed)) return "Failed"
  if (!PartitionSet.isEmpty(self.missing)) return "Missing"
  if (!PartitionSet.isEmpty(self.stale)) return "Stale"
  if (!PartitionSet.isEmpty(self.behind)) return "Behind"
  return PartitionSet.isEmpty(self.materialized) ? "Empty" : "UpToDate"
}

const storedIn = (manifest: Manifest): Stored => {
  const total = { rows: 0, quarantined: 0, bytes: 0 }
  let isEstimate = false
  let latest: Stored["latest"]
  for (const { live, object } of manifest) {
    const share = PartitionSet.size(live) / PartitionSet.size(object.partitions)
    isEstimate ||= share < 1
    total.rows += Math.round(object.rows * share)
    total.quarantined += Math.round(object.quarantined * share)
    total.bytes += Math.round(object.bytes * share)
    if (latest === undefined || object.createdAt > latest.at) latest = { at: object.createdAt, runId: object.runId }
  }
  return { objects: manifest.length, ...total, isEstimate, latest }
}
