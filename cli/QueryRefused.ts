/**
 * The engine did not take a query, or could not answer it.
 */
import * as Schema from "effect/Schema"

export class QueryRefused extends Schema.TaggedError<QueryRefused>()("QueryRefused", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }

  /** What the engine says, without the statement that was written around the query. */
  static from(error: { readonly message: string }): QueryRefused {
    const [first = "", ...rest] = error.message.split("\n")
    const more = rest.filter((line) => /^(Did you mean|Candidate)/.test(line))
    return new QueryRefused({ reason: [first, ...more].join("; ") })
  }
}
