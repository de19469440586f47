/**
 * How fresh an asset is that has a policy, from what is known of it.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as FreshnessPolicy from "../definition/FreshnessPolicy.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as TimeWindow from "../definition/TimeWindow.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { KnownState } from "../record/KnownState.ts"

/** `undefined` for an asset without a policy. */
export const make = (
  known: KnownState,
  key: AssetKey,
  now: number = known.view.now
): FreshnessPolicy.Freshness | undefined => {
  const { freshnessPolicy } = AssetGraph.asset(known.view.graph, key)
  return freshnessPolicy === undefined ? undefined : FreshnessPolicy.evaluate(freshnessPolicy, recency(known, key), now)
}

/** When an asset was last made or observed: its newest window of time, or whichever partition came last. */
const recency = (known: KnownState, key: AssetKey): FreshnessPolicy.Recency | undefined => {
  const { partitions } = AssetGraph.asset(known.view.graph, key)
  if (partitions.spec._tag !== "Time") return latest(timesOf(known, key, undefined))
  const newest = PartitionSet.last(AssetGraphView.materialized(known.view, key))
  if (newest === undefined) return undefined
  const { window } = partitions.spec
  const made = latest(timesOf(known, key, newest))
  return made && { ...made, until: TimeWindow.start(window, newest + 1), next: TimeWindow.start(window, newest + 2) }
}

/** When partitions were made or last seen to change: one of them, or all. */
const timesOf = (
  { manifests, observations }: KnownState,
  key: AssetKey,
  ordinal: number | undefined
): ReadonlyArray<number> => [
  ...(manifests.get(key) ?? [])
    .filter(({ live }) => ordinal === undefined || PartitionSet.has(live, ordinal))
    .map(({ object }) => object.createdAt),
  ...(observations.get(key) ?? [])
    .filter((seen) => ordinal === undefined || seen.ordinal === ordinal)
    .map(({ changedAt }) => changedAt)
]

const latest = (times: ReadonlyArray<number>): FreshnessPolicy.Recency | undefined =>
  times.length === 0 ? undefined : { at: times.reduce((max, at) => Math.max(max, at)) }
