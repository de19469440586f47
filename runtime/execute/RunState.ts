/**
 * What a run knows of stored data: the state when it began, and what it has
 * published since. Steps read their inputs from here, so a run sees one
 * consistent state, whatever other processes publish beside it.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type * as Version from "../event/Version.ts"
import type { LivePiece, Manifest, Observation, StoredObject } from "../record/Catalog.ts"
import type { KnownState } from "../record/KnownState.ts"

export interface RunState extends AssetGraphView.DataVersions {
  readonly view: AssetGraphView.AssetGraphView
  readonly observations: ReadonlyMap<AssetKey, ReadonlyArray<Observation>>
  /** The objects that hold these partitions now, each with those of them that it holds. */
  readonly pieces: (key: AssetKey, partitions: PartitionSet.PartitionSet) => Manifest
  /** Takes in an object that now holds these partitions. */
  readonly published: (object: StoredObject, versions: PartitionVersions.PartitionVersions) => void
}

/** What the run has published of one partition. */
interface Fresh {
  readonly object: StoredObject
  readonly data: Version.Version
}

export const make = ({ manifests, observations, view }: KnownState): RunState => {
  const fresh = new Map<AssetKey, Map<number, Fresh>>()
  const found = new Map<AssetKey, Located>()
  const before = (key: AssetKey): Located => {
    const located = found.get(key) ?? locate(manifests.get(key) ?? [])
    found.set(key, located)
    return located
  }
  return {
    view,
    observations,
    data: (key, ordinal) =>
      fresh.get(key)?.get(ordinal)?.data ??
      PartitionVersions.data(view.versions.get(key) ?? PartitionVersions.empty, ordinal),
    pieces: (key, partitions) => {
      const since = fresh.get(key)
      if (since === undefined) return restrict(manifests.get(key) ?? [], partitions)
      const objectOf = (ordinal: number) => since.get(ordinal)?.object ?? objectAt(before(key), ordinal)
      return grouped(partitions, objectOf)
    },
    published: (object, versions) => {
      const since = fresh.get(object.asset) ?? new Map<number, Fresh>()
      for (const ordinal of PartitionSet.ordinals(versions.partitions)) {
        since.set(ordinal, { object, data: PartitionVersions.data(versions, ordinal)! })
      }
      fresh.set(object.asset, since)
    }
  }
}

const restrict = (manifest: Manifest, partitions: PartitionSet.PartitionSet): Manifest =>
  manifest
    .map(({ live, object }) => ({ object, live: PartitionSet.intersection(live, partitions) }))
    .filter(({ live }) => !PartitionSet.isEmpty(live))

const grouped = (
  partitions: PartitionSet.PartitionSet,
  objectOf: (ordinal: number) => StoredObject | undefined
): Manifest => {
  const ordinals = new Map<StoredObject, Array<number>>()
  for (const ordinal of PartitionSet.ordinals(partitions)) {
    const object = objectOf(ordinal)
    if (object === undefined) continue
    const of = ordinals.get(object)
    if (of === undefined) ordinals.set(object, [ordinal])
    else of.push(ordinal)
  }
  return [...ordinals].map(([object, of]): LivePiece => ({ object, live: PartitionSet.fromOrdinals(of) }))
}

/** The intervals of a manifest in order, so that a partition is found by bisection among thousands of objects. */
interface Located {
  readonly intervals: ReadonlyArray<PartitionSet.Interval & { readonly object: StoredObject }>
}

const locate = (manifest: Manifest): Located => ({
  intervals: manifest
    .flatMap(({ live, object }) => [...PartitionSet.intervals(live)].map((interval) => ({ ...interval, object })))
    .sort((a, b) => a.start - b.start)
})

const objectAt = ({ intervals }: Located, ordinal: number): StoredObject | undefined => {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (intervals[middle]!.end <= ordinal) low = middle + 1
    else high = middle
  }
  const interval = intervals[low]
  return interval !== undefined && interval.start <= ordinal ? interval.object : undefined
}
