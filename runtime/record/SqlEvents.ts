/**
 * Events in a database: the history, and what events change in runs, steps and
 * attempts.
 *
 * The row of the run is locked first, so sequence numbers have no gaps. Events
 * of a run that has ended are kept as history and change nothing; it never ends
 * a second time.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { type Event, is } from "../event/Event.ts"
import type { Environment, RunId, RunStatus, StepStatus } from "../event/Run.ts"
import * as EventProjection from "./EventProjection.ts"
import * as SqlRows from "./SqlRows.ts"

export interface LockedRun {
  readonly id: RunId
  readonly status: RunStatus
  readonly environment: Environment
  readonly fencing_token: number
  readonly event_count: number
}

/** Locks those of the runs that there are for the rest of the transaction, in an order that all processes share. */
export const lock = (sql: SqlClient, ids: Iterable<RunId>): Effect.Effect<ReadonlyMap<RunId, LockedRun>, SqlError> =>
  Effect.map(
    Effect.forEach(
      [...new Set(ids)].sort(),
      (id) => sql<LockedRun>`UPDATE run SET event_count = event_count WHERE id = ${id}
        RETURNING id, status, environment, fencing_token, event_count`
    ),
    (rows) => new Map(rows.flat().map((run) => [run.id, run]))
  )

/** Appends events of one run inside the transaction that locked it. */
export const write = Effect.fnUntraced(function* (sql: SqlClient, run: LockedRun, all: ReadonlyArray<Event>) {
  const isOpen = run.status === "Started"
  const events = isOpen ? all : all.filter((event) => event._tag !== "RunEnded")
  yield* SqlRows.insert(
    sql,
    "event",
    events.map((event, index) => ({
      run_id: run.id,
      sequence: run.event_count + index + 1,
      at: event.at,
      tag: event._tag,
      body: JSON.stringify(event)
    }))
  )
  yield* sql`UPDATE run SET event_count = ${run.event_count + events.length} WHERE id = ${run.id}`
  if (isOpen) yield* project(sql, run.id, EventProjection.make(events))
})

type StepUnchanged = Extract<Event, { readonly _tag: "StepUnchanged" }>

/** The assets and partitions of the steps that turned out to be up to date. */
export const unchangedSteps = Effect.fnUntraced(function* (sql: SqlClient, events: ReadonlyArray<Event>) {
  const steps = new Map<StepUnchanged, { assets: ReadonlyArray<AssetKey>; partitions: PartitionSet.PartitionSet }>()
  const unchanged = events.filter(is("StepUnchanged"))
  for (const [id, ofRun] of Map.groupBy(unchanged, ({ runId }) => runId)) {
    const rows = yield* SqlRows.selectChunks(
      ofRun.map(({ step }) => step),
      (steps) => sql<{ step_index: number; assets: string; partitions: Uint8Array }>`
        SELECT step_index, assets, partitions FROM step WHERE run_id = ${id} AND ${sql.in("step_index", steps)}`
    )
    const byIndex = new Map(rows.map((row) => [row.step_index, row]))
    for (const event of ofRun) {
      const row = byIndex.get(event.step)
      if (row === undefined) continue
      steps.set(event, { assets: JSON.parse(row.assets), partitions: PartitionSet.decode(row.partitions) })
    }
  }
  return steps
})

const project = Effect.fnUntraced(function* (sql: SqlClient, id: RunId, projection: EventProjection.EventProjection) {
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
    `ON CONFLICT (run_id, step_index, number) DO UPDATE SET
      outcome = excluded.outcome, error = excluded.error, ended_at = excluded.ended_at, metadata = excluded.metadata`
  )
  yield* projectSteps(sql, id, projection)
  if (projection.ended !== undefined) yield* endRun(sql, id, projection.ended)
})

const projectSteps = Effect.fnUntraced(function* (
  sql: SqlClient,
  id: RunId,
  projection: EventProjection.EventProjection
) {
  const stepsThatAre = EventProjection.stepsByStatus(projection)
  for (const index of stepsThatAre("Succeeded")) {
    const { because } = projection.steps.get(index)!
    if (because === null) continue
    yield* sql`UPDATE step SET because = ${because} WHERE run_id = ${id} AND step_index = ${index}`
  }
  for (const status of ["Started", "Succeeded", "Unchanged", "Failed", "Canceled"] satisfies Array<StepStatus>) {
    yield* SqlRows.forEachChunk(
      stepsThatAre(status),
      (steps) => sql`UPDATE step SET status = ${status} WHERE run_id = ${id} AND ${sql.in("step_index", steps)}`
    )
  }
  const skipped = stepsThatAre("Skipped")
  for (const [because, steps] of Map.groupBy(skipped, (step) => projection.steps.get(step)!.because)) {
    yield* SqlRows.forEachChunk(
      steps,
      (steps) => sql`UPDATE step SET status = 'Skipped', because = ${because}
        WHERE run_id = ${id} AND ${sql.in("step_index", steps)}`
    )
  }
  yield* SqlRows.forEachChunk(
    stepsThatAre("Canceled"),
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
