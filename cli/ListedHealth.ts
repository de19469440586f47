/**
 * How the assets stand, as far as others' files were observed before.
 */
import * as Effect from "effect/Effect"
import * as AssetGraphView from "../runtime/event/AssetGraphView.ts"
import * as Standing from "../runtime/plan/Standing.ts"
import * as AssetStatus from "../runtime/read/AssetStatus.ts"
import type * as Flags from "./Flags.ts"
import * as HealthCache from "./HealthCache.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as HealthText from "./render/HealthText.ts"
import * as Wiring from "./Wiring.ts"

/** Kept for the next time, unless the state changed meanwhile. */
export const read = Effect.fn("ListedHealth.read")(function* (options: Flags.Options<typeof Flags.list>) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const before = HealthCache.stamp(loaded, loaded.snapshot.assets)
  const known = yield* Effect.provide(OpenProject.known(loaded), Wiring.state(loaded))
  const healths = Object.fromEntries(
    Array.from(Standing.all(known.view), ([key, standing]) => {
      const health = AssetStatus.health({ ...standing, materialized: AssetGraphView.materialized(known.view, key) })
      const isExternal = loaded.graph.assets.get(key)?.source._tag === "External"
      return [key, HealthText.word(health, isExternal)]
    })
  )
  const after = HealthCache.stamp(loaded, loaded.snapshot.assets)
  if (after !== undefined && after === before) HealthCache.write(loaded, after, healths)
  return healths
})
