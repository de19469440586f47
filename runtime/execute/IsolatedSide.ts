/**
 * A thread or process that performs isolated steps, as the run sees it.
 */
import * as Effect from "effect/Effect"
import type * as Queue from "effect/Queue"
import type { FromSide, ToSide } from "./IsolatedMessage.ts"
import type { Ending } from "./StepCrashed.ts"

export interface IsolatedSide {
  readonly kind: "process" | "thread"
  /** Dies when the message cannot be sent as data; to a side that is over it says nothing. */
  readonly send: (message: ToSide) => Effect.Effect<void>
  /** What it says; it fails when the side ended, after the last word. */
  readonly messages: Queue.Dequeue<FromSide, Ending>
  readonly isOver: () => boolean
  /** Ends it, after so many milliseconds by force. Nothing of it runs any more when that is done. */
  readonly end: (patience: number) => Effect.Effect<void>
}

/** How sides are started: by who knows where the definitions are. */
export interface Launch {
  /** The module that serves; see `IsolatedServer`. */
  readonly entry: URL
  /** Its one argument. */
  readonly argument: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** A folder that holds, while a side lives, what its engine spills. */
  readonly scratch: string
}

/** What a single side is started with, beside the launch. */
export interface SideLimits {
  /** Bytes that a body may use; not limited without. */
  readonly memory: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Mebibytes of the heap of JavaScript, of all that a process may hold. */
export const heapOf = (memory: number): number => Math.floor((memory * 0.75) / 2 ** 20)

/** Whether it ends within so many milliseconds of real time. */
export const endsWithin = (ended: Promise<void>, millis: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => resume(Effect.succeed(false)), millis)
    void ended.then(() => {
      clearTimeout(timer)
      resume(Effect.succeed(true))
    })
    return Effect.sync(() => clearTimeout(timer))
  })
