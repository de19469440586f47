/**
 * `strata list`: the assets. `quick.ts` answers it from the kept snapshot, while
 * there is one; where a selection names a status, it says which partitions have it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AssetGraphSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import type * as Flags from "../Flags.ts"
import * as HealthCache from "../HealthCache.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as AssetList from "../render/AssetList.ts"
import { Screen } from "../Screen.ts"
import * as Selected from "../Selected.ts"

type Options = Flags.Options<typeof Flags.list>

export const list = Effect.fn("list")(function* (options: Options) {
  const screen = yield* Screen
  const snapshot = yield* Project.snapshot(ProjectRequest.of(options))
  const selected = Selected.of(snapshot.assets, options.selection)
  const { assets, partitions } =
    Result.isFailure(selected) && selected.failure._tag === "StatusNotListed"
      ? yield* ofStatus(options)
      : { assets: yield* Effect.fromResult(selected), partitions: undefined }
  const freshness = assets.some((asset) => asset.freshnessPolicy !== null) ? yield* freshnessOf(options) : undefined
  const healths = assets.length === 0 ? {} : yield* healthsOf(options, snapshot)
  const listed = { assets, partitions, freshness, healths }
  yield* assets.length === 0 && !options.json
    ? screen.tell(() => (snapshot.assets.length === 0 ? "the definitions hold no assets" : "no asset is selected"))
    : screen.print((view) => (options.json ? AssetList.json(listed) : AssetList.text(listed, view)))
})

/** None without a state, or where it cannot be read: what the definitions say can be listed all the same. */
const healthsOf = Effect.fnUntraced(function* (options: Options, snapshot: AssetGraphSnapshot) {
  const location = yield* Project.find(ProjectRequest.of(options))
  const stamp = HealthCache.stamp(location, snapshot.assets)
  if (stamp === undefined) return {}
  const kept = HealthCache.read(location, stamp)
  if (kept !== undefined) return kept
  const { read } = yield* Effect.promise(() => import("../ListedHealth.ts"))
  return yield* Effect.orElseSucceed(read(options), (): HealthCache.Healths => ({}))
})

const freshnessOf = Effect.fnUntraced(function* (options: Options) {
  const { read } = yield* Effect.promise(() => import("../ListedFreshness.ts"))
  return yield* read(options)
})

/** Statuses need the state, and that the definitions. */
const ofStatus = Effect.fnUntraced(function* (options: Options) {
  const { list } = yield* Effect.promise(() => import("../ListedStatuses.ts"))
  return yield* list(options)
})
