/**
 * What a step reads: the partitions that its own are made from, as they are when
 * it begins.
 */
import * as Effect from "effect/Effect"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type ReadRequest, type Stored } from "../definition/IOManager.ts"
import type * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Manifest } from "../record/Catalog.ts"
import { landedFiles } from "../record/KnownState.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import type * as RunState from "./RunState.ts"
import type { Input } from "./StepWork.ts"

/** What the body of an asset is given besides the partitions that it makes, to be read when it runs. */
export const requests = (
  objects: Objects,
  state: RunState.RunState,
  asset: Asset.Any,
  partitions: PartitionSet.PartitionSet
): ReadonlyArray<Input> =>
  state.view.graph.inputs.get(asset.key)!.map((input) => {
    const mapped = AssetGraphView.upstreamOf(state.view, asset.key, input, partitions)
    return {
      name: input.name,
      request: request(objects, state, input.asset, mapped, state.pieces(input.asset, mapped)),
      isSingle: isSingleValue(state.view, asset, input)
    }
  })

/** A handle on partitions of an asset as they are published. */
export const handleOf = Effect.fnUntraced(function* (
  state: RunState.RunState,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
) {
  const io = yield* IOManager
  return yield* io.read(yield* requestOf(state, key, partitions))
})

/** Partitions of an asset as they are published, or in the pieces that are given. */
export const requestOf = (
  state: RunState.RunState,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  pieces: Manifest = state.pieces(key, partitions)
): Effect.Effect<ReadRequest, never, ObjectStore> =>
  ObjectStore.useSync((objects) => request(objects, state, key, partitions, pieces))

/** An asset as formats see it. */
export const storedAs = (view: AssetGraphView.AssetGraphView, asset: Asset.Any): Stored => ({
  asset: asset.key,
  output: asset.output,
  partitioned: PartitionsDefinition.isPartitioned(asset.partitions),
  keyOf: (ordinal) => PartitionsDefinition.key(asset.partitions, view.dictionary, ordinal)
})

type Objects = ObjectStore["Service"]

const request = (
  objects: Objects,
  state: RunState.RunState,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  pieces: Manifest
): ReadRequest => {
  const asset = AssetGraph.asset(state.view.graph, key)
  return {
    ...storedAs(state.view, asset),
    pieces: pieces.map(({ live, object }) => ({
      directory: objects.directory(object),
      files: object.files,
      columns: object.columns,
      partitions: object.partitions,
      wanted: live
    })),
    landed: landedFiles(asset.partitions, state.view.dictionary, state.observed(key, partitions))
  }
}

const isPerPartition = (asset: Asset.Any): boolean =>
  asset.source._tag === "Computation" && asset.source.backfillPolicy._tag === "PerPartition"

/** Whether the body gets the value of the one mapped partition instead of a map, as its type says. */
const isSingleValue = (view: AssetGraphView.AssetGraphView, asset: Asset.Any, input: AssetGraph.Input): boolean => {
  const upstream = AssetGraph.asset(view.graph, input.asset)
  return (
    upstream.output._tag === "Value" &&
    PartitionsDefinition.isPartitioned(upstream.partitions) &&
    PartitionsDefinition.isPartitioned(asset.partitions) &&
    isPerPartition(asset) &&
    input.mapping.arity === "One"
  )
}
