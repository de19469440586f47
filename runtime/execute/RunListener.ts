/**
 * Hears what happens in a run as it is recorded: progress, not history.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Event } from "../event/Event.ts"

export interface RunListening {
  readonly on: (events: ReadonlyArray<Event>) => Effect.Effect<void>
  /** Hears what steps wait for; nothing of it is recorded. It ends with the start of the attempt, or with nothing. */
  readonly waiting?: (step: StepWaiting) => Effect.Effect<void>
}

/**
 * A step that could start and waits for permits, of `cores`, `memory` or the pools that it names; or one whose body
 * waits for what a resource says, such as a limit of calls, and at last for nothing.
 */
export interface StepWaiting {
  readonly step: number
  readonly for: ReadonlyArray<string>
}

/** Without a listener nobody hears. */
export const RunListener = Context.Reference<RunListening>("strata/execute/RunListener", {
  defaultValue: () => ({ on: () => Effect.void })
})
