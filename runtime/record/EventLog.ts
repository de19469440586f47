/**
 * Keeps the events, in the order they were appended, and what runs and steps
 * are because of them.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Event } from "../event/Event.ts"
import type { RunId } from "../event/Run.ts"
import type { StateError } from "./StateError.ts"

export class EventLog extends Context.Service<
  EventLog,
  {
    /**
     * Appends the events as one: all of them are kept, on disk when this returns, or none. Their runs have begun in
     * the ledger; those of a run that has ended are kept and change nothing.
     */
    readonly append: (events: ReadonlyArray<Event>) => Effect.Effect<void, StateError>
    /** The events of a run, oldest first; `after` is the sequence number to go on from. */
    readonly ofRun: (
      runId: RunId,
      after?: number
    ) => Effect.Effect<ReadonlyArray<{ readonly sequence: number; readonly event: Event }>, StateError>
  }
>()("strata/record/EventLog") {}
