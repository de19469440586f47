/**
 * Turns the cause of a failed body into the error that is kept of it.
 */
import * as Cause from "effect/Cause"
import { hasProperty } from "effect/Predicate"
import type { StepError } from "../event/Run.ts"
import * as Framework from "../record/Framework.ts"

/** The first failure decides tag and message; `detail` keeps everything but the framework's own stack frames. */
export const fromCause = (cause: Cause.Cause<unknown>): StepError => {
  const error = Cause.squash(cause)
  return { tag: tagOf(cause, error), message: messageOf(error), detail: withoutFrames(Cause.pretty(cause)) }
}

/** The same of an error that is no cause. */
export const fromError = (error: unknown): StepError => fromCause(Cause.fail(error))

const tagOf = (cause: Cause.Cause<unknown>, error: unknown): string => {
  if (Cause.hasInterruptsOnly(cause)) return "Interrupted"
  if (hasProperty(error, "_tag") && typeof error._tag === "string") return error._tag
  return Cause.hasFails(cause) ? "Error" : "Defect"
}

const messageOf = (error: unknown): string => {
  const message = hasProperty(error, "message") && typeof error.message === "string" ? error.message : String(error)
  return message === "" ? tagText(error) : message
}

const tagText = (error: unknown): string => (hasProperty(error, "_tag") ? String(error._tag) : "no message")

/** A line that opens a cause gives its brace to the line that is left before it. */
const withoutFrames = (text: string): string => {
  const lines: Array<string> = []
  for (const line of text.split("\n")) {
    if (!isForeign(line)) lines.push(line)
    else if (line.endsWith(" {")) lines.push(`${lines.pop() ?? ""} {`)
  }
  return lines.join("\n").trim()
}

/** A frame that says nothing to an author: of Strata, Effect or Node, or without a place. */
const isForeign = (line: string): boolean => {
  if (!/^\s*at \S/.test(line)) return false
  const path = /(?:file:\/\/)?(\/[^()\s]+?):\d+/.exec(line)?.[1]
  return path === undefined || /node_modules\/effect\//.test(path) || Framework.owns(path)
}
