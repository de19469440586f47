/**
 * Reads files of JSON lines, plain or gzip, into tables of the engine.
 *
 * A good line is a UTF-8 JSON object of at most 64 levels in which no key comes
 * twice, every required column is there, and every value is of its column's
 * type without rounding; other keys are ignored and counted. Everything else
 * is quarantined with the reason.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import * as Reading from "./Reading.ts"
import * as SchemaShape from "./SchemaShape.ts"

/** `yield* JsonLines.read({ files: raw.files, row: PostingLine, onRefused: "fail" })` inside a body. */
export const read = Effect.fn("JsonLines.read")(function* (options: {
  readonly files: ReadonlyArray<Landed>
  /** What a line holds. */
  readonly row: Schema.Struct<Schema.Struct.Fields>
  /** Whether one damaged file fails the reading, or is left out and reported. */
  readonly onRefused: "fail" | "skip"
  readonly limits?: Partial<Limits.Limits>
}): Effect.fn.Return<Reading.Reading, DuckDBError | FilesRefused, DuckDB | Scope> {
  const { types, ...row } = SchemaShape.of(options.row)
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    rules: { _tag: "JsonLines", row },
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused
  })
})
