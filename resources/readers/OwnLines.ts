/**
 * Reads files of lines, plain or gzip, into tables of the engine by a judge of
 * the author's own, for formats that are neither JSON lines nor delimited.
 *
 * The judge writes a good row as values between tabs behind its ordinal, null as
 * nothing, lists of numbers as `1,2`, which cannot be null. Everything else is as with the other readers:
 * blocks, threads, quarantine and refused files.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import * as Sql from "../../runtime/definition/Sql.ts"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import type { LineJudge } from "./LineJudge.ts"
import * as Reading from "./Reading.ts"
import * as SchemaShape from "./SchemaShape.ts"
import type { StagedText } from "./Staging.ts"

/** `yield* OwnLines.read({ files: raw.files, row: Install, judge: ParsedLines.judge, module: ParsedLines.module, … })` */
export const read = Effect.fn("OwnLines.read")(function* (options: {
  readonly files: ReadonlyArray<Landed>
  readonly row: Schema.Struct<Schema.Struct.Fields>
  readonly judge: () => LineJudge
  /** The URL of the module that exports `judge`, for other threads. */
  readonly module: string
  readonly onRefused: "fail" | "skip"
  readonly limits?: Partial<Limits.Limits>
}): Effect.fn.Return<Reading.Reading, DuckDBError | FilesRefused, DuckDB | Scope> {
  const { types, ...row } = SchemaShape.of(options.row)
  const ordinalKey = Reading.freeName(row)
  const columns = row.fields.map(({ name }, index) => ({ name, type: types[index]! }))
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    ordinalKey,
    rules: { _tag: "Own", module: options.module, judge: options.judge },
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused,
    staged: (text) => staged(ordinalKey, columns, text)
  })
})

interface Column {
  readonly name: string
  readonly type: string
}

const staged = (ordinalKey: string, columns: ReadonlyArray<Column>, { path, longest }: StagedText): Sql.Sql => {
  const texts = columns.map(({ name, type }) => `${Sql.quote(name)}: '${isList(type) ? "VARCHAR" : quoted(type)}'`)
  return Sql.sql`SELECT ${Sql.join([Sql.identifier(ordinalKey), ...columns.map(value)], ", ")}
    FROM read_csv(${path}, auto_detect = false, header = false, delim = ${"\t"}, quote = '', escape = '',
    comment = '', new_line = ${"\\n"}, nullstr = '', null_padding = false, strict_mode = true, ignore_errors = false,
    decimal_separator = '.', compression = 'none', parallel = true,
    max_line_size = ${Sql.literal(String(Math.max(longest + 1024, lineSize)))},
    columns = ${Sql.literal(`{${[`${Sql.quote(ordinalKey)}: 'BIGINT'`, ...texts].join(", ")}}`)})`
}

/** The engine splits a text into numbers in half the time that it takes to read it as a list. */
const value = ({ name, type }: Column): Sql.Sql => {
  const column = Sql.identifier(name)
  return isList(type) ? Sql.sql`coalesce(string_split(${column}, ',')::${Sql.literal(type)}, []) AS ${column}` : column
}

const isList = (type: string): boolean => type.endsWith("[]")

const quoted = (type: string): string => type.replaceAll("'", "''")

/** The engine's own default. */
const lineSize = 2 ** 21
