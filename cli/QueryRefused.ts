/**
 * A query that is not taken, or that the engine could not answer.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as NearestName from "../runtime/graph/NearestName.ts"
import * as TextPlace from "../runtime/graph/TextPlace.ts"

export class QueryRefused extends Schema.TaggedError<QueryRefused>()("QueryRefused", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

/** What `json_serialize_sql` says of a text. */
const Parsed = Schema.fromJsonString(
  Schema.Struct({
    error_type: Schema.optionalKey(Schema.String),
    error_message: Schema.optionalKey(Schema.String),
    position: Schema.optionalKey(Schema.String),
    statements: Schema.optionalKey(Schema.Array(Schema.Unknown))
  })
)

/** Whether the engine read one query in a text, and nothing that changes something. */
export const check = (text: string, parsed: string): Result.Result<void, QueryRefused> => {
  const { error_message, error_type, position, statements = [] } = Schema.decodeSync(Parsed)(parsed)
  if (error_type === undefined && statements.length === 1) return Result.void
  if (error_type === "parser" && error_message !== undefined) {
    const place = Option.map(Option.fromUndefinedOr(position), (at) => `\n${TextPlace.show(text, Number(at))}`)
    return refused(error_message + Option.getOrElse(place, () => ""))
  }
  return refused(
    error_type === undefined
      ? `strata query takes one query, and not ${statements.length === 0 ? "none" : statements.length}`
      : "strata query takes a query such as SELECT or FROM: the assets are read here, and nothing is changed"
  )
}

/** What the engine says, without the statement that was written around the query, and the asset that may be meant. */
export const fromEngine = (message: string, assets: ReadonlyArray<string>): QueryRefused => {
  const [first = "", ...rest] = message.split("\n")
  const more = rest.filter((line) => line.startsWith("Candidate"))
  const [, table] = /Table with name "?(.+?)"? does not exist/.exec(first) ?? []
  const nearest = table === undefined ? [] : NearestName.find(table.replaceAll(".", "/"), assets)
  const reason = [first.replace(/[.!]$/, ""), ...more].join("; ")
  return new QueryRefused({ reason: reason + NearestName.hint(nearest.map((key) => `"${key}"`)) })
}

const refused = (reason: string) => Result.fail(new QueryRefused({ reason }))
