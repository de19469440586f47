/**
 * Rows of texts as they leave the engine: the bytes of many rows in one piece,
 * so that a row costs nothing before it is read.
 *
 * Who needs no text of a row (a digest of it is enough) takes its bytes: those of
 * its texts follow one another without a gap.
 */
import { isAscii } from "node:buffer"
import * as Sql from "../runtime/definition/Sql.ts"

const { sql } = Sql

export interface TextRows<Column extends string> {
  readonly length: number
  /** A row of these; what is outside of them is none. */
  readonly at: (index: number) => TextRow<Column>
  readonly map: <A>(f: (row: TextRow<Column>) => A) => Array<A>
  /** Each but the last has as many rows. */
  readonly parts: ReadonlyArray<Part>
}

export type TextRow<Column extends string> = Readonly<Record<Column, string>>

export interface Part {
  readonly rows: number
  readonly bytes: Uint8Array
  /** Where the first text of each row begins. */
  readonly starts: Uint32Array
  /** Bytes of each text, row by row. */
  readonly lengths: Uint32Array
}

export const make = <Column extends string>(
  columns: ReadonlyArray<Column>,
  parts: ReadonlyArray<Part>
): TextRows<Column> => {
  const inPart = Math.max(1, parts[0]?.rows ?? 1)
  const length = parts.reduce((sum, { rows }) => sum + rows, 0)
  const readers = new Map<Part, (row: number) => TextRow<Column>>()
  const readerOf = (part: Part) => {
    const found = readers.get(part) ?? reader(columns, part)
    readers.set(part, found)
    return found
  }
  return {
    length,
    parts,
    at: (index) => readerOf(parts[Math.floor(index / inPart)]!)(index % inPart),
    map: (f) =>
      parts.flatMap((part) => {
        const read = readerOf(part)
        return Array.from(part.starts, (_, row) => f(read(row)))
      })
  }
}

/** These rows, in one part. */
export const fromRows = <Column extends string>(
  columns: ReadonlyArray<Column>,
  rows: ArrayLike<TextRow<Column>>
): TextRows<Column> => {
  const lengths = new Uint32Array(rows.length * columns.length)
  const starts = new Uint32Array(rows.length)
  let text = ""
  let size = 0
  for (let row = 0, cell = 0; row < rows.length; row++) {
    starts[row] = size
    for (const column of columns) {
      const value = rows[row]![column]
      lengths[cell] = Buffer.byteLength(value)
      size += lengths[cell++]!
      // Halves of surrogates, which no UTF-8 has, must not become whole where two texts meet.
      text += value.toWellFormed()
    }
  }
  return make(columns, [{ rows: rows.length, bytes: Buffer.from(text), starts, lengths }])
}

/** Of rows in a query, each with its number from 0 on: the bytes of a part, as `part` reads them, in any order. */
export const select = (columns: ReadonlyArray<Sql.Sql>, number: Sql.Sql): Sql.Sql => {
  const numbers = [number, ...columns.map((column) => sql`strlen(${column})`)]
  return sql`encode(string_agg(concat(${Sql.join(numbers, ", ' ', ")}, ' ', ${Sql.join(columns, ", ")}), ''))`
}

/** A part of so many rows: before the texts of each stand its number and their lengths, as digits. */
export const part = (bytes: Uint8Array, rows: number, columns: number): Part => {
  const starts = new Uint32Array(rows)
  const lengths = new Uint32Array(rows * columns)
  let at = 0
  const number = () => {
    let read = 0
    for (let byte = bytes[at++]!; byte >= zero; byte = bytes[at++]!) read = read * 10 + byte - zero
    return read
  }
  while (at < bytes.length) {
    const row = number()
    const first = row * columns
    let size = 0
    for (let cell = first; cell < first + columns; cell++) {
      lengths[cell] = number()
      size += lengths[cell]!
    }
    starts[row] = at
    at += size
  }
  return { rows, bytes, starts, lengths }
}

const zero = 0x30

const reader = <Column extends string>(
  columns: ReadonlyArray<Column>,
  { bytes, lengths, starts }: Part
): ((row: number) => TextRow<Column>) => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ascii = isAscii(buffer) ? buffer.toString("latin1") : undefined
  return (row) => {
    const read: Record<string, string> = {}
    let from = starts[row]!
    for (const [index, column] of columns.entries()) {
      const to = from + lengths[row * columns.length + index]!
      read[column] = ascii === undefined ? buffer.toString("utf8", from, to) : ascii.slice(from, to)
      from = to
    }
    return read as TextRow<Column>
  }
}
