/**
 * The run ledger in a database.
 *
 * Whatever ends a run is an update of a run that is still started, so a run
 * that has ended never changes, however many processes close it at once.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { SqlClient } from "effect/sql/SqlClient"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event } from "../event/Event.ts"
import type { Attempt, Environment, Run, RunId, RunStatus, StepRecord, StepStatus } from "../event/Run.ts"
import { type NewRun, RunLedger } from "./RunLedger.ts"
import * as SqlEvents from "./SqlEvents.ts"
import * as SqlRows from "./SqlRows.ts"
import * as SqlWrite from "./SqlWrite.ts"
import { during } from "./StateError.ts"

export const layer: Layer.Layer<RunLedger, never, SqlClient> = Layer.effect(
  RunLedger,
  Effect.map(SqlClient, (sql) =>
    RunLedger.of({
      begin: Effect.fn("SqlRunLedger.begin")(
        (run: NewRun) => sql.withTransaction(begin(sql, run)),
        during("begin a run")
      ),
      beat: Effect.fn("SqlRunLedger.beat")(function* (id: RunId, at: number) {
        const beaten =
          yield* sql`UPDATE run SET heartbeat_at = ${at} WHERE id = ${id} AND status = 'Started' RETURNING id`
        return beaten.length > 0
      }, during("record that a run goes on")),
      end: Effect.fn("SqlRunLedger.end")(
        (id: RunId, status: RunStatus, at: number) => sql.withTransaction(end(sql, id, status, at)),
        during("end a run")
      ),
      closeDead: Effect.fn("SqlRunLedger.closeDead")(function* (isAlive: (run: Run) => boolean, at: number) {
        const dead = (yield* started(sql)).filter((run) => !isAlive(run))
        return dead.length === 0 ? [] : yield* sql.withTransaction(closeDead(sql, isAlive, at))
      }, during("close dead runs")),
      list: Effect.fn("SqlRunLedger.list")(function* (limit: number) {
        const rows = yield* sql<RunRow>`SELECT * FROM run ORDER BY fencing_token DESC LIMIT ${limit}`
        return rows.map(fromRow)
      }, during("list the runs")),
      find: Effect.fn("SqlRunLedger.find")((text: string) => find(sql, text), during("find a run")),
      steps: Effect.fn("SqlRunLedger.steps")((id: RunId) => steps(sql, id), during("read the steps of a run"))
    })
  )
)

/** A row of the table of runs. */
export interface RunRow {
  readonly id: RunId
  readonly environment: Environment
  readonly request: string
  readonly git_commit: string | null
  readonly git_dirty: number | null
  readonly pid: number
  readonly boot_id: string
  readonly start_ticks: string
  readonly host: string
  readonly fencing_token: number
  readonly status: RunStatus
  readonly started_at: number
  readonly heartbeat_at: number | null
  readonly ended_at: number | null
}

export const fromRow = (row: RunRow): Run => ({
  id: row.id,
  environment: row.environment,
  request: row.request,
  git: row.git_commit === null ? null : { commit: row.git_commit, dirty: row.git_dirty === 1 },
  process: { pid: row.pid, bootId: row.boot_id, startTicks: row.start_ticks, host: row.host },
  fencingToken: row.fencing_token,
  status: row.status,
  startedAt: row.started_at,
  heartbeatAt: row.heartbeat_at,
  endedAt: row.ended_at
})

const begin = Effect.fnUntraced(function* (sql: SqlClient, newRun: NewRun) {
  const { at, environment, git, id, process, request } = newRun
  const [counter] = yield* sql<{ value: number }>`
    UPDATE counter SET value = value + 1 WHERE name = 'fencing_token' RETURNING value`
  const run: Run = {
    id,
    environment,
    request,
    git,
    process,
    fencingToken: counter!.value,
    status: "Started",
    startedAt: at,
    heartbeatAt: null,
    endedAt: null
  }
  yield* SqlRows.insert(sql, "environment", [{ name: environment, version: 0 }], "ON CONFLICT (name) DO NOTHING")
  yield* SqlRows.insert(sql, "run", [
    {
      id,
      environment,
      request,
      git_commit: git === null ? null : git.commit,
      git_dirty: git === null ? null : Number(git.dirty),
      pid: process.pid,
      boot_id: process.bootId,
      start_ticks: process.startTicks,
      host: process.host,
      fencing_token: run.fencingToken,
      status: run.status,
      started_at: at,
      event_count: 0
    }
  ])
  yield* SqlWrite.append(sql, newRun.events ?? [])
  return run
})

