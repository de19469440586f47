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
import * as Sql from "../../runtime/definition/Sql.ts"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import { isScalar } from "./DelimitedJudge.ts"
import { type DelimitedRules, type Dialect, rules } from "./DelimitedRules.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import * as Reading from "./Reading.ts"
import { engineType, type Field } from "./RowShape.ts"
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
  const judged = rules(row, columns, options.dialect)
  const ordinalKey = Reading.freeName(row)
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    ordinalKey,
    rules: judged,
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused,
    staged: {
      _tag: "Text",
      query: (text) => {
        const first = Sql.identifier(ordinalKey)
        const columns = [`${Sql.quote(ordinalKey)}: 'BIGINT'`]
        return query(judged, first, { ...text, paths: [text.path], columns, skip: 0 })
      }
    },
    // A line of one value may be none to the engine.
    inPlace:
      columns.length < 2
        ? undefined
        : ({ first, longest, paths }) => {
            const number = Sql.sql`${Sql.literal(String(first))} + CAST(file_index AS BIGINT)`
            return query(judged, number, { paths, longest, multiline: false, columns: [], skip: judged.header ? 1 : 0 })
          }
  })
})

/** The dialect as it was judged, said to the engine in full; columns are named by their places. */
const query = (rules: DelimitedRules, first: Sql.Sql, text: Text): Sql.Sql => {
  const fields = new Map(rules.row.fields.map((field) => [field.name, field]))
  const types = rules.columns.map((name, index) => `c${index}: '${textType(fields.get(name))}'`)
  const values = rules.row.fields.map((field) => {
    const column = Sql.literal(`c${rules.columns.indexOf(field.name)}`)
    return field.shape._tag === "Text" && emptyIsText(rules) ? Sql.sql`coalesce(${column}, '')` : column
  })
  const quote = Sql.value(rules.quote === 0 ? "" : String.fromCharCode(rules.quote))
  return Sql.sql`SELECT ${first}, ${Sql.join(values, ", ")}
    FROM read_csv(${text.paths}, auto_detect = false, header = false, skip = ${Sql.literal(String(text.skip))},
      hive_partitioning = false, delim = ${String.fromCharCode(rules.delimiter)},
      quote = ${quote}, escape = ${quote}, comment = '', new_line = ${"\\n"}, nullstr = ${Sql.literal(nullText(rules))},
      allow_quoted_nulls = false, null_padding = false, strict_mode = true, ignore_errors = false,
      dateformat = '%Y-%m-%d', decimal_separator = '.', compression = 'none', parallel = ${!text.multiline},
      max_line_size = ${Sql.literal(String(Math.max(text.longest + 1024, lineSize)))},
      columns = ${Sql.literal(`{${[...text.columns, ...types].join(", ")}}`)})`
}

interface Text {
  readonly paths: ReadonlyArray<string>
  readonly longest: number
  readonly multiline: boolean
  /** Those before the columns of the rules. */
  readonly columns: ReadonlyArray<string>
  /** Lines before the first row. */
  readonly skip: number
}

/** The engine's own default. */
const lineSize = 2 ** 21

/** Times are cast from text, which the engine does in one way; undeclared columns are not looked into. */
const textType = (field: Field | undefined): string =>
  field === undefined || field.shape._tag === "Instant" ? "VARCHAR" : engineType(field.shape)

/** Nothing stands for null, but the engine must be told something: an empty value, which is then an empty text. */
const emptyIsText = (rules: DelimitedRules): boolean => rules.nulls.length === 0

const nullText = ({ nulls }: DelimitedRules): string => {
  const texts = nulls.length === 0 ? [""] : nulls
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ")}]`
}
