/**
 * Hears what happens in a run as it is recorded: progress, not history.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Event } from "../event/Event.ts"

export interface RunListening {
  readonly on: (events: ReadonlyArray<Event>) => Effect.Effect<void>
}

/** Without a listener nobody hears. */
export const RunListener = Context.Reference<RunListening>("strata/execute/RunListener", {
  defaultValue: () => ({ on: () => Effect.void })
})
