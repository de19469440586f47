/**
 * What a command line asks for: assets by selections, partitions by an
 * expression.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import type { AssetGraphView } from "../runtime/event/AssetGraphView.ts"
import type { PlanRequest } from "../runtime/execute/Materialization.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import type { AssetGraphSnapshot, AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetSelection from "../runtime/graph/AssetSelection.ts"
import * as AssetSelectionText from "../runtime/graph/AssetSelectionText.ts"
import * as SelectedAssets from "../runtime/graph/SelectedAssets.ts"
import type { UnknownAsset, UnknownAttribute } from "../runtime/graph/SelectionName.ts"
import * as Knowledge from "../runtime/read/Knowledge.ts"
import { Usage } from "./Failure.ts"

export interface Words {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
}

type Misread = AssetSelectionText.SelectionSyntaxError | UnknownAsset | UnknownAttribute | Usage

/** Selections that name a status are resolved when the state is known; until then they may mean every asset. */
export const make = (
  graph: AssetGraph.AssetGraph,
  { partitions, selection }: Words
): Result.Result<Pick<PlanRequest, "assets" | "narrow">, Misread> =>
  Result.gen(function* () {
    const asked = yield* parse(selection)
    const within = partitionsOf(graph, partitions)
    const selected = yield* SelectedAssets.resolve(asked, graph, nothingKnown)
    if (!AssetSelection.usesStatus(asked)) return { assets: new Set(selected.keys()), narrow: within }
    const known = new WeakMap<AssetGraphView, SelectedAssets.Selected>()
    return {
      assets: new Set(graph.order),
      narrow: (view, key) => {
        const now = known.get(view) ?? Result.getOrThrow(SelectedAssets.resolve(asked, graph, Knowledge.make(view)))
        known.set(view, now)
        const some = now.get(key) ?? PartitionSet.empty
        return some === "All" ? within(view, key) : PartitionSet.intersection(some, within(view, key))
      }
    }
  })

/** The assets that are selected, in the order of the graph. */
export const listed = (
  { assets }: AssetGraphSnapshot,
  selection: ReadonlyArray<string>
): Result.Result<ReadonlyArray<AssetSnapshot>, Misread> =>
  Result.gen(function* () {
    const asked = yield* parse(selection)
    if (AssetSelection.usesStatus(asked)) {
      return yield* Result.fail(
        new Usage({ reason: "list knows no statuses: ask strata plan, or strata show of an asset" })
      )
    }
    const selected = yield* SelectedAssets.resolve(asked, SelectedAssets.graphOf(assets), nothingKnown)
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

const partitionsOf =
  (graph: AssetGraph.AssetGraph, expression: Option.Option<string>) =>
  (view: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet => {
    const text = Option.getOrUndefined(expression)
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
