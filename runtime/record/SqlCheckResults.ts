/**
 * Writes results of checks inside the transaction that they belong to: the
 * history, cut where it has grown too long, and how partitions stand because of
 * it, which grows with checks and not with results.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { CheckResult } from "../event/CheckResult.ts"
import type { Environment, RunId } from "../event/Run.ts"
import type { CheckName, CheckStanding, RecordedCheck } from "./CheckLog.ts"
import * as SqlRows from "./SqlRows.ts"

/** Results of one check that are kept. */
export const kept = 1_000

export interface ResultRow {
  readonly asset: string
  readonly name: string
  readonly run_id: RunId | null
  readonly step_index: number | null
  readonly attempt: number | null
  readonly objects: string
  readonly partitions: Uint8Array
  readonly outcome: CheckResult["outcome"]
  readonly severity: CheckResult["severity"]
  readonly blocking: number
  readonly reason: string
  readonly metadata: string
  readonly at: number
}

export interface StandingRow
  extends Pick<ResultRow, "asset" | "name" | "outcome" | "severity" | "blocking" | "partitions" | "at"> {}

/** In the order in which they were found, in an environment that is locked. */
export const write = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  results: ReadonlyArray<RecordedCheck>
) {
  if (results.length === 0) return
  const [counter] = yield* sql<{ value: number }>`
    UPDATE counter SET value = value + ${results.length} WHERE name = 'check_result' RETURNING value`
  const first = counter!.value - results.length + 1
  yield* SqlRows.insert(
    sql,
    "check_result",
    results.map((result, index) => ({ id: first + index, environment, ...toRow(result) }))
  )
  const checks = Map.groupBy(results, (result) => `${result.asset ?? ""} ${result.check}`)
  for (const ofCheck of checks.values()) {
    yield* stand(sql, environment, ofCheck)
    yield* cut(sql, environment, ofCheck[0]!)
  }
})

const toRow = (result: RecordedCheck): ResultRow & SqlRows.Row => ({
  asset: result.asset ?? "",
  name: result.check,
  run_id: result.runId,
  step_index: result.step,
  attempt: result.attempt,
  objects: JSON.stringify(result.objects),
  partitions: PartitionSet.encode(result.partitions),
  outcome: result.outcome,
  severity: result.severity,
  blocking: Number(result.blocking),
  reason: result.reason,
  metadata: JSON.stringify(result.metadata),
  at: result.at
})

export const fromRow = (row: ResultRow): RecordedCheck => ({
  ...standingFromRow(row),
  runId: row.run_id,
  step: row.step_index,
  attempt: row.attempt,
  objects: JSON.parse(row.objects),
  reason: row.reason,
  metadata: JSON.parse(row.metadata)
})

export const standingFromRow = (row: StandingRow): CheckStanding => ({
  asset: row.asset === "" ? null : (row.asset as AssetKey),
  check: row.name,
  outcome: row.outcome,
  severity: row.severity,
  blocking: row.blocking === 1,
  partitions: PartitionSet.decode(row.partitions),
  at: row.at
})

/** Every partition stands with the newest result about it. */
const stand = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  results: ReadonlyArray<RecordedCheck>
) {
  const { asset, check } = results[0]!
  const rows = yield* sql<StandingRow>`
    SELECT asset, name, outcome, severity, blocking, partitions, at FROM check_status
    WHERE environment = ${environment} AND asset = ${asset ?? ""} AND name = ${check}`
  const after = new Map<string, CheckStanding>(
    rows.map((row) => {
      const standing = standingFromRow(row)
      return [kindOf(standing), standing]
    })
  )
  for (const result of results) {
    for (const [kind, standing] of after) {
      after.set(kind, { ...standing, partitions: PartitionSet.difference(standing.partitions, result.partitions) })
    }
    const known = after.get(kindOf(result))?.partitions ?? PartitionSet.empty
    after.set(kindOf(result), { ...result, partitions: PartitionSet.union(known, result.partitions) })
  }
  yield* sql`DELETE FROM check_status
    WHERE environment = ${environment} AND asset = ${asset ?? ""} AND name = ${check}`
  const left = [...after.values()].filter(({ partitions }) => !PartitionSet.isEmpty(partitions))
  yield* SqlRows.insert(
    sql,
    "check_status",
    left.map(({ at, blocking, outcome, partitions, severity }) => ({
      environment,
      asset: asset ?? "",
      name: check,
      outcome,
      severity,
      blocking: Number(blocking),
      partitions: PartitionSet.encode(partitions),
      at
    }))
  )
})

const kindOf = ({ blocking, outcome, severity }: Pick<CheckStanding, "blocking" | "outcome" | "severity">): string =>
  `${outcome} ${severity} ${blocking}`

const cut = (sql: SqlClient, environment: Environment, { asset, check }: CheckName) =>
  sql`DELETE FROM check_result WHERE environment = ${environment} AND asset = ${asset ?? ""} AND name = ${check}
    AND id <= (SELECT id FROM check_result
      WHERE environment = ${environment} AND asset = ${asset ?? ""} AND name = ${check}
      ORDER BY id DESC LIMIT 1 OFFSET ${kept})`
