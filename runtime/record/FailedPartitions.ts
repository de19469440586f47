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

/** Locks what is known of the partitions of an environment for the rest of the transaction. */
export const lock = (sql: SqlClient, environment: Environment): Effect.Effect<void, SqlError> =>
  Effect.asVoid(sql`UPDATE environment SET version = version + 1 WHERE name = ${environment}`)

export const add = (sql: SqlClient, environment: Environment, asset: AssetKey, failed: PartitionSet.PartitionSet) =>
  change(sql, environment, asset, (before) => PartitionSet.union(before, failed))

/** Partitions that were made, or are up to date after all, have not failed any more. */
export const remove = (sql: SqlClient, environment: Environment, asset: AssetKey, made: PartitionSet.PartitionSet) =>
  change(sql, environment, asset, (before) => PartitionSet.difference(before, made))

const change = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  asset: AssetKey,
  f: (before: PartitionSet.PartitionSet) => PartitionSet.PartitionSet
) {
  const row = sql`environment = ${environment} AND asset = ${asset} AND state = 'failed'`
  const [stored] = yield* sql<{ partitions: Uint8Array }>`SELECT partitions FROM status WHERE ${row}`
  const before = stored === undefined ? PartitionSet.empty : PartitionSet.decode(stored.partitions)
  const after = f(before)
  if (PartitionSet.equals(before, after)) return
  if (PartitionSet.isEmpty(after)) {
    yield* sql`DELETE FROM status WHERE ${row}`
    return
  }
  yield* SqlRows.insert(
    sql,
    "status",
    [{ environment, asset, state: "failed", partitions: PartitionSet.encode(after) }],
    sql`ON CONFLICT (environment, asset, state) DO UPDATE SET partitions = excluded.partitions`
  )
})
