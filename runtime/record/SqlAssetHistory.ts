/**
 * The history of assets in a database.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Environment, RunId } from "../event/Run.ts"
import type { CodeParts } from "../graph/CodeParts.ts"
import { AssetHistory, type FailedStep, type Measured, type Published, type Timing } from "./AssetHistory.ts"
import * as ObjectRow from "./ObjectRow.ts"
import * as SqlRows from "./SqlRows.ts"
import * as SqlRunLedger from "./SqlRunLedger.ts"
import { during } from "./StateError.ts"

export const layer: Layer.Layer<AssetHistory, never, SqlClient> = Layer.effect(
  AssetHistory,
  Effect.map(SqlClient, (sql) =>
    AssetHistory.of({
      published: Effect.fn("SqlAssetHistory.published")(
        (environment: Environment, asset: AssetKey, limit: number) => published(sql, environment, asset, limit),
        during("read what was published")
      ),
      madeBy: Effect.fn("SqlAssetHistory.madeBy")(function* (runId: RunId, asset: AssetKey) {
        const rows = yield* sql<ObjectRow.ObjectRow>`
          SELECT * FROM object WHERE run_id = ${runId} AND asset = ${asset} ORDER BY created_at, step_index, id`
        return rows.map(ObjectRow.toObject)
      }, during("read what a run made")),
      failures: Effect.fn("SqlAssetHistory.failures")(
        (environment: Environment, asset: AssetKey, limit: number) => failures(sql, environment, asset, limit),
        during("read what failed")
      ),
      timings: Effect.fn("SqlAssetHistory.timings")(
        (asset: AssetKey, limit: number) => timings(sql, asset, limit),
        during("read how long steps took")
      ),
      measured: Effect.fn("SqlAssetHistory.measured")(
        (asset: AssetKey, limit: number) => measured(sql, asset, limit),
        during("read what steps recorded")
      ),
      code: Effect.fn("SqlAssetHistory.code")(
        (versions: Iterable<string>) => code(sql, [...new Set(versions)]),
        during("read of what code versions are made")
      ),
      keepCode: Effect.fn("SqlAssetHistory.keepCode")(
        (parts: ReadonlyMap<string, CodeParts>) => keepCode(sql, parts),
        during("keep of what code versions are made")
      )
    })
  )
)

type PublishedRow = ObjectRow.ObjectRow & {
  readonly begun: number
  readonly live_partitions: Uint8Array | null
}

/** An object is published with the success of its step, or by a step that failed later for some of its partitions. */
const published = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  asset: AssetKey,
  limit: number
) {
  const rows = yield* sql<PublishedRow>`
    SELECT object.*, run.started_at AS begun, live.partitions AS live_partitions
    FROM object
    JOIN run ON run.id = object.run_id
    JOIN step ON step.run_id = object.run_id AND step.step_index = object.step_index
    LEFT JOIN live ON live.object_id = object.id AND live.environment = ${environment} AND live.asset = object.asset
    WHERE object.asset = ${asset} AND run.environment = ${environment}
      AND (step.status = 'Succeeded' OR live.object_id IS NOT NULL)
      AND (object.rejected IS NULL OR object.rejected <> object.partitions)
    ORDER BY object.created_at DESC, object.id DESC LIMIT ${limit}`
  return rows.map(
    (row): Published => ({
      object: ObjectRow.toObject(row),
      begun: row.begun,
      live: row.live_partitions === null ? PartitionSet.empty : PartitionSet.decode(row.live_partitions)
    })
  )
})

type FailedRow = SqlRunLedger.RunRow & {
  readonly step_assets: string
  readonly step_partitions: Uint8Array
  readonly attempts: number
  readonly error: string
}

