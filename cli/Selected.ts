/**
 * Selections of the command line, and the assets of a snapshot that they mean.
 *
 * Little is imported here, because lists are answered from it at once.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import type { AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetSelection from "../runtime/graph/AssetSelection.ts"
import * as AssetSelectionText from "../runtime/graph/AssetSelectionText.ts"
import * as SelectedAssets from "../runtime/graph/SelectedAssets.ts"
import type { UnknownAsset, UnknownAttribute } from "../runtime/graph/SelectionName.ts"

/** A selection names a status, and what has it is known from the state alone. */
export class StatusNotListed extends Schema.TaggedError<StatusNotListed>()("StatusNotListed", {}) {
  override get message() {
    return "the statuses of partitions are not among the definitions: select by them with strata list or strata plan"
  }
}

export type Misread = AssetSelectionText.SelectionSyntaxError | UnknownAsset | UnknownAttribute

/** Several selections mean what any of them means, none means all. */
export const parse = (
  texts: ReadonlyArray<string>
): Result.Result<AssetSelection.AssetSelection, AssetSelectionText.SelectionSyntaxError> =>
  Result.map(Result.all(texts.map(AssetSelectionText.parse)), ([first = AssetSelection.all, ...rest]) =>
    rest.length === 0 ? first : { _tag: "Or", of: [first, ...rest] }
  )

/** The assets that are selected, in the order of the snapshot. */
export const of = (
  assets: ReadonlyArray<AssetSnapshot>,
  texts: ReadonlyArray<string>
): Result.Result<ReadonlyArray<AssetSnapshot>, Misread | StatusNotListed> =>
  Result.gen(function* () {
    const selection = yield* parse(texts)
    if (AssetSelection.usesStatus(selection)) return yield* Result.fail(new StatusNotListed())
    const selected = yield* SelectedAssets.resolve(selection, SelectedAssets.graphOf(assets), nothingKnown)
    return assets.filter(({ key }) => selected.has(key))
  })

export const nothingKnown: SelectedAssets.Knowledge = {
  existing: () => PartitionSet.empty,
  status: () => PartitionSet.empty
}
