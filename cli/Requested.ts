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
import * as AssetSelection from "../runtime/graph/AssetSelection.ts"
import * as PartitionExpression from "../runtime/graph/PartitionExpression.ts"
import * as PartitionExpressionText from "../runtime/graph/PartitionExpressionText.ts"
import * as ResolvedPartitions from "../runtime/graph/ResolvedPartitions.ts"
import * as SelectedAssets from "../runtime/graph/SelectedAssets.ts"
import * as Knowledge from "../runtime/read/Knowledge.ts"
import { Usage } from "./Failure.ts"
import * as Selected from "./Selected.ts"

export interface Words {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
}

export type Misread =
  | Selected.Misread
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
    const selection = yield* Selected.parse(words.selection)
    const expression = Option.isNone(words.partitions)
      ? undefined
      : yield* PartitionExpressionText.parse(words.partitions.value)
    const selected = yield* SelectedAssets.resolve(selection, graph, Selected.nothingKnown)
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
  // Among many assets, what was meant is most likely a time.
  const isOfTime = (key: AssetKey) => AssetGraph.asset(graph, key).partitions.spec._tag === "Time"
  const misfit =
    answers.find((answer, i) => Result.isFailure(answer) && isOfTime(asked[i]!)) ?? answers.find(Result.isFailure)
  if (fitting.length === 0 && misfit !== undefined && Result.isFailure(misfit)) {
    return Result.fail(misfit.failure)
  }
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