const failures = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  asset: AssetKey,
  limit: number
) {
  const rows = yield* sql<FailedRow>`
    SELECT run.*, step.assets AS step_assets, step.partitions AS step_partitions,
      attempt.number AS attempts, attempt.error AS error
    FROM step
    JOIN run ON run.id = step.run_id
    JOIN attempt ON attempt.run_id = step.run_id AND attempt.step_index = step.step_index
    WHERE step.status = 'Failed' AND run.environment = ${environment} AND step.assets LIKE ${`%"${asset}"%`}
      AND attempt.error IS NOT NULL AND attempt.number = (
        SELECT max(last.number) FROM attempt AS last
        WHERE last.run_id = step.run_id AND last.step_index = step.step_index AND last.error IS NOT NULL)
    ORDER BY run.fencing_token DESC, step.step_index LIMIT ${limit}`
  // An underscore of a key means any letter to LIKE.
  return rows
    .filter(({ step_assets }) => (JSON.parse(step_assets) as ReadonlyArray<string>).includes(asset))
    .map(
      (row): FailedStep => ({
        run: SqlRunLedger.fromRow(row),
        partitions: PartitionSet.decode(row.step_partitions),
        attempts: row.attempts,
        error: JSON.parse(row.error)
      })
    )
})

interface TimingRow {
  readonly run_id: string
  readonly step_index: number
  readonly partitions: Uint8Array
  readonly millis: number | null
}

const timings = Effect.fnUntraced(function* (sql: SqlClient, asset: AssetKey, limit: number) {
  const rows = yield* sql<TimingRow>`
    SELECT run_id, step_index, partitions, (
      SELECT sum(ended_at - started_at) FROM attempt
      WHERE attempt.run_id = object.run_id AND attempt.step_index = object.step_index AND outcome = 'Succeeded'
    ) AS millis
    FROM object WHERE asset = ${asset} ORDER BY created_at DESC, id DESC LIMIT ${limit}`
  const steps = Map.groupBy(rows, ({ run_id, step_index }) => `${run_id} ${step_index}`)
  return [...steps.values()].flatMap((objects): ReadonlyArray<Timing> => {
    const millis = objects[0]!.millis
    const sizes = objects.map(({ partitions }) => PartitionSet.size(PartitionSet.decode(partitions)))
    return millis === null ? [] : [{ partitions: sizes.reduce((sum, size) => sum + size, 0), millis }]
  })
})

interface MeasuredRow {
  readonly run_id: RunId
  readonly created_at: number
  readonly metadata: string
}

/** A step may have made several objects; each of its attempts counts once. */
const measured = Effect.fnUntraced(function* (sql: SqlClient, asset: AssetKey, limit: number) {
  const rows = yield* sql<MeasuredRow>`
    SELECT made.run_id, made.created_at, attempt.metadata
    FROM (
      SELECT run_id, step_index, max(created_at) AS created_at
      FROM (
        SELECT run_id, step_index, created_at FROM object WHERE asset = ${asset}
        ORDER BY created_at DESC, id DESC LIMIT ${limit}
      ) AS latest
      GROUP BY run_id, step_index
    ) AS made
    JOIN attempt ON attempt.run_id = made.run_id AND attempt.step_index = made.step_index
    WHERE attempt.outcome = 'Succeeded'
    ORDER BY made.created_at DESC, made.run_id DESC, made.step_index DESC, attempt.number DESC`
  return rows.map(
    ({ created_at, metadata, run_id }): Measured => ({ runId: run_id, at: created_at, metadata: JSON.parse(metadata) })
  )
})

const code = Effect.fnUntraced(function* (sql: SqlClient, versions: ReadonlyArray<string>) {
  const found = new Map<string, CodeParts>()
  yield* SqlRows.forEachChunk(versions, (versions) =>
    Effect.map(
      sql<{ version: string; parts: string }>`
        SELECT version, parts FROM code_version WHERE ${sql.in("version", versions)}`,
      (rows) => {
        for (const { parts, version } of rows) found.set(version, JSON.parse(parts))
      }
    )
  )
  return found
})

/** Looks first, so that a run of known code writes nothing. */
const keepCode = Effect.fnUntraced(function* (sql: SqlClient, parts: ReadonlyMap<string, CodeParts>) {
  const known = yield* code(sql, [...parts.keys()])
  const added = [...parts]
    .filter(([version]) => !known.has(version))
    .map(([version, parts]) => ({ version, parts: JSON.stringify(parts) }))
  if (added.length === 0) return
  yield* sql.withTransaction(SqlRows.insert(sql, "code_version", added, "ON CONFLICT (version) DO NOTHING"))
})
