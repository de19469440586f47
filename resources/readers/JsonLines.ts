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
import * as Sql from "../../runtime/definition/Sql.ts"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import * as Reading from "./Reading.ts"
import { engineType, type Struct } from "./RowShape.ts"
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
  const ordinalKey = freeName(row)
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    ordinalKey,
    rules: { _tag: "JsonLines", row, ordinalKey },
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused,
    staged: (path, longest) => staged(row, ordinalKey, path, longest)
  })
})

/** A name that no column has. */
const freeName = (row: Struct): string => {
  const names = new Set(row.fields.map((field) => field.name.toLowerCase()))
  let name = "#"
  while (names.has(name)) name += "#"
  return name
}

/** Nothing is detected and nothing forgiven: what was judged good is read as it is, or the query fails. */
const staged = (row: Struct, ordinalKey: string, path: string, longest: number): Sql.Sql => {
  const types = [[ordinalKey, "BIGINT"], ...row.fields.map((field) => [field.name, engineType(field.shape)])]
  const columns = types.map(([name, type]) => `${Sql.quote(name!)}: '${type!.replaceAll("'", "''")}'`).join(", ")
  return Sql.sql`SELECT * FROM read_json(${path}, format = 'newline_delimited', records = 'true', auto_detect = false,
    compression = 'uncompressed', columns = ${Sql.literal(`{${columns}}`)}, maximum_object_size = ${Sql.literal(String(longest + bufferSize))})`
}

/** The engine reads twice as much at a time; with less than its default, more threads share a file. */
const bufferSize = 2 ** 20
