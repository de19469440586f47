/**
 * `strata list`: the assets. `quick.ts` answers it from the kept snapshot, while
 * there is one; where a selection names a status, it says which partitions have it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AssetGraphSnapshot, AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import type * as Flags from "../Flags.ts"
import * as HealthCache from "../HealthCache.ts"
import type { ListedStanding } from "../ListedStanding.ts"
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
  const listed = { assets, partitions, ...(yield* standingOf(options, snapshot, assets)) }
  yield* assets.length === 0 && !options.json
    ? screen.tell(() => (snapshot.assets.length === 0 ? "the definitions hold no assets" : "no asset is selected"))
    : screen.print((view) => (options.json ? AssetList.json(listed) : AssetList.text(listed, view)))
})

/** None where it cannot be read: what the definitions say can be listed all the same. */
const standingOf = Effect.fnUntraced(function* (
  options: Options,
  snapshot: AssetGraphSnapshot,
  assets: ReadonlyArray<AssetSnapshot>
) {
  if (assets.length === 0) return none
  const location = yield* Project.find(ProjectRequest.of(options))
  const hasPolicy = assets.some((asset) => asset.freshnessPolicy !== null)
  const stamp = HealthCache.stamp(location, snapshot.assets)
  const kept = stamp === undefined ? {} : HealthCache.read(location, stamp)
  if (kept !== undefined && !hasPolicy) return { ...none, healths: kept }
  const { read } = yield* Effect.promise(() => import("../ListedStanding.ts"))
  return yield* Effect.orElseSucceed(read(options), () => none)
})

const none: ListedStanding = { healths: {}, freshness: new Map() }

/** Statuses need the state, and that the definitions. */
const ofStatus = Effect.fnUntraced(function* (options: Options) {
  const { list } = yield* Effect.promise(() => import("../ListedStatuses.ts"))
  return yield* list(options)
})
