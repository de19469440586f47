/**
 * Reads reference files that others publish.
 *
 * They come with more columns than are needed, and with others from year to
 * year, so a column is found by its name in the first line. Rows that cannot be
 * read are set aside, as those of postings are.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as Limits from "../../../resources/readers/Limits.ts"
import * as TextSource from "../../../resources/readers/TextSource.ts"
import { type Files, Quarantine, Sql, sql } from "../../../runtime/index.ts"

/** A reference table has no file to be made from. */
export class ReferenceMissing extends Schema.TaggedError<ReferenceMissing>()("ReferenceMissing", {
  file: Schema.String
}) {
  override get message() {
    return `there is no ${this.file} among the reference files: put it there, or name their folder in STRATA_REFERENCE`
  }
}

/** A reference file lacks a column that is needed. */
export class ReferenceColumnMissing extends Schema.TaggedError<ReferenceColumnMissing>()("ReferenceColumnMissing", {
  file: Schema.String,
  column: Schema.String,
  columns: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.file} has no column ${this.column}, only ${this.columns.join(", ")}: take the file as it is published`
  }
}

/** Tab-separated, as O*NET publishes its database as text. */
export const tsv: Delimited.Dialect = { ...Delimited.tsv, header: "required" }

export interface Options {
  readonly files: ReadonlyArray<Files.File>
  /** What the file is called, without ending: a space in it may be an underscore. */
  readonly name: string
  readonly row: Schema.Struct<Schema.Struct.Fields>
  readonly dialect: Delimited.Dialect
}

/** The rows of all files of a name, with the `file` and `line` that each is from. */
export const read = Effect.fn("ReferenceFile.read")(function* ({ dialect, files, name, row }: Options) {
  const named = files.filter((file) => stem(file.name) === name.toLowerCase())
  if (named.length === 0)
    return yield* new ReferenceMissing({ file: `${name}.${dialect.delimiter === "," ? "csv" : "txt"}` })
  const relations = yield* Effect.forEach(named, (file) => readOne(file, row, dialect))
  const all = Sql.join(
    relations.map((rows) => sql`SELECT * FROM ${rows}`),
    " UNION ALL "
  )
  return { sql: sql`(${all})` } satisfies Sql.Relation as Sql.Relation
})

const readOne = Effect.fnUntraced(function* (
  file: Files.File,
  row: Schema.Struct<Schema.Struct.Fields>,
  dialect: Delimited.Dialect
) {
  const columns = yield* header(file, dialect)
  const absent = Object.keys(row.fields).find((column) => !columns.includes(column))
  if (absent !== undefined) return yield* new ReferenceColumnMissing({ file: file.name, column: absent, columns })
  const read = yield* Delimited.read({ files: [file], row, dialect, columns, onRefused: "fail" })
  yield* Quarantine.add(read.quarantine)
  return read.rows
})

const header = Effect.fnUntraced(function* (file: Files.File, { delimiter }: Delimited.Dialect) {
  const start = new Uint8Array(headerSize)
  const text = yield* TextSource.open(file, Limits.standard)
  const bytes = yield* text.read(start, 0)
  const [line] = new TextDecoder().decode(start.subarray(0, bytes)).split(/\r?\n/, 1)
  return line!.split(delimiter).map((name) => name.replace(/^"(.*)"$/, "$1"))
}, Effect.scoped)

const headerSize = 65_536

const stem = (file: string): string => file.toLowerCase().replaceAll("_", " ").replace(/\..*$/, "")
