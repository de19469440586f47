/**
 * What a run and the side that performs its isolated steps say to each other; a
 * side does one step at a time.
 */
import type { LogLevel, Severity } from "effect/LogLevel"
import type { PortableCause } from "./PortableCause.ts"
import type { StepRequest } from "./StepRequest.ts"
import type { Performed } from "./StepWork.ts"

export type ToSide =
  | { readonly _tag: "Perform"; readonly request: StepRequest; readonly logLevel: LogLevel }
  /** Stop the step, and run its finalizers. */
  | { readonly _tag: "Interrupt" }
  /** No step comes any more. */
  | { readonly _tag: "End" }
  /** The body may go on after it waited. */
  | { readonly _tag: "Resumed"; readonly wait: number }

export type FromSide =
  | { readonly _tag: "Ready" }
  /** The definitions or their resources could not be had. */
  | { readonly _tag: "Unready"; readonly cause: PortableCause }
  | Logged
  /** The body waits, by its own word; see `Waiting`. */
  | { readonly _tag: "Waits"; readonly wait: number; readonly what: string }
  | { readonly _tag: "WaitEnded"; readonly wait: number }
  /** Heard the interruption: the finalizers run. */
  | { readonly _tag: "Stopping" }
  | Answer

export interface Logged {
  readonly _tag: "Logged"
  readonly level: Severity
  readonly words: ReadonlyArray<unknown>
  readonly annotations: Readonly<Record<string, unknown>>
  readonly cause: PortableCause
}

/** The end of a step. */
export type Answer =
  | { readonly _tag: "Done"; readonly performed: Performed }
  | { readonly _tag: "Failed"; readonly cause: PortableCause }

export const isAnswer = (message: FromSide): message is Answer => message._tag === "Done" || message._tag === "Failed"

/** A line that was written to stdout or stderr. */
export const printed = (line: string): Logged => ({
  _tag: "Logged",
  level: "Info",
  words: [line],
  annotations: {},
  cause: []
})
