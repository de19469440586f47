/**
 * Reads delimited files, such as CSV and TSV, plain or gzip, into tables of the
 * engine.
 *
 * A good row is UTF-8 text without NUL bytes, written in the source's dialect,
 * with as many values as there are columns, each of its column's type without
 * rounding. Everything else is quarantined with the reason; a file with
 * another header is refused.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import { isScalar } from "./DelimitedJudge.ts"
import { type Dialect, rules } from "./DelimitedRules.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import * as Reading from "./Reading.ts"
import * as SchemaShape from "./SchemaShape.ts"

export { csv, type Dialect, tsv } from "./DelimitedRules.ts"

/** `yield* Delimited.read({ files: raw.files, row: Price, dialect: Delimited.csv, onRefused: "skip" })` inside a body. */
export const read = Effect.fn("Delimited.read")(function* (options: {
  readonly files: ReadonlyArray<Landed>
  /** What a row holds; a text that is not `NullOr` takes no null. */
  readonly row: Schema.Struct<Schema.Struct.Fields>
  readonly dialect: Dialect
  /** All columns of the file in their order, where it has others than the row's fields. */
  readonly columns?: ReadonlyArray<string>
  /** Whether one damaged file fails the reading, or is left out and reported. */
  readonly onRefused: "fail" | "skip"
  readonly limits?: Partial<Limits.Limits>
}): Effect.fn.Return<Reading.Reading, DuckDBError | FilesRefused, DuckDB | Scope> {
  const { types, ...row } = SchemaShape.of(options.row)
  const columns = options.columns ?? row.fields.map(({ name }) => name)
  const unreadable = row.fields.find(({ name, shape }) => !isScalar(shape) || !columns.includes(name))
  if (unreadable !== undefined) {
    return yield* Effect.die(
      new SchemaShape.UnreadableColumn({ column: unreadable.name, reason: "it is no single value of the file" })
    )
  }
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    rules: rules(row, columns, options.dialect),
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused
  })
})
