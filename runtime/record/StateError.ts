/**
 * The state could not be opened, or a request to it failed.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/** A request to the state failed. */
export class StateError extends Schema.TaggedError<StateError>()("StateError", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `the state database could not ${this.operation}: ${reasonOf(this.cause)}; check the disk of the state home, then run the same command again`
  }
}

/** The state cannot be used at all: it is damaged, out of reach, or written by a newer release. */
export class StateUnreadable extends Schema.TaggedError<StateUnreadable>()("StateUnreadable", {
  /** Where the state is. */
  state: Schema.String,
  reason: Schema.String,
  remedy: Schema.String
}) {
  override get message() {
    return `the state in ${this.state} cannot be used: ${this.reason}; ${this.remedy}`
  }
}

/** Names the operation that a database error ended. */
export const during =
  (operation: string) =>
  <A, E, R>(effect: Effect.Effect<A, E | SqlError, R>) =>
    Effect.catchIf(effect, isSqlError, (cause) => Effect.fail(new StateError({ operation, cause })))

export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