const end = Effect.fnUntraced(function* (sql: SqlClient, runId: RunId, status: RunStatus, at: number) {
  const runs = yield* SqlEvents.lock(sql, [runId])
  if (runs.get(runId)?.status !== "Started") return false
  yield* SqlWrite.append(sql, [Event.cases.RunEnded.make({ runId, at, status })])
  return true
})

const started = (sql: SqlClient) =>
  Effect.map(sql<RunRow>`SELECT * FROM run WHERE status = 'Started' ORDER BY fencing_token`, (rows) =>
    rows.map(fromRow)
  )

/** Judges again inside the transaction, so a run that ended or beat in between is left alone. */
const closeDead = Effect.fnUntraced(function* (sql: SqlClient, isAlive: (run: Run) => boolean, at: number) {
  const closed: Array<Run> = []
  for (const run of (yield* started(sql)).filter((run) => !isAlive(run))) {
    const unfinished = yield* sql<{ step_index: number }>`
      SELECT step_index FROM step WHERE run_id = ${run.id} AND status IN ('Planned', 'Started') ORDER BY step_index`
    const events = [
      ...unfinished.map(({ step_index }) => Event.cases.StepCanceled.make({ runId: run.id, at, step: step_index })),
      Event.cases.RunEnded.make({ runId: run.id, at, status: "Lost" })
    ]
    yield* SqlWrite.append(sql, events)
    closed.push({ ...run, status: "Lost", endedAt: at })
  }
  return closed
})

const find = Effect.fnUntraced(function* (sql: SqlClient, text: string) {
  if (text === "latest") {
    const [newest] = yield* sql<RunRow>`SELECT * FROM run ORDER BY fencing_token DESC LIMIT 1`
    return Option.map(Option.fromNullishOr(newest), fromRow)
  }
  // Nothing else occurs in an id, and nothing of this means anything to LIKE.
  if (!/^[0-9a-z-]+$/.test(text)) return Option.none()
  const rows = yield* sql<RunRow>`SELECT * FROM run WHERE id LIKE ${`${text}%`} ORDER BY length(id) LIMIT 2`
  const isOne = rows.length === 1 || rows[0]?.id === text
  return isOne ? Option.some(fromRow(rows[0]!)) : Option.none()
})

interface StepRow {
  readonly step_index: number
  readonly assets: string
  readonly partitions: Uint8Array
  readonly reason: string
  readonly status: StepStatus
  readonly because: AssetKey | null
}

interface AttemptRow {
  readonly step_index: number
  readonly number: number
  readonly outcome: Attempt["outcome"]
  readonly error: string | null
  readonly started_at: number
  readonly ended_at: number | null
  readonly metadata: string
}

const steps = Effect.fnUntraced(function* (sql: SqlClient, runId: RunId) {
  const rows = yield* sql<StepRow>`
    SELECT step_index, assets, partitions, reason, status, because
    FROM step WHERE run_id = ${runId} ORDER BY step_index`
  const attempts = yield* sql<AttemptRow>`
    SELECT step_index, number, outcome, error, started_at, ended_at, metadata
    FROM attempt WHERE run_id = ${runId} ORDER BY step_index, number`
  // A step that failed may have published some of its partitions; what it did not publish is nowhere live.
  const objects = yield* sql<Pick<StepRow, "step_index" | "partitions"> & { readonly rejected: Uint8Array | null }>`
    SELECT object.step_index, object.partitions, object.rejected FROM object
    JOIN step ON step.run_id = object.run_id AND step.step_index = object.step_index
    WHERE object.run_id = ${runId}
      AND (step.status = 'Succeeded' OR EXISTS (SELECT 1 FROM live WHERE live.object_id = object.id))`
  const ofStep = Map.groupBy(attempts, (attempt) => attempt.step_index)
  const madeBy = Map.groupBy(objects, (object) => object.step_index)
  return rows.map(
    (row): StepRecord => ({
      runId,
      index: row.step_index,
      assets: JSON.parse(row.assets),
      partitions: PartitionSet.decode(row.partitions),
      made: PartitionSet.unionAll(
        (madeBy.get(row.step_index) ?? []).map(({ partitions, rejected }) =>
          PartitionSet.difference(
            PartitionSet.decode(partitions),
            rejected === null ? PartitionSet.empty : PartitionSet.decode(rejected)
          )
        )
      ),
      reason: row.reason,
      status: row.status,
      because: row.because,
      attempts: (ofStep.get(row.step_index) ?? []).map(attemptFromRow)
    })
  )
})

const attemptFromRow = (row: AttemptRow): Attempt => ({
  number: row.number,
  outcome: row.outcome,
  error: row.error === null ? null : JSON.parse(row.error),
  startedAt: row.started_at,
  endedAt: row.ended_at,
  metadata: JSON.parse(row.metadata)
})
