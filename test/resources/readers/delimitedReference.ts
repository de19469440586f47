/**
 * What the records of a delimited file are, worked out without the reader: a
 * character at a time, quotes resynchronized with the next line.
 */
import type * as Delimited from "../../../resources/readers/Delimited.ts"
import type { Column, Reference } from "./reference.ts"

/** The columns of the file in their order; a null is only taken where it may be. */
export type Columns = Readonly<Record<string, { readonly column: Column; readonly nullable: boolean }>>

interface Value {
  readonly bytes: Buffer
  readonly isQuoted: boolean
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const ofFile = (content: Buffer, columns: Columns, dialect: Delimited.Dialect): Reference => {
  const good = new Map<number, Readonly<Record<string, unknown>>>()
  const bad = new Map<number, { readonly offset: number; readonly bytes: Buffer }>()
  let blank = 0
  let line = 1
  let offset = content.subarray(0, 3).equals(Buffer.from("\ufeff")) ? 3 : 0
  const text = content.at(-1) === 10 ? content : Buffer.concat([content, Buffer.from("\n")])
  let isHeader = dialect.header === "required"
  while (offset < content.length) {
    const record = recordAt(text, offset, dialect)
    const end = record === undefined ? text.indexOf(10, offset) : record.end
    const bytes = text.subarray(offset, end)
    const row = record && rowOf(bytes, record.values, columns, dialect)
    if (isHeader) isHeader = false
    else if (record !== undefined && /^[ \r]*$/.test(bytes.toString("latin1"))) blank++
    else if (row === undefined) bad.set(line, { offset, bytes })
    else good.set(line, row)
    for (let i = offset; i <= end; i++) if (text[i] === 10) line++
    offset = end + 1
  }
  return { good, bad, blank, unknownKeys: 0 }
}

/** The values of a record and the place of the line feed that ends it; none if its quotes or characters are wrong. */
const recordAt = (text: Buffer, start: number, dialect: Delimited.Dialect) => {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote === "none" ? undefined : dialect.quote.charCodeAt(0)
  const values: Array<Value> = []
  let i = start
  for (;;) {
    const bytes: Array<number> = []
    const isQuoted = quote !== undefined && text[i] === quote
    if (isQuoted) {
      for (i++; ; i++) {
        if (i >= text.length) return undefined
        if (text[i] !== quote) bytes.push(text[i]!)
        else if (text[i + 1] === quote) bytes.push(text[i++]!)
        else break
      }
      // The line feed that a file lacks at its end ends no quoted value.
      i++
    } else {
      for (; text[i] !== delimiter && text[i] !== 10 && !(text[i] === 13 && text[i + 1] === 10); i++) {
        if (text[i] === 0 || text[i] === 13 || text[i] === quote) return undefined
        bytes.push(text[i]!)
      }
    }
    values.push({ bytes: Buffer.from(bytes), isQuoted })
    if (text[i] === 13 && text[i + 1] === 10) i++
    if (text[i] === 10) return { values, end: i }
    if (text[i] !== delimiter) return undefined
    i++
  }
}

const rowOf = (bytes: Buffer, values: ReadonlyArray<Value>, columns: Columns, dialect: Delimited.Dialect) => {
  const names = Object.keys(columns)
  if (bytes.includes(0) || values.length !== names.length || !isText(bytes)) return undefined
  const texts = values.map((value) => value.bytes.toString("utf8"))
  if (dialect.header === "required" && texts.join("\0") === names.join("\0")) return undefined
  const row: Record<string, unknown> = {}
  for (const [index, name] of names.entries()) {
    const { column, nullable } = columns[name]!
    const isNull = !values[index]!.isQuoted && (dialect.nulls ?? [""]).includes(texts[index]!)
    const found = isNull ? (nullable ? null : undefined) : column(texts[index]!)
    if (found === undefined) return undefined
    row[name] = found
  }
  return row
}

const isText = (bytes: Buffer): boolean => {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** A number by JSON's grammar. */
export const number =
  (column: Column): Column =>
  (source) =>
    /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(source) ? column(source) : undefined

export const anyText: Column = (source) => source

export const day: Column = (source) => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(source) || source.startsWith("0000")) return undefined
  const date = new Date(`${source}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(source) ? date : undefined
}
