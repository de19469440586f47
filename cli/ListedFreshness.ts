/**
 * How fresh the assets are that have a policy: it takes the state, and that the
 * definitions.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import type { Freshness } from "../runtime/definition/FreshnessPolicy.ts"
import * as AssetFreshness from "../runtime/read/AssetFreshness.ts"
import type * as Flags from "./Flags.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as Wiring from "./Wiring.ts"

export const read = Effect.fn("ListedFreshness.read")(function* (options: Flags.Options<typeof Flags.list>) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const known = yield* Effect.provide(OpenProject.known(loaded), Wiring.stateIfAny(loaded))
  return new Map<AssetKey, Freshness>(
    loaded.graph.order.flatMap((key) => {
      const freshness = AssetFreshness.make(known, key)
      return freshness === undefined ? [] : [[key, freshness] as const]
    })
  )
})
