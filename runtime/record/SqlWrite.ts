/**
 * What is written to the state together: candidates, a publication, events.
 *
 * Many writes are performed in a few statements, with the result that they have
 * one after the other. What a write may not do fails all of them: who wants to
 * know which one it was performs them alone.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { type Event, is } from "../event/Event.ts"
import type { Environment, RunId } from "../event/Run.ts"
import type { RecordedCheck } from "./CheckLog.ts"
import { LeaseLost, type Publication, type StoredObject } from "./Catalog.ts"
import * as FailedPartitions from "./FailedPartitions.ts"
import * as ObjectRow from "./ObjectRow.ts"
import * as SqlCheckResults from "./SqlCheckResults.ts"
import * as SqlEvents from "./SqlEvents.ts"
import * as SqlPublication from "./SqlPublication.ts"
import * as SqlRows from "./SqlRows.ts"
import { StateError } from "./StateError.ts"

export interface SqlWrite {
  readonly candidates: ReadonlyArray<StoredObject>
  readonly publication: Publication | undefined
  /** Appended; those of a publication come before. */
  readonly events: ReadonlyArray<Event>
}

export const ofCandidates = (candidates: ReadonlyArray<StoredObject>): SqlWrite => ({
  candidates,
  publication: undefined,
  events: []
})

export const ofEvents = (events: ReadonlyArray<Event>): SqlWrite => ({ candidates: [], publication: undefined, events })

export const ofPublication = (publication: Publication): SqlWrite => ({
  candidates: publication.candidates ?? [],
  publication,
  events: []
})

/** Inside the transaction of the caller. */
export const perform = Effect.fnUntraced(function* (sql: SqlClient, writes: ReadonlyArray<SqlWrite>) {
  for (const part of cutAfterEnds(writes)) yield* performPart(sql, part)
})

/** Appends events inside the transaction of the caller; without a publication nothing can be refused. */
export const append = (sql: SqlClient, events: ReadonlyArray<Event>) =>
  Effect.catchTags(perform(sql, [ofEvents(events)]), { PublicationConflict: Effect.die, LeaseLost: Effect.die })

const performPart = Effect.fnUntraced(function* (sql: SqlClient, writes: ReadonlyArray<SqlWrite>) {
  const publications = writes.flatMap(({ publication }) => publication ?? [])
  const events = writes.flatMap(eventsOf)
  const runs = yield* SqlEvents.lock(
    sql,
    [...publications, ...events].map(({ runId }) => runId)
  )
  yield* checkRuns(runs, publications, events)
  yield* FailedPartitions.lock(sql, environments(runs, publications, events))
  yield* SqlRows.insert(
    sql,
    "object",
    writes.flatMap(({ candidates }) => candidates.map(ObjectRow.make))
  )
  yield* SqlPublication.repoint(sql, publications)
  for (const [id, ofRun] of Map.groupBy(events, ({ runId }) => runId)) yield* SqlEvents.write(sql, runs.get(id)!, ofRun)
  for (const [environment, here] of Map.groupBy(checks(runs, events), (each) => each.environment)) {
    yield* SqlCheckResults.write(
      sql,
      environment,
      here.flatMap(({ results }) => results)
    )
  }
  yield* FailedPartitions.change(sql, yield* changes(sql, runs, writes))
})

const eventsOf = ({ events, publication }: SqlWrite): ReadonlyArray<Event> =>
  publication === undefined ? events : [...publication.events, ...events]

type Runs = ReadonlyMap<RunId, SqlEvents.LockedRun>

const isOpen = (runs: Runs, id: RunId): boolean => runs.get(id)?.status === "Started"

const checkRuns = (
  runs: Runs,
  publications: ReadonlyArray<Publication>,
  events: ReadonlyArray<Event>
): Effect.Effect<void, LeaseLost | StateError> => {
  const refused = publications.find(
    ({ fencingToken, runId }) => !isOpen(runs, runId) || runs.get(runId)!.fencing_token !== fencingToken
  )
  if (refused !== undefined) return Effect.fail(new LeaseLost({ runId: refused.runId }))
  const unknown = events.find(({ runId }) => !runs.has(runId))
  if (unknown === undefined) return Effect.void
  return Effect.fail(
    new StateError({ operation: "append events", cause: new Error(`it knows no run ${unknown.runId}`) })
  )
}

/** Whose partitions may change. */
const environments = (
  runs: Runs,
  publications: ReadonlyArray<Publication>,
  events: ReadonlyArray<Event>
): ReadonlySet<Environment> =>
  new Set([
    ...publications.map(({ environment }) => environment),
    ...events
      .filter(({ _tag, runId }) => decisive.has(_tag) && isOpen(runs, runId))
      .map(({ runId }) => runs.get(runId)!.environment)
  ])

/** The events that change how partitions stand. */
const decisive: ReadonlySet<Event["_tag"]> = new Set<Event["_tag"]>(["StepFailed", "StepUnchanged", "ChecksEvaluated"])

/** What checks found, in runs that have not ended. */
const checks = (runs: Runs, events: ReadonlyArray<Event>) =>
  events.filter(is("ChecksEvaluated")).flatMap(({ at, attempt = null, results, runId, step = null }) =>
    isOpen(runs, runId)
      ? [
          {
            environment: runs.get(runId)!.environment,
            results: results.map((result): RecordedCheck => ({ ...result, at, runId, step, attempt }))
          }
        ]
      : []
  )

/** What the writes say of partitions that failed, in their order. */
const changes = Effect.fnUntraced(function* (sql: SqlClient, runs: Runs, writes: ReadonlyArray<SqlWrite>) {
  const unchanged = yield* SqlEvents.unchangedSteps(sql, writes.flatMap(eventsOf))
  const result: Array<FailedPartitions.Change> = []
  for (const write of writes) {
    for (const { asset, partitions } of write.publication?.objects ?? []) {
      result.push({ environment: write.publication!.environment, asset, partitions, failed: false })
    }
    for (const event of eventsOf(write)) {
      if (!isOpen(runs, event.runId)) continue
      const { environment } = runs.get(event.runId)!
      if (event._tag === "StepFailed") {
        for (const asset of event.assets)
          result.push({ environment, asset, partitions: event.partitions, failed: true })
      } else if (event._tag === "StepUnchanged") {
        const step = unchanged.get(event)
        for (const asset of step?.assets ?? [])
          result.push({ environment, asset, partitions: step!.partitions, failed: false })
      }
    }
  }
  return result
})

/** A run's end decides what the writes after it may still do. */
const cutAfterEnds = (writes: ReadonlyArray<SqlWrite>): ReadonlyArray<ReadonlyArray<SqlWrite>> => {
  const parts: Array<Array<SqlWrite>> = [[]]
  for (const [index, write] of writes.entries()) {
    parts.at(-1)!.push(write)
    if (index + 1 < writes.length && eventsOf(write).some(is("RunEnded"))) parts.push([])
  }
  return parts
}
