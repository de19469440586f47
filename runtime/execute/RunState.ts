/**
 * What a run knows of stored data: the state when it began, and what it has
 * published since. Steps read their inputs from here, so a run sees one
 * consistent state, whatever other processes publish beside it.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import * as Provenance from "../event/Provenance.ts"
import type { Manifest, Observation, StoredObject } from "../record/Catalog.ts"
import type { KnownState } from "../record/KnownState.ts"
import * as PartitionMap from "../record/PartitionMap.ts"

export interface RunState extends AssetGraphView.DataVersions {
  readonly view: AssetGraphView.AssetGraphView
  /** What was seen of these partitions of an external asset, in order. */
  readonly observed: (key: AssetKey, partitions: PartitionSet.PartitionSet) => ReadonlyArray<Observation>
  /** The objects that hold these partitions now, each with those of them that it holds. */
  readonly pieces: (key: AssetKey, partitions: PartitionSet.PartitionSet) => Manifest
  /** Partitions that exist and are in some object, or were observed. */
  readonly present: (key: AssetKey) => PartitionSet.PartitionSet
  /** Those of them that were published since the run began. */
  readonly changed: (key: AssetKey) => PartitionSet.PartitionSet
  /** The provenance of partitions whose inputs are all made. */
  readonly provenance: (key: AssetKey) => Provenance.Provenance
  /** Takes in an object that now holds these partitions. */
  readonly published: (object: StoredObject, versions: PartitionVersions.PartitionVersions) => void
}

export const make = ({ manifests, observations, view }: KnownState): RunState => {
  const objects = byAsset((key) =>
    PartitionMap.fromSets((manifests.get(key) ?? []).map(({ live, object }) => [live, object] as const))
  )
  const seen = byAsset((key) =>
    PartitionMap.fromSets(
      (observations.get(key) ?? []).map((observation) => [PartitionSet.of(observation.ordinal), observation] as const)
    )
  )
  const fresh = new Map<AssetKey, PartitionMap.PartitionMap<PartitionVersions.PartitionVersions>>()
  const state: RunState = {
    view,
    observed: (key, partitions) => PartitionMap.within(seen(key), partitions).map(({ value }) => value),
    data: (key, ordinal) => {
      const since = fresh.get(key)
      const versions = since === undefined ? undefined : PartitionMap.at(since, ordinal)
      return PartitionVersions.data(versions ?? view.versions.get(key) ?? PartitionVersions.empty, ordinal)
    },
    pieces: (key, partitions) =>
      Array.from(PartitionMap.byValue(objects(key), partitions), ([object, live]) => ({ object, live })),
    present: (key) => PartitionSet.union(AssetGraphView.present(view, key), state.changed(key)),
    changed: (key) => {
      const since = fresh.get(key)
      return since === undefined ? PartitionSet.empty : PartitionSet.fromIntervals(since.pieces)
    },
    // What does not differ between partitions is hashed once. It may be kept: versions of inputs that are made stay.
    provenance: byAsset((key) => Provenance.make(view, key, state)),
    published: (object, versions) => {
      PartitionMap.assign(objects(object.asset), versions.partitions, object)
      const since = fresh.get(object.asset) ?? PartitionMap.make()
      PartitionMap.assign(since, versions.partitions, versions)
      fresh.set(object.asset, since)
    }
  }
  return state
}

/** Made when it is first asked for. */
const byAsset = <A>(make: (key: AssetKey) => A): ((key: AssetKey) => A) => {
  const made = new Map<AssetKey, A>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}
