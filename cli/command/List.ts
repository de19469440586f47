/**
 * `strata list`: the assets. Without a selection `quick.ts` answers it from
 * the kept snapshot, while there is one.
 */
import * as Effect from "effect/Effect"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as AssetList from "../render/AssetList.ts"
import { Screen } from "../Screen.ts"
import * as Selected from "../Selected.ts"

export const list = Effect.fn("list")(function* (options: Flags.Options<typeof Flags.list>) {
  const screen = yield* Screen
  const snapshot = yield* Project.snapshot(ProjectRequest.of(options))
  const assets = yield* Effect.fromResult(Selected.of(snapshot.assets, options.selection))
  yield* assets.length === 0 && !options.json
    ? screen.tell(() => (snapshot.assets.length === 0 ? "the definitions hold no assets" : "no asset is selected"))
    : screen.print((view) => (options.json ? AssetList.json(assets) : AssetList.text(assets, view)))
})
