/**
 * Turns the cause of a failed body into the error that is kept of it.
 */
import * as Cause from "effect/Cause"
import { hasProperty } from "effect/Predicate"
import type { StepError } from "../event/Run.ts"

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

const withoutFrames = (text: string): string =>
  text
    .split("\n")
    .filter(
      (line) => !/^\s*at .*(node_modules\/effect\/|node:internal\/|\/strata\/dist\/|\/runtime\/execute\/)/.test(line)
    )
    .join("\n")
    .trim()
