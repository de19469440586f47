/**
 * What the commands of checks have in common: the assets that are meant, and the
 * state that is known of them.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import type * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import type * as KnownState from "../runtime/record/KnownState.ts"
import * as DeadRuns from "./DeadRuns.ts"
import * as OpenProject from "./OpenProject.ts"
import type * as Project from "./Project.ts"
import type * as CheckList from "./render/CheckList.ts"
import * as Requested from "./Requested.ts"

export interface Words {
  readonly selection: ReadonlyArray<string>
  readonly partitions?: Option.Option<string>
}

/** Reads the words and, in the state that is given, what they mean. */
export const read = Effect.fn("CheckedProject.read")(function* (loaded: Project.Project, words: Words) {
  const requested = yield* Effect.fromResult(Requested.make(loaded.graph, { partitions: Option.none(), ...words }))
  yield* DeadRuns.close
  const known = yield* OpenProject.known(loaded)
  const partitions = yield* Effect.fromResult(requested.resolve(known.view))
  return { known, partitions, names: namesOf(loaded.graph, known) }
})

/** Whether a check is about an asset that is meant. */
export const isMeant =
  (graph: AssetGraph.AssetGraph, meant: ReadonlyMap<AssetKey, unknown>) =>
  ({ asset, check }: { readonly asset: AssetKey | null; readonly check: string }): boolean =>
    asset === null
      ? (graph.checks.acrossAssets.get(check)?.inputs ?? []).some(({ asset }) => meant.has(asset))
      : meant.has(asset)

const namesOf = (graph: AssetGraph.AssetGraph, { view }: KnownState.KnownState): CheckList.Names => ({
  dictionary: view.dictionary,
  definitionOf: ({ asset, check }) =>
    asset === null ? graph.checks.acrossAssets.get(check)?.check.partitions : graph.assets.get(asset)?.partitions
})
