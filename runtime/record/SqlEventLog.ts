/**
 * The event log in a database: one append is all of its events and all that they
 * change, together with whatever else waits to be written.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { Event } from "../event/Event.ts"
import type { RunId } from "../event/Run.ts"
import { EventLog } from "./EventLog.ts"
import * as SqlWrite from "./SqlWrite.ts"
import { SqlWriter } from "./SqlWriter.ts"
import { during, StateError } from "./StateError.ts"

export const layer: Layer.Layer<EventLog, never, SqlClient | SqlWriter> = Layer.effect(
  EventLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient
    const writer = yield* SqlWriter
    return EventLog.of({
      append: (events: ReadonlyArray<Event>) =>
        events.length === 0 ? Effect.void : during("append events")(writer.append(SqlWrite.ofEvents(events))),
      ofRun: Effect.fn("SqlEventLog.ofRun")(function* (runId: RunId, after = 0) {
        const rows = yield* sql<{ sequence: number; body: string }>`
          SELECT sequence, body FROM event WHERE run_id = ${runId} AND sequence > ${after} ORDER BY sequence`
        return yield* Effect.forEach(rows, ({ body, sequence }) =>
          Effect.map(decode(body), (event) => ({ sequence, event }))
        )
      }, during("read events"))
    })
  })
)

const decode = (body: string) =>
  Effect.mapError(decodeJson(body), (cause) => new StateError({ operation: "read events", cause }))

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Event))
