/**
 * From how a command failed to what is said of it and the exit code: the one
 * place where errors become words and numbers.
 */
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Problem from "./render/Problem.ts"
import { Screen } from "./Screen.ts"

/** The command failed and has said so. */
export class Told extends Schema.TaggedError<Told>()("Told", {}) {
  override get message() {
    return "the command failed"
  }
}

/** What was asked for cannot be understood. */
export class Usage extends Schema.TaggedError<Usage>()("Usage", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

export const report = Effect.fnUntraced(function* (cause: Cause.Cause<unknown>) {
  if (Cause.hasInterruptsOnly(cause)) return 130
  const error = Cause.squash(cause)
  const tag = hasProperty(error, "_tag") ? error._tag : undefined
  if (tag === "Told") return 1
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return error.errors.length > 0 ? 2 : 0
  yield* Screen.use((screen) =>
    screen.tell((view) =>
      Cause.hasDies(cause) ? Problem.bug(Cause.pretty(cause), view) : Problem.text(messageOf(error), view)
    )
  )
  return typeof tag === "string" && usageErrors.has(tag) ? 2 : 1
})

/** Errors of the words on the command line, by tag. */
const usageErrors: ReadonlySet<string> = new Set([
  "Usage",
  "SelectionSyntaxError",
  "StatusNotListed",
  "UnknownAsset",
  "UnknownAttribute",
  "PartitionSyntaxError",
  "UnmatchedPartitions"
])

const messageOf = (error: unknown): string =>
  hasProperty(error, "message") && typeof error.message === "string" && error.message !== ""
    ? error.message
    : String(error)
