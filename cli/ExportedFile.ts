/**
 * The file that an export writes: its format, its name, and the query whose
 * columns that format can hold.
 */
import * as Result from "effect/Result"
import * as Sql from "../runtime/definition/Sql.ts"
import type { Column, FileFormat } from "../resources/DuckDB.ts"
import { Usage } from "./Failure.ts"

/** The ending of a name, where it has one. */
export const endingOf = (path: string): string | undefined => /[^/\\.]\.([^/\\.]+)$/.exec(path)?.[1]

/** The columns of these names, in this order; all where none is named. */
export const chosen = (
  columns: ReadonlyArray<Column>,
  names: ReadonlyArray<string>
): Result.Result<ReadonlyArray<Column>, Usage> =>
  names.length === 0 ? Result.succeed(columns) : Result.all(names.map((name) => named(columns, name)))

export const named = (columns: ReadonlyArray<Column>, name: string): Result.Result<Column, Usage> => {
  const column = columns.find((column) => column.name === name)
  const has = columns.map(({ name }) => name).join(", ")
  return column === undefined
    ? Result.fail(new Usage({ reason: `there is no column ${name}: the asset has ${has}` }))
    : Result.succeed(column)
}

export interface Written {
  readonly format: FileFormat
  /** Leave texts as they are that a spreadsheet would take for a formula. */
  readonly keepFormulas: boolean
}

/** The columns of a relation as the format holds them. */
export const query = (relation: Sql.Sql, columns: ReadonlyArray<Column>, written: Written): Sql.Sql =>
  Sql.sql`SELECT ${Sql.join(
    columns.map((column) => cell(column, written)),
    ", "
  )} FROM ${relation}`

/**
 * In CSV, lists, structs and maps are JSON, and a text that begins as formulas
 * do gets an apostrophe before it, by which spreadsheets know that it is text.
 * Source: OWASP, CSV Injection.
 */
const cell = ({ name, type }: Column, { format, keepFormulas }: Written): Sql.Sql => {
  const column = Sql.identifier(name)
  if (!format.startsWith("csv")) return column
  if (isNested(type)) return Sql.sql`CAST(to_json(${column}) AS VARCHAR) AS ${column}`
  if (type !== "VARCHAR" || keepFormulas) return column
  const isFormula = Sql.sql`regexp_matches(${column}, ${Sql.text("^[=+\\-@\\t\\r\\n]")})`
  return Sql.sql`CASE WHEN ${isFormula} THEN ${Sql.text("'")} || ${column} ELSE ${column} END AS ${column}`
}

const isNested = (type: string): boolean => /^(?:STRUCT|MAP)\(|\]$/.test(type)

/**
 * The name of the file that holds the rows of one value. What is not a letter,
 * digit, `-`, `_` or a dot inside is percent-encoded, so no value leaves the
 * folder or hides another; `NULL` is a name that no value has.
 */
export const nameOf = (value: string | null, format: FileFormat): string => {
  if (value === null) return `%null.${format}`
  const encoded = encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, "%2E")
  return `${encoded === "" ? "%" : encoded}.${format}`
}
