/**
 * What a command line asks for: assets by selections, partitions by an
 * expression.
 *
 * The words are read before anything else happens; what they mean is known once
 * the state is.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import type { AssetGraphView } from "../runtime/event/AssetGraphView.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import type { AssetGraphSnapshot, AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetSelection from "../runtime/graph/AssetSelection.ts"
import * as AssetSelectionText from "../runtime/graph/AssetSelectionText.ts"
import * as PartitionExpression from "../runtime/graph/PartitionExpression.ts"
import * as PartitionExpressionText from "../runtime/graph/PartitionExpressionText.ts"
import * as ResolvedPartitions from "../runtime/graph/ResolvedPartitions.ts"
import * as SelectedAssets from "../runtime/graph/SelectedAssets.ts"
import type { UnknownAsset, UnknownAttribute } from "../runtime/graph/SelectionName.ts"
import * as Knowledge from "../runtime/read/Knowledge.ts"
import { Usage } from "./Failure.ts"

export interface Words {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
}

export type Misread =
  | AssetSelectionText.SelectionSyntaxError
  | UnknownAsset
  | UnknownAttribute
  | PartitionExpressionText.PartitionSyntaxError
  | ResolvedPartitions.UnmatchedPartitions
  | Usage

export interface Requested {
  /** All that may be meant; a selection that names a status may mean any asset until the state is known. */
  readonly assets: ReadonlySet<AssetKey>
  /** What is meant, by asset; worked out once for each view. */
  readonly resolve: (view: AssetGraphView) => Result.Result<Partitions, Misread>
}

type Partitions = ReadonlyMap<AssetKey, PartitionSet.PartitionSet>

export const make = (graph: AssetGraph.AssetGraph, words: Words): Result.Result<Requested, Misread> =>
  Result.gen(function* () {
    const selection = yield* parse(words.selection)
    const expression = Option.isNone(words.partitions)
      ? undefined
      : yield* PartitionExpressionText.parse(words.partitions.value)
    const selected = yield* SelectedAssets.resolve(selection, graph, nothingKnown)
    const assets = AssetSelection.usesStatus(selection) ? graph.order : selected.keys()
    const resolved = new WeakMap<AssetGraphView, Result.Result<Partitions, Misread>>()
    return {
      assets: new Set(assets),
      resolve: (view) => {
        const result = resolved.get(view) ?? resolve(view, selection, expression)
        resolved.set(view, result)
        return result
      }
    }
  })

/** The assets that are selected, in the order of the graph. */
export const listed = (
  { assets }: AssetGraphSnapshot,
  texts: ReadonlyArray<string>
): Result.Result<ReadonlyArray<AssetSnapshot>, Misread> =>
  Result.gen(function* () {
    const selection = yield* parse(texts)
    if (AssetSelection.usesStatus(selection)) {
      return yield* Result.fail(new Usage({ reason: "list knows no statuses: strata plan and strata show do" }))
    }
    const selected = yield* SelectedAssets.resolve(selection, SelectedAssets.graphOf(assets), nothingKnown)
    return assets.filter(({ key }) => selected.has(key))
  })

/** Several selections mean what any of them means, none means all. */
const parse = (
  texts: ReadonlyArray<string>
): Result.Result<AssetSelection.AssetSelection, AssetSelectionText.SelectionSyntaxError> =>
  Result.map(Result.all(texts.map(AssetSelectionText.parse)), ([first = AssetSelection.all, ...rest]) =>
    rest.length === 0 ? first : { _tag: "Or", of: [first, ...rest] }
  )

const nothingKnown: SelectedAssets.Knowledge = {
  existing: () => PartitionSet.empty,
  status: () => PartitionSet.empty
}

const resolve = (
  view: AssetGraphView,
  selection: AssetSelection.AssetSelection,
  expression: PartitionExpression.PartitionExpression | undefined
): Result.Result<Partitions, Misread> =>
  Result.gen(function* () {
    const knowledge = Knowledge.make(view)
    const partitions = new Map<AssetKey, PartitionSet.PartitionSet>()
    for (const [key, some] of yield* SelectedAssets.resolve(selection, view.graph, knowledge)) {
      partitions.set(key, some === "All" ? view.existing.get(key)! : some)
    }
    return expression === undefined ? partitions : yield* narrowed({ view, knowledge, expression }, partitions)
  })

interface Narrowing {
  readonly view: AssetGraphView
  readonly knowledge: SelectedAssets.Knowledge
  readonly expression: PartitionExpression.PartitionExpression
}

/**
 * The expression is asked of every asset that has partitions, and assets without
 * any are taken whole beside them. It is wrong when it fits none of those that it
 * is asked of, or names partitions of which none exists.
 */
const narrowed = (narrowing: Narrowing, partitions: Partitions): Result.Result<Partitions, Misread> => {
  const { graph } = narrowing.view
  const isPartitioned = (key: AssetKey) => PartitionsDefinition.isPartitioned(AssetGraph.asset(graph, key).partitions)
  const partitioned = [...partitions.keys()].filter(isPartitioned)
  const asked = partitioned.length > 0 ? partitioned : [...partitions.keys()]
  const answers = asked.map((key) => Result.map(expressed(narrowing, key), (set) => [key, set] as const))
  const fitting = answers.filter(Result.isSuccess).map(({ success: [key, set] }) => {
    const both = PartitionSet.intersection(set, partitions.get(key)!)
    return [key, both] as const
  })
  const misfit = answers.find(Result.isFailure)
  if (fitting.length === 0 && misfit !== undefined) return Result.fail(misfit.failure)
  if (namesPartitions(narrowing.expression) && fitting.every(([, set]) => PartitionSet.isEmpty(set))) {
    const text = PartitionExpression.print(narrowing.expression)
    return Result.fail(new Usage({ reason: `no partition of ${text} exists` }))
  }
  const whole = [...partitions].filter(([key]) => !asked.includes(key))
  return Result.succeed(new Map([...whole, ...fitting]))
}

const expressed = ({ expression, knowledge, view }: Narrowing, key: AssetKey) =>
  ResolvedPartitions.resolve(expression, {
    definition: AssetGraph.asset(view.graph, key).partitions,
    dictionary: view.dictionary,
    existing: view.existing.get(key)!,
    status: (status) => knowledge.status(key, status)
  })

/** Whether an expression names partitions, instead of asking for those there are. */
const namesPartitions = (expression: PartitionExpression.PartitionExpression): boolean =>
  expression._tag === "Key" ||
  expression._tag === "Range" ||
  expression._tag === "Product" ||
  (expression._tag === "Union" && expression.of.every(namesPartitions))
