/**
 * What the body of a step is given: handles on the partitions that its own are
 * made from, as they are when the step begins.
 */
import * as Effect from "effect/Effect"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { IOManager, type ReadRequest, type Stored } from "../definition/IOManager.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Manifest } from "../record/Catalog.ts"
import { landedFiles } from "../record/KnownState.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import type * as RunState from "./RunState.ts"

/** What the body gets, by name: its inputs, the partition or partitions that it makes, and its config. */
export const read = Effect.fnUntraced(function* (
  state: RunState.RunState,
  asset: Asset.Any,
  partitions: PartitionSet.PartitionSet
) {
  const inputs: Record<string, unknown> = partitionInputs(state.view, asset, partitions)
  if (asset.config !== undefined) inputs.config = state.view.configs.get(asset.key)!.value
  for (const input of state.view.graph.inputs.get(asset.key)!) {
    const needed = AssetGraphView.upstreamOf(state.view, asset.key, input, partitions)
    const handle = yield* handleOf(state, input.asset, needed)
    inputs[input.name] = isSingleValue(state.view, asset, input) ? only(handle) : handle
  }
  return inputs
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
export const requestOf = Effect.fnUntraced(function* (
  state: RunState.RunState,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  pieces: Manifest = state.pieces(key, partitions)
) {
  const store = yield* ObjectStore
  const asset = AssetGraph.asset(state.view.graph, key)
  return {
    ...storedAs(state.view, asset),
    pieces: pieces.map(({ live, object }) => ({
      directory: store.directory(object),
      files: object.files,
      columns: object.columns,
      partitions: object.partitions,
      wanted: live
    })),
    landed: landedFiles(asset.partitions, state.view.dictionary, state.observed(key, partitions))
  } satisfies ReadRequest as ReadRequest
})

/** An asset as formats see it. */
export const storedAs = (view: AssetGraphView.AssetGraphView, asset: Asset.Any): Stored => ({
  asset: asset.key,
  output: asset.output,
  partitioned: PartitionsDefinition.isPartitioned(asset.partitions),
  keyOf: (ordinal) => PartitionsDefinition.key(asset.partitions, view.dictionary, ordinal)
})

/** `partition` for a step of one, `partitions` for the others, nothing without partitions. */
const partitionInputs = (
  view: AssetGraphView.AssetGraphView,
  asset: Asset.Any,
  set: PartitionSet.PartitionSet
): Record<string, unknown> => {
  if (!PartitionsDefinition.isPartitioned(asset.partitions)) return {}
  const partitions = [...PartitionSet.ordinals(set)].map((ordinal) => ({
    ordinal,
    key: AssetGraphView.keyOf(view, asset.key, ordinal)
  }))
  return isPerPartition(asset) ? { partition: partitions[0] } : { partitions }
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

const only = (handle: unknown): unknown => [...(handle as ReadonlyMap<string, unknown>).values()][0]
