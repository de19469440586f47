/**
 * Runs checks again over what is published, without making anything.
 *
 * What compares a version with the one before has nothing to judge in it, and is
 * left as it was found.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { CheckResult } from "../event/CheckResult.ts"
import type { Environment } from "../event/Run.ts"
import { CheckLog } from "../record/CheckLog.ts"
import type { KnownState } from "../record/KnownState.ts"
import * as Checks from "./Checks.ts"
import * as ChecksAcrossAssets from "./ChecksAcrossAssets.ts"
import * as RunState from "./RunState.ts"

export interface Request {
  readonly environment: Environment
  /** Of these assets, those of the partitions that are materialized; with the checks over several assets that they have a part in. */
  readonly partitions: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  /** The services that checks ask for. */
  readonly resources: Context.Context<never>
}

/** Evaluates and records, and gives the results in the order of the graph. */
export const perform = Effect.fn("Rechecking.perform")(function* (
  known: KnownState,
  { environment, partitions, resources }: Request
) {
  const state = RunState.make(known)
  const { checks, order } = known.view.graph
  const asked = (key: AssetKey) =>
    PartitionSet.intersection(partitions.get(key) ?? PartitionSet.empty, state.present(key))
  const ofAssets = yield* Effect.forEach(order, (asset) => {
    const partitions = asked(asset)
    const pieces = state.pieces(asset, partitions)
    const subject = { state, asset, partitions, pieces, rows: undefined, isCandidate: false }
    return Checks.evaluate(subject, checks.ofAsset.get(asset) ?? [], resources)
  })
  const acrossAssets = yield* Effect.forEach(checks.acrossAssets.values(), (check) =>
    ChecksAcrossAssets.evaluate(check, state, ChecksAcrossAssets.partitionsOf(check, state, asked), resources)
  )
  const results: ReadonlyArray<CheckResult> = [...ofAssets, ...acrossAssets].flat()
  const log = yield* CheckLog
  if (results.length > 0) yield* log.record(environment, results, yield* Clock.currentTimeMillis)
  return results
})
