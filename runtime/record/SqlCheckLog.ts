/**
 * The results of checks in a database.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import type { CheckResult } from "../event/CheckResult.ts"
import type { Environment } from "../event/Run.ts"
import { CheckLog, type CheckName } from "./CheckLog.ts"
import * as FailedPartitions from "./FailedPartitions.ts"
import * as SqlCheckResults from "./SqlCheckResults.ts"
import * as SqlRows from "./SqlRows.ts"
import { during } from "./StateError.ts"

export const layer: Layer.Layer<CheckLog, never, SqlClient> = Layer.effect(
  CheckLog,
  Effect.map(SqlClient, (sql) =>
    CheckLog.of({
      record: Effect.fn("SqlCheckLog.record")(
        (environment: Environment, results: ReadonlyArray<CheckResult>, at: number) =>
          sql.withTransaction(record(sql, environment, results, at)),
        during("record results of checks")
      ),
      standing: Effect.fn("SqlCheckLog.standing")(function* (environment: Environment) {
        const rows = yield* sql<SqlCheckResults.StandingRow>`
          SELECT asset, name, outcome, severity, blocking, partitions, at FROM check_status
          WHERE environment = ${environment} ORDER BY asset, name, outcome, severity, blocking`
        return rows.map(SqlCheckResults.standingFromRow)
      }, during("read how checks stand")),
      history: Effect.fn("SqlCheckLog.history")(function* (
        environment: Environment,
        { asset, check }: CheckName,
        limit: number
      ) {
        const rows = yield* sql<SqlCheckResults.ResultRow>`
          SELECT * FROM check_result WHERE environment = ${environment} AND asset = ${asset ?? ""} AND name = ${check}
          ORDER BY id DESC LIMIT ${limit}`
        return rows.map(SqlCheckResults.fromRow)
      }, during("read results of checks")),
      newest: Effect.fn("SqlCheckLog.newest")(function* (environment: Environment) {
        const rows = yield* sql<SqlCheckResults.ResultRow>`
          SELECT * FROM check_result WHERE id IN (
            SELECT max(id) FROM check_result WHERE environment = ${environment} GROUP BY asset, name, outcome
          ) ORDER BY asset, name, id DESC`
        return rows.map(SqlCheckResults.fromRow)
      }, during("read results of checks"))
    })
  )
)

const record = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  results: ReadonlyArray<CheckResult>,
  at: number
) {
  yield* SqlRows.insert(sql, "environment", [{ name: environment, version: 0 }], "ON CONFLICT (name) DO NOTHING")
  yield* FailedPartitions.lock(sql, [environment])
  yield* SqlCheckResults.write(
    sql,
    environment,
    results.map((result) => ({ ...result, at, runId: null, step: null, attempt: null }))
  )
})
