/**
 * How fresh the assets are that have a policy: it takes the state, and that the
 * definitions.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import type { Freshness } from "../runtime/definition/FreshnessPolicy.ts"
import { main } from "../runtime/event/Run.ts"
import * as AssetFreshness from "../runtime/read/AssetFreshness.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as State from "../runtime/record/State.ts"
import type * as Flags from "./Flags.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as Wiring from "./Wiring.ts"

export const read = Effect.fn("ListedFreshness.read")(function* (options: Flags.Options<typeof Flags.list>) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const known = yield* Effect.provide(
    KnownState.load(loaded.graph, yield* OpenProject.versioned(loaded), main),
    (yield* Wiring.hasState(loaded)) ? Wiring.state(loaded) : State.layerMemory
  )
  return new Map<AssetKey, Freshness>(
    loaded.graph.order.flatMap((key) => {
      const freshness = AssetFreshness.make(known, key)
      return freshness === undefined ? [] : [[key, freshness] as const]
    })
  )
})
