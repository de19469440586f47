/**
 * Which partitions failed when they were last made: one set for each asset of
 * an environment, so it does not grow with the number of runs.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Environment } from "../event/Run.ts"
import * as SqlRows from "./SqlRows.ts"

export const all = Effect.fnUntraced(function* (sql: SqlClient, environment: Environment) {
  const rows = yield* sql<{ asset: AssetKey; partitions: Uint8Array }>`
    SELECT asset, partitions FROM status WHERE environment = ${environment} AND state = 'failed' ORDER BY asset`
  return new Map(rows.map(({ asset, partitions }) => [asset, PartitionSet.decode(partitions)]))
})

/** Partitions of an asset that failed, or that were made or are up to date after all and so have not failed any more. */
export interface Change {
  readonly environment: Environment
  readonly asset: AssetKey
  readonly partitions: PartitionSet.PartitionSet
  readonly failed: boolean
}

/** Locks what is known of the partitions of environments for the rest of the transaction. */
export const lock = (sql: SqlClient, environments: Iterable<Environment>): Effect.Effect<void, SqlError> =>
  Effect.forEach(
    [...environments].sort(),
    (environment) => sql`UPDATE environment SET version = version + 1 WHERE name = ${environment}`,
    { discard: true }
  )

/** Makes the changes, in their order, in environments that are locked. */
export const change = Effect.fnUntraced(function* (sql: SqlClient, changes: ReadonlyArray<Change>) {
  for (const [environment, here] of Map.groupBy(changes, ({ environment }) => environment)) {
    const before = yield* setsOf(sql, environment, [...new Set(here.map(({ asset }) => asset))])
    const after = new Map(before)
    for (const { asset, failed, partitions } of here) {
      const set = after.get(asset)
      if (failed) after.set(asset, PartitionSet.union(set ?? PartitionSet.empty, partitions))
      else if (set !== undefined) after.set(asset, PartitionSet.difference(set, partitions))
    }
    const changed = [...after].filter(
      ([asset, set]) => !PartitionSet.equals(set, before.get(asset) ?? PartitionSet.empty)
    )
    yield* store(sql, environment, changed)
  }
})

const setsOf = (sql: SqlClient, environment: Environment, assets: ReadonlyArray<AssetKey>) =>
  Effect.map(
    SqlRows.selectChunks(
      assets,
      (assets) => sql<{ asset: AssetKey; partitions: Uint8Array }>`SELECT asset, partitions FROM status
        WHERE environment = ${environment} AND ${sql.in("asset", assets)} AND state = 'failed'`
    ),
    (rows) => new Map(rows.map(({ asset, partitions }) => [asset, PartitionSet.decode(partitions)]))
  )

const store = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  sets: ReadonlyArray<readonly [AssetKey, PartitionSet.PartitionSet]>
) {
  const isLeft = ([, set]: (typeof sets)[number]) => !PartitionSet.isEmpty(set)
  yield* SqlRows.forEachChunk(
    sets.filter((entry) => !isLeft(entry)).map(([asset]) => asset),
    (assets) => sql`DELETE FROM status
      WHERE environment = ${environment} AND ${sql.in("asset", assets)} AND state = 'failed'`
  )
  yield* SqlRows.insert(
    sql,
    "status",
    sets
      .filter(isLeft)
      .map(([asset, set]) => ({ environment, asset, state: "failed", partitions: PartitionSet.encode(set) })),
    "ON CONFLICT (environment, asset, state) DO UPDATE SET partitions = excluded.partitions"
  )
})
