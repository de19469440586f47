/**
 * How a source writes its delimited files, and what is expected in them.
 *
 * Everything is said by the author and nothing is detected: a file that is
 * written otherwise is refused or its rows are quarantined.
 */
import type { Struct } from "./RowShape.ts"

export interface Dialect {
  /** One ASCII character. */
  readonly delimiter: "," | "\t" | ";" | "|" | (string & {})
  /** With `none`, a quote is a character like any other. Doubled inside a quoted value, it stands for itself. */
  readonly quote: '"' | "'" | "none"
  /** Whether the first line names the columns; it must name exactly those expected, in their order. */
  readonly header: "required" | "none"
  /**
   * What stands for null, unquoted. `[""]` where nothing is said: an empty value is null. Without "", an empty
   * value is an empty text.
   */
  readonly nulls?: ReadonlyArray<string>
}

export const csv: Dialect = { delimiter: ",", quote: '"', header: "required" }

export const tsv: Dialect = { delimiter: "\t", quote: "none", header: "none" }

/** Plain data, for judges on other threads. */
export interface DelimitedRules {
  readonly _tag: "Delimited"
  readonly row: Struct
  /** All columns of the file, in its order. */
  readonly columns: ReadonlyArray<string>
  readonly delimiter: number
  /** 0 for none. */
  readonly quote: number
  readonly header: boolean
  readonly nulls: ReadonlyArray<string>
}

export const rules = (row: Struct, columns: ReadonlyArray<string>, dialect: Dialect): DelimitedRules => ({
  _tag: "Delimited",
  row,
  columns,
  delimiter: dialect.delimiter.charCodeAt(0),
  quote: dialect.quote === "none" ? 0 : dialect.quote.charCodeAt(0),
  header: dialect.header === "required",
  nulls: dialect.nulls ?? [""]
})
