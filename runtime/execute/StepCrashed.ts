/**
 * The process or thread that ran the body of a step ended in the middle of it,
 * or could not be started.
 */
import * as Schema from "effect/Schema"

/** Not tried again, unless the asset's `retry` names it. */
export class StepCrashed extends Schema.TaggedError<StepCrashed>()("StepCrashed", {
  asset: Schema.String,
  /** Where the body ran. */
  side: Schema.Literals(["process", "thread"]),
  reason: Schema.String,
  /** The exit code, where there was one. */
  code: Schema.NullOr(Schema.Int),
  /** The signal that ended it, such as `SIGSEGV`. */
  signal: Schema.NullOr(Schema.String)
}) {
  override get message() {
    return `the ${this.side} of ${this.asset} ended before its body did: ${this.reason}; strata run latest --logs shows what it said until then`
  }
}

/** How a process or thread ended. */
export interface Ending {
  readonly reason: string
  readonly code: number | null
  readonly signal: string | null
}
