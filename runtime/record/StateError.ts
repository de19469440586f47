/**
 * The state database could not be read or written.
 */
import * as Schema from "effect/Schema"

export class StateError extends Schema.TaggedError<StateError>()("StateError", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    const reason = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `the state database could not ${this.operation}: ${reason}`
  }
}
