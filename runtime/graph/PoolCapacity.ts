/**
 * Whether every asset can get what it needs, so that no step waits for ever.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AssetKey } from "../definition/AssetKey.ts"
import * as Needs from "../definition/Needs.ts"
import type * as AssetGraph from "./AssetGraph.ts"

/** An asset needs more than there is. */
export class NeedTooLarge extends Schema.TaggedError<NeedTooLarge>()("NeedTooLarge", {
  asset: AssetKey,
  pool: Schema.String,
  needed: Schema.Finite,
  available: Schema.Finite
}) {
  override get message() {
    const { asset, available, needed, pool } = this
    return `${asset} needs ${Needs.describe(pool, needed)}, and there is ${Needs.describe(pool, available)} in all: let it need less, or give the pool more`
  }
}

/** An asset needs a permit of a pool that is not declared. */
export class UnknownPool extends Schema.TaggedError<UnknownPool>()("UnknownPool", {
  asset: AssetKey,
  pool: Schema.String,
  pools: Schema.Array(Schema.String)
}) {
  override get message() {
    const declared = this.pools.length === 0 ? "no pools" : `the pools ${this.pools.join(", ")}`
    return `${this.asset} needs a permit of the pool "${this.pool}", and the definitions declare ${declared}: add it to pools in Definitions.make`
  }
}

/** `capacity`: what there is of each pool in all, `cores` and `memory` included. */
export const check = (
  graph: AssetGraph.AssetGraph,
  capacity: Needs.Permits
): Result.Result<void, NeedTooLarge | UnknownPool> => {
  for (const { key, source } of graph.assets.values()) {
    if (source._tag !== "Computation") continue
    for (const [pool, needed] of source.needs) {
      const available = capacity.get(pool)
      if (available === undefined) {
        return Result.fail(new UnknownPool({ asset: key, pool, pools: declared(capacity) }))
      }
      if (needed > available) return Result.fail(new NeedTooLarge({ asset: key, pool, needed, available }))
    }
  }
  return Result.succeed(undefined)
}

const declared = (capacity: Needs.Permits): ReadonlyArray<string> =>
  [...capacity.keys()].filter((pool) => pool !== Needs.cores && pool !== Needs.memory).sort()
