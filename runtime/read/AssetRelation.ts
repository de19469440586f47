/**
 * What is stored of an asset now, as a relation for queries.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type ReadRequest } from "../definition/IOManager.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { RunId } from "../event/Run.ts"
import { AssetHistory } from "../record/AssetHistory.ts"
import type { StoredObject } from "../record/Catalog.ts"
import { type KnownState, landedFiles } from "../record/KnownState.ts"
import * as PartitionMap from "../record/PartitionMap.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import type { StateError } from "../record/StateError.ts"

/** The rows of the asset, or of some of its partitions. */
export const rows = Effect.fn("AssetRelation.rows")(function* (
  known: KnownState,
  key: AssetKey,
  wanted?: PartitionSet.PartitionSet
) {
  const io = yield* IOManager
  return yield* io.relation(yield* requestOf(known, key, wanted))
})

/** The rows that were set aside when it was made. */
export const quarantine = Effect.fn("AssetRelation.quarantine")(function* (known: KnownState, key: AssetKey) {
  const io = yield* IOManager
  return yield* io.quarantine(yield* requestOf(known, key))
})

/**
 * What is known, with the asset as a run made it, also where that was not
 * published. Of a partition that it made twice, the later attempt counts.
 */
export const madeBy = Effect.fn("AssetRelation.madeBy")(function* (
  { view }: KnownState,
  key: AssetKey,
  runId: RunId
): Effect.fn.Return<KnownState, StateError, AssetHistory> {
  const objects = yield* AssetHistory.use((history) => history.madeBy(runId, key))
  const latest = PartitionMap.make<StoredObject>()
  for (const object of objects) PartitionMap.assign(latest, object.partitions, object)
  const partitions = PartitionSet.unionAll(objects.map(({ partitions }) => partitions))
  const pieces = Array.from(PartitionMap.byValue(latest, partitions), ([object, live]) => ({ object, live }))
  return { manifests: new Map([[key, pieces]]), observations: new Map(), view }
})

const requestOf = Effect.fnUntraced(function* (
  { manifests, observations, view }: KnownState,
  key: AssetKey,
  wanted?: PartitionSet.PartitionSet
) {
  const isWanted = (ordinal: number) => wanted === undefined || PartitionSet.has(wanted, ordinal)
  const store = yield* ObjectStore
  const { output, partitions } = AssetGraph.asset(view.graph, key)
  return {
    asset: key,
    output,
    partitioned: PartitionsDefinition.isPartitioned(partitions),
    keyOf: (ordinal) => PartitionsDefinition.key(partitions, view.dictionary, ordinal),
    pieces: (manifests.get(key) ?? [])
      .map(({ live, object }) => ({
        directory: store.directory(object),
        files: object.files,
        columns: object.columns,
        partitions: object.partitions,
        wanted: wanted === undefined ? live : PartitionSet.intersection(live, wanted)
      }))
      .filter((piece) => !PartitionSet.isEmpty(piece.wanted)),
    landed: landedFiles(
      partitions,
      view.dictionary,
      (observations.get(key) ?? []).filter(({ ordinal }) => isWanted(ordinal))
    )
  } satisfies ReadRequest as ReadRequest
})
