/**
 * The event log in a database: one append is one transaction over the history
 * and over what the events change.
 *
 * The row of the run is locked first, so sequence numbers have no gaps. Events
 * of a run that has ended are kept as history and change nothing; it never ends
 * a second time.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event } from "../event/Event.ts"
import type { Environment, RunId, RunStatus, StepStatus } from "../event/Run.ts"
import { EventLog } from "./EventLog.ts"
import * as EventProjection from "./EventProjection.ts"
import * as FailedPartitions from "./FailedPartitions.ts"
import * as SqlRows from "./SqlRows.ts"
import { during, StateError } from "./StateError.ts"

export const layer: Layer.Layer<EventLog, never, SqlClient> = Layer.effect(
  EventLog,
  Effect.map(SqlClient, (sql) =>
    EventLog.of({
      append: Effect.fn("SqlEventLog.append")(function* (events: ReadonlyArray<Event>) {
        if (events.length > 0) yield* sql.withTransaction(write(sql, events))
      }, during("append events")),
      ofRun: Effect.fn("SqlEventLog.ofRun")(function* (runId: RunId, after = 0) {
        const rows = yield* sql<{ sequence: number; body: string }>`
          SELECT sequence, body FROM event WHERE run_id = ${runId} AND sequence > ${after} ORDER BY sequence`
        return yield* Effect.forEach(rows, ({ body, sequence }) =>
          Effect.map(decode(body), (event) => ({ sequence, event }))
        )
      }, during("read events"))
    })
  )
)

const decode = (body: string) =>
  Effect.mapError(decodeJson(body), (cause) => new StateError({ operation: "read events", cause }))

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Event))

export interface LockedRun {
  readonly status: RunStatus
  readonly environment: Environment
  readonly fencing_token: number
  readonly event_count: number
}

/** Locks the run for the rest of the transaction. */
export const lock = (sql: SqlClient, id: RunId): Effect.Effect<Option.Option<LockedRun>, SqlError> =>
  Effect.map(
    sql<LockedRun>`UPDATE run SET event_count = event_count WHERE id = ${id}
      RETURNING status, environment, fencing_token, event_count`,
    ([row]) => Option.fromNullishOr(row)
  )

/** Appends the events inside the transaction of the caller. */
export const write = Effect.fnUntraced(function* (sql: SqlClient, events: ReadonlyArray<Event>) {
  for (const [id, ofRun] of Map.groupBy(events, (event) => event.runId)) {
    const run = yield* lock(sql, id)
    if (Option.isNone(run)) {
      return yield* new StateError({ operation: "append events", cause: new Error(`it knows no run ${id}`) })
    }
    yield* writeRun(sql, id, run.value, ofRun)
  }
})

const writeRun = Effect.fnUntraced(function* (sql: SqlClient, id: RunId, run: LockedRun, all: ReadonlyArray<Event>) {
  const isOpen = run.status === "Started"
  const events = isOpen ? all : all.filter((event) => event._tag !== "RunEnded")
  yield* SqlRows.insert(
    sql,
    "event",
    events.map((event, index) => ({
      run_id: id,
      sequence: run.event_count + index + 1,
      at: event.at,
      tag: event._tag,
      body: JSON.stringify(event)
    }))
  )
  yield* sql`UPDATE run SET event_count = ${run.event_count + events.length} WHERE id = ${id}`
  if (isOpen) yield* project(sql, id, run.environment, EventProjection.make(events))
})

const project = Effect.fnUntraced(function* (
  sql: SqlClient,
  id: RunId,
  environment: Environment,
  projection: EventProjection.EventProjection
) {
  yield* SqlRows.insert(
    sql,
    "step",
    projection.planned.map((event) => ({
      run_id: id,
      step_index: event.step,
      assets: JSON.stringify(event.assets),
      partitions: PartitionSet.encode(event.partitions),
      reason: event.reason,
      status: "Planned",
      because: null
    }))
  )
  yield* SqlRows.insert(
    sql,
    "attempt",
    [...projection.attempts.values()].map((attempt) => ({
      run_id: id,
      step_index: attempt.step,
      number: attempt.number,
      outcome: attempt.outcome,
      error: attempt.error === null ? null : JSON.stringify(attempt.error),
      started_at: attempt.startedAt,
      ended_at: attempt.endedAt,
      metadata: JSON.stringify(attempt.metadata)
    })),
    sql`ON CONFLICT (run_id, step_index, number) DO UPDATE SET
      outcome = excluded.outcome, error = excluded.error, ended_at = excluded.ended_at, metadata = excluded.metadata`
  )
  yield* projectSteps(sql, id, projection)
  const unchanged = EventProjection.stepsThatAre(projection, "Unchanged")
  if (projection.failed.size > 0 || unchanged.length > 0) {
    yield* FailedPartitions.lock(sql, environment)
    for (const [asset, failed] of projection.failed) yield* FailedPartitions.add(sql, environment, asset, failed)
    for (const step of unchanged) yield* clearUnchanged(sql, environment, id, step)
  }
  if (projection.ended !== undefined) yield* endRun(sql, id, projection.ended)
})

const projectSteps = Effect.fnUntraced(function* (
  sql: SqlClient,
  id: RunId,
  projection: EventProjection.EventProjection
) {
  for (const status of ["Started", "Succeeded", "Unchanged", "Failed", "Canceled"] satisfies Array<StepStatus>) {
    yield* SqlRows.forEachChunk(
      EventProjection.stepsThatAre(projection, status),
      (steps) => sql`UPDATE step SET status = ${status} WHERE run_id = ${id} AND ${sql.in("step_index", steps)}`
    )
  }
  const skipped = EventProjection.stepsThatAre(projection, "Skipped")
  for (const [because, steps] of Map.groupBy(skipped, (step) => projection.steps.get(step)!.because)) {
    yield* SqlRows.forEachChunk(
      steps,
      (steps) => sql`UPDATE step SET status = 'Skipped', because = ${because}
        WHERE run_id = ${id} AND ${sql.in("step_index", steps)}`
    )
  }
  yield* SqlRows.forEachChunk(
    EventProjection.stepsThatAre(projection, "Canceled"),
    (steps) => sql`UPDATE attempt SET outcome = 'Canceled', ended_at = ${projection.steps.get(steps[0]!)!.at}
      WHERE run_id = ${id} AND outcome = 'Started' AND ${sql.in("step_index", steps)}`
  )
})

/** A run that has ended has no step that is planned or started. */
const endRun = Effect.fnUntraced(function* (
  sql: SqlClient,
  id: RunId,
  { at, status }: { readonly at: number; readonly status: RunStatus }
) {
  yield* sql`UPDATE run SET status = ${status}, ended_at = ${at} WHERE id = ${id} AND status = 'Started'`
  yield* sql`UPDATE step SET status = 'Canceled' WHERE run_id = ${id} AND status IN ('Planned', 'Started')`
  yield* sql`UPDATE attempt SET outcome = 'Canceled', ended_at = ${at} WHERE run_id = ${id} AND outcome = 'Started'`
})

const clearUnchanged = Effect.fnUntraced(function* (sql: SqlClient, environment: Environment, id: RunId, step: number) {
  const rows = yield* sql<{ assets: string; partitions: Uint8Array }>`
    SELECT assets, partitions FROM step WHERE run_id = ${id} AND step_index = ${step}`
  for (const row of rows) {
    const partitions = PartitionSet.decode(row.partitions)
    const assets: ReadonlyArray<AssetKey> = JSON.parse(row.assets)
    for (const asset of assets) yield* FailedPartitions.remove(sql, environment, asset, partitions)
  }
})
