/**
 * A statement failed in the engine.
 */
import * as Schema from "effect/Schema"
import * as ErrorMessage from "../../runtime/definition/ErrorMessage.ts"

export class DuckDBError extends Schema.TaggedError<DuckDBError>()("DuckDBError", {
  /** The statement, cut at 2,000 characters. */
  statement: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return ErrorMessage.of(this.cause)
  }
}

/** What the engine threw, as the failure of a statement. */
export const of = (statement: string) => (cause: unknown) =>
  new DuckDBError({ statement: statement.slice(0, 2000), cause })
