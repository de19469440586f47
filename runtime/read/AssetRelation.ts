/**
 * What is stored of an asset now, as a relation for queries.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type ReadRequest } from "../definition/IOManager.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import { type KnownState, landedFiles } from "../record/KnownState.ts"
import { ObjectStore } from "../record/ObjectStore.ts"

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
