/**
 * A partition of an asset as people write it: `postings/daily[2025-06-01]`, and
 * for an asset without partitions its key alone.
 */
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import type { AssetGraphView } from "../runtime/event/AssetGraphView.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import * as NearestName from "../runtime/graph/NearestName.ts"
import * as PartitionExpressionText from "../runtime/graph/PartitionExpressionText.ts"
import * as ResolvedPartitions from "../runtime/graph/ResolvedPartitions.ts"
import { UnknownAsset } from "../runtime/graph/SelectionName.ts"
import * as Knowledge from "../runtime/read/Knowledge.ts"
import { Usage } from "./Failure.ts"

export interface PartitionAddress {
  readonly asset: AssetKey
  /** What stands in the brackets. */
  readonly partition: string | undefined
}

export const parse = (
  graph: AssetGraph.AssetGraph,
  text: string
): Result.Result<PartitionAddress, UnknownAsset | Usage> => {
  const [, key = text, partition] = /^([^[]*)\[(.*)\]$/s.exec(text) ?? []
  const found = findAsset(graph, key)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const asset = found.success
  const isPartitioned = PartitionsDefinition.isPartitioned(AssetGraph.asset(graph, asset).partitions)
  if (isPartitioned && partition === undefined) {
    return Result.fail(new Usage({ reason: `${asset} has partitions: say which, such as ${asset}[latest]` }))
  }
  return !isPartitioned && partition !== undefined
    ? Result.fail(new Usage({ reason: `${asset} has no partitions: ${asset} alone is meant` }))
    : Result.succeed({ asset, partition })
}

/** The asset of this key. */
export const findAsset = (graph: AssetGraph.AssetGraph, text: string): Result.Result<AssetKey, UnknownAsset> => {
  const key = graph.order.find((key) => key === text)
  return key === undefined
    ? Result.fail(new UnknownAsset({ pattern: text.slice(0, 200), nearest: NearestName.find(text, graph.order) }))
    : Result.succeed(key)
}

/** The ordinal of a key, which need not exist, or of the one existing partition that an expression means. */
export const ordinal = (
  { asset, partition }: PartitionAddress,
  view: AssetGraphView
): Result.Result<
  number,
  Usage | PartitionExpressionText.PartitionSyntaxError | ResolvedPartitions.UnmatchedPartitions
> => {
  const definition = AssetGraph.asset(view.graph, asset).partitions
  const exact = PartitionsDefinition.ordinal(definition, view.dictionary, partition ?? "")
  if (Result.isSuccess(exact)) return Result.succeed(exact.success)
  return Result.gen(function* () {
    const expression = yield* PartitionExpressionText.parse(partition ?? "")
    const set = yield* ResolvedPartitions.resolve(expression, {
      definition,
      dictionary: view.dictionary,
      existing: view.existing.get(asset)!,
      status: (status) => Knowledge.make(view).status(asset, status)
    })
    const [first] = PartitionSet.ordinals(set)
    if (first !== undefined && PartitionSet.size(set) === 1) return first
    return yield* Result.fail(
      new Usage({
        reason:
          first === undefined
            ? `no partition of ${partition} exists of ${asset}`
            : `${partition} means ${PartitionSet.size(set)} partitions of ${asset}: say one of them, such as ${asset}[${PartitionsDefinition.key(definition, view.dictionary, first)}]`
      })
    )
  })
}
