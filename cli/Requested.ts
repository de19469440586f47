/**
 * What a command line asks for: assets by a selection, partitions by an
 * expression.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import type { PlanRequest } from "../runtime/execute/Materialization.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import type { AssetGraphSnapshot, AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import { UnknownAsset } from "./UnknownAsset.ts"

export interface Words {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
}

export const make = (
  graph: AssetGraph.AssetGraph,
  { partitions, selection }: Words
): Result.Result<Pick<PlanRequest, "assets" | "narrow">, UnknownAsset> =>
  Result.gen(function* () {
    const assets = new Set<AssetKey>(selection.length === 0 ? graph.order : [])
    for (const text of selection) for (const key of yield* selected(graph, text)) assets.add(key)
    const text = Option.getOrUndefined(partitions)
    return {
      assets,
      narrow: (view, key) => {
        const existing = view.existing.get(key)!
        if (text === undefined) return existing
        const definition = AssetGraph.asset(graph, key).partitions
        const [from = "", to = from] = text.split("...")
        const first = PartitionsDefinition.ordinal(definition, view.dictionary, from)
        const last = PartitionsDefinition.ordinal(definition, view.dictionary, to)
        return Result.isSuccess(first) && Result.isSuccess(last)
          ? PartitionSet.intersection(existing, PartitionSet.range(first.success, last.success + 1))
          : PartitionSet.empty
      }
    }
  })

export const listed = (
  { assets }: AssetGraphSnapshot,
  selection: ReadonlyArray<string>
): Result.Result<ReadonlyArray<AssetSnapshot>, UnknownAsset> =>
  Result.gen(function* () {
    const keys = assets.map(({ key }) => key)
    for (const text of selection) {
      if (!keys.includes(text as AssetKey)) return yield* Result.fail(new UnknownAsset({ key: text, keys }))
    }
    return selection.length === 0 ? assets : assets.filter(({ key }) => selection.includes(key))
  })

const selected = (graph: AssetGraph.AssetGraph, text: string): Result.Result<Iterable<AssetKey>, UnknownAsset> => {
  const key = graph.order.find((key) => key === text.replace(/^\+/, ""))
  if (key === undefined) return Result.fail(new UnknownAsset({ key: text, keys: graph.order }))
  return Result.succeed(text.startsWith("+") ? [...AssetGraph.ancestors(graph, key), key] : [key])
}
