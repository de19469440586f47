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
import type { Manifest, Observation, StoredObject } from "../record/Catalog.ts"
import type { KnownState } from "../record/KnownState.ts"

export interface RunState extends AssetGraphView.DataVersions {
  readonly view: AssetGraphView.AssetGraphView
  readonly observations: ReadonlyMap<AssetKey, ReadonlyArray<Observation>>
  readonly manifest: (key: AssetKey) => Manifest
  /** Takes in an object that now holds these partitions. */
  readonly published: (object: StoredObject, versions: PartitionVersions.PartitionVersions) => void
}

export const make = (known: KnownState): RunState => {
  const manifests = new Map(known.manifests)
  const published = new Map<AssetKey, Map<number, Version.Version>>()
  const manifest = (key: AssetKey): Manifest => manifests.get(key) ?? []
  return {
    view: known.view,
    observations: known.observations,
    manifest,
    data: (key, ordinal) =>
      published.get(key)?.get(ordinal) ??
      PartitionVersions.data(known.view.versions.get(key) ?? PartitionVersions.empty, ordinal),
    published: (object, versions) => {
      manifests.set(object.asset, [
        ...without(manifest(object.asset), object.partitions),
        { object, live: object.partitions }
      ])
      const fresh = published.get(object.asset) ?? new Map<number, Version.Version>()
      for (const ordinal of PartitionSet.ordinals(versions.partitions)) {
        fresh.set(ordinal, PartitionVersions.data(versions, ordinal)!)
      }
      published.set(object.asset, fresh)
    }
  }
}

/** The pieces of a manifest that hold some of the partitions, cut to them. */
export const restrict = (manifest: Manifest, partitions: PartitionSet.PartitionSet): Manifest =>
  manifest
    .map(({ live, object }) => ({ object, live: PartitionSet.intersection(live, partitions) }))
    .filter(({ live }) => !PartitionSet.isEmpty(live))

const without = (manifest: Manifest, partitions: PartitionSet.PartitionSet): Manifest =>
  manifest
    .map(({ live, object }) => ({ object, live: PartitionSet.difference(live, partitions) }))
    .filter(({ live }) => !PartitionSet.isEmpty(live))
