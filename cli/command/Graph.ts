/**
 * `strata graph`: the assets and what they are made from.
 */
import * as Effect from "effect/Effect"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as GraphSvg from "../render/GraphSvg.ts"
import * as GraphText from "../render/GraphText.ts"
import { Screen } from "../Screen.ts"
import * as Selected from "../Selected.ts"

export const graph = Effect.fn("graph")(function* (options: Flags.Options<typeof Flags.graph>) {
  const screen = yield* Screen
  const snapshot = yield* Project.snapshot(ProjectRequest.of(options))
  const assets = yield* Effect.fromResult(Selected.of(snapshot.assets, options.selection))
  const format = options.json ? "json" : options.format
  if (assets.length === 0 && format === "text") {
    return yield* screen.tell(() =>
      snapshot.assets.length === 0 ? "the definitions hold no assets" : "no asset is selected"
    )
  }
  yield* screen.print((view) => {
    switch (format) {
      case "text":
        return GraphText.text(assets, view)
      case "mermaid":
        return GraphText.mermaid(assets)
      case "svg":
        return GraphSvg.text(assets)
      case "json":
        return GraphText.json(assets)
    }
  })
})
