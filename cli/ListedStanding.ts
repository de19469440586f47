/**
 * How the assets stand, and how fresh those are that have a policy, as far as
 * others' files were observed before. It takes the state, and that the
 * definitions.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import type { Freshness } from "../runtime/definition/FreshnessPolicy.ts"
import * as AssetGraphView from "../runtime/event/AssetGraphView.ts"
import * as Standing from "../runtime/plan/Standing.ts"
import * as AssetFreshness from "../runtime/read/AssetFreshness.ts"
import * as AssetStatus from "../runtime/read/AssetStatus.ts"
import type { KnownState } from "../runtime/record/KnownState.ts"
import type * as Flags from "./Flags.ts"
import * as HealthCache from "./HealthCache.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as HealthText from "./render/HealthText.ts"
import * as Wiring from "./Wiring.ts"

export interface ListedStanding {
  /** Kept for the next time, unless the state changed meanwhile; none without a state. */
  readonly healths: HealthCache.Healths
  readonly freshness: ReadonlyMap<AssetKey, Freshness>
}

export const read = Effect.fn("ListedStanding.read")(function* (options: Flags.Options<typeof Flags.list>) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const before = HealthCache.stamp(loaded, loaded.snapshot.assets)
  const known = yield* Effect.provide(OpenProject.known(loaded), Wiring.stateIfAny(loaded))
  const healths = before === undefined ? {} : healthsOf(known)
  const after = HealthCache.stamp(loaded, loaded.snapshot.assets)
  if (after !== undefined && after === before) HealthCache.write(loaded, after, healths)
  return { healths, freshness: freshnessOf(known) } satisfies ListedStanding
})

const healthsOf = ({ view }: KnownState): HealthCache.Healths =>
  Object.fromEntries(
    Array.from(Standing.all(view), ([key, standing]) => {
      const health = AssetStatus.health({ ...standing, materialized: AssetGraphView.materialized(view, key) })
      const isExternal = view.graph.assets.get(key)?.source._tag === "External"
      return [key, HealthText.word(health, isExternal)]
    })
  )

const freshnessOf = (known: KnownState): ReadonlyMap<AssetKey, Freshness> =>
  new Map(
    known.view.graph.order.flatMap((key) => {
      const freshness = AssetFreshness.make(known, key)
      return freshness === undefined ? [] : [[key, freshness] as const]
    })
  )
