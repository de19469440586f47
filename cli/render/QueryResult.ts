/**
 * Rows of a query: a table for a person, tab-separated lines with titles for a
 * pipe.
 *
 * In a pipe, tabs, line ends and backslashes of a value are escaped as
 * PostgreSQL's COPY does it, and NULL is `\N`.
 */
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export interface Column {
  readonly name: string
  readonly type: string
}

type Row = Readonly<Record<string, unknown>>

/** All values are text, or null. What is too wide for a table is printed row by row, a line for each column. */
export const text = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<Row>, view: View): string => {
  const ink = Ink.make(view)
  const described = columns.map(describe)
  const table = Table.isTooWide(described, rows, view)
    ? records(columns, rows, view)
    : Table.make(described, rows, view)
  const titles = rows.length === 0 ? columns.map(({ name }) => name).join("  ") : ""
  return [titles, table, ink.dim(Amount.counted(rows.length, "row"))].filter((part) => part !== "").join("\n")
}

const describe = ({ name, type }: Column): Table.Column<Row> => ({
  title: name,
  text: (row) => shown(row[name]),
  align: isNumeric(type) ? "right" : "left",
  shrinks: true,
  color: (row, ink) => (row[name] === null ? ink.dim : (text) => text)
})

const shown = (value: unknown): string => (value === null ? "NULL" : String(value))

const records = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<Row>, view: View): string => {
  const ink = Ink.make(view)
  const left = Math.max(...columns.map(({ name }) => Width.width(name)))
  return rows
    .map((row) =>
      columns
        .map(
          ({ name }) =>
            `${ink.dim(Width.padEnd(name, left))}  ${Width.truncate(Width.visible(shown(row[name])), view.width - left - 2)}`
        )
        .join("\n")
    )
    .join("\n\n")
    .concat("\n")
}

export const titles = (columns: ReadonlyArray<Column>): string => columns.map(({ name }) => escaped(name)).join("\t")

export const lines = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<Row>): string =>
  rows
    .map((row) => columns.map(({ name }) => (row[name] === null ? "\\N" : escaped(String(row[name])))).join("\t"))
    .join("\n")

/** Around the rows: an object with the columns and, a line each, the rows. */
export const jsonStart = (columns: ReadonlyArray<Column>): string =>
  `{\n"columns": ${Json.line(columns.map(({ name, type }) => ({ name, type })))},\n"rows": [`
export const jsonEnd = "\n]\n}\n"

/** Rows with commas between; integers of any size are numbers with all their digits. */
export const json = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<Row>): string => {
  const days = columns.filter(({ type }) => type === "DATE").map(({ name }) => name)
  return rows.map((row) => `\n  ${Json.line(withDays(row, days))}`).join(",")
}

/** Dates have no time of day. */
const withDays = (row: Row, days: ReadonlyArray<string>): Row => {
  const texts = days.map((name) => [name, row[name] === null ? null : (row[name] as Date).toISOString().slice(0, 10)])
  return { ...row, ...Object.fromEntries(texts) }
}

const escaped = (text: string): string => text.replace(/[\\\t\n\r]/g, (character) => escapes[character]!)

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }

const isNumeric = (type: string): boolean =>
  /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !/[[(]/.test(type.replace(/DECIMAL\(.*?\)/, ""))
