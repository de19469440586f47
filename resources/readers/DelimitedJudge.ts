/**
 * Decides which records of a block are good rows of a delimited file, and why
 * the others are not.
 *
 * Good rows come out as columns. Plain ones are taken by a kernel; whatever it
 * takes, this judge takes, too. Where quotes are wrong, only the line on which
 * the record started is set aside, and reading goes on with the next.
 */
import { isAscii, isUtf8 } from "node:buffer"
import * as ColumnMemory from "./ColumnMemory.ts"
import * as DelimitedColumns from "./DelimitedColumns.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
import { type LineBlock, ordinal, type Reject, raw, rejectText, room, textRoom, type Verdict } from "./LineBlock.ts"
import { Records, unterminated } from "./Records.ts"
import type { Field } from "./RowShape.ts"
import { endOfNumber, isPlainValue, isUnlimited, type Scalar, violation } from "./ScalarText.ts"

/** The shapes that one value of a delimited file can have. */
export const isScalar = (shape: Field["shape"]): shape is Scalar =>
  shape._tag !== "Json" && shape._tag !== "List" && shape._tag !== "Map" && shape._tag !== "Struct"

interface Column {
  readonly index: number
  readonly name: string
  readonly shape: Scalar
  readonly nullable: boolean
  readonly unlimited: boolean
}

export const make = (rules: DelimitedRules) => {
  const records = new Records(rules.delimiter, rules.quote)
  const columns = rules.row.fields.flatMap(
    ({ name, shape, required, nullable }): ReadonlyArray<Column> =>
      isScalar(shape)
        ? [
            {
              index: rules.columns.indexOf(name),
              name,
              shape,
              nullable: nullable || !required,
              unlimited: isUnlimited(shape)
            }
          ]
        : []
  )
  const rows = DelimitedColumns.make(rules)
  const nulls = rules.nulls.map((text) => new Uint8Array(Buffer.from(text)))
  const quote = String.fromCharCode(rules.quote)
  let bytes: Uint8Array = new Uint8Array()
  let view: Buffer = Buffer.alloc(0)

  const content = (index: number): string => {
    const text = view.toString("utf8", records.starts[index]!, records.ends[index]!)
    return records.quoted[index] === 1 ? text.replaceAll(quote + quote, quote) : text
  }

  const isNull = (index: number): boolean => {
    if (records.quoted[index] === 1) return false
    const start = records.starts[index]!
    const length = records.ends[index]! - start
    return nulls.some((text) => text.length === length && text.every((byte, i) => bytes[start + i] === byte))
  }

  /** Why the record just read is no row; `undefined` for a row. */
  const wrong = (): string | undefined => {
    if (records.hasNul) return "a NUL byte"
    if (records.count !== rules.columns.length) return `${records.count} values instead of ${rules.columns.length}`
    for (const column of columns) {
      const problem = wrongValue(column)
      if (problem !== undefined) return `${JSON.stringify(column.name)} ${problem}`
    }
    return rules.header && isHeader() ? "the header again" : undefined
  }

  const wrongValue = ({ index, shape, nullable, unlimited }: Column): string | undefined => {
    if (isNull(index)) return nullable ? undefined : "is null"
    const start = records.starts[index]!
    const end = records.ends[index]!
    switch (shape._tag) {
      case "Text":
        return unlimited ? undefined : violation(shape, content(index))
      case "Integer":
      case "Float":
      case "Decimal":
        if (endOfNumber(bytes, start) !== end) return "is not a number"
        break
      case "Day":
      case "Instant":
      case "Flag":
        break
    }
    return isPlainValue(shape, unlimited, bytes, start, end) ? undefined : violation(shape, content(index))
  }

  const isHeader = (): boolean => rules.columns.every((name, index) => content(index) === name)

  const mistake = (found: "Unfinished" | "Malformed"): string =>
    found === "Unfinished" ? unterminated : records.reason

  /** What is wrong with the header; `undefined` if nothing. */
  const wrongHeader = (): string | undefined => {
    const found = records.read(0)
    if (found !== "Record") return mistake(found)
    const names = Array.from({ length: records.count }, (_, index) => content(index))
    if (names.length === rules.columns.length && isHeader()) return undefined
    const shown = (list: ReadonlyArray<string>) => list.slice(0, 20).join(" ").slice(0, 300)
    return `"${shown(names)}" instead of "${shown(rules.columns)}"`
  }

  /** Of the row just read. */
  const values = (): ReadonlyArray<string | undefined> =>
    columns.map(({ index }) => (isNull(index) ? undefined : content(index)))

  /** None if there was too little room for the columns. */
  const judge = (block: LineBlock, scratch: Uint8Array | undefined): Verdict | undefined => {
    bytes = block.bytes
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    records.open(bytes)
    rows.open(bytes)
    const allText = isUtf8(bytes)
    let height = 0
    let blank = 0
    let sum = 0
    let undecodable = 0
    let multibyte = allText && !isAscii(bytes)
    let start = 0
    const rejects: Array<Reject> = []
    const goOn = (end: number, lines: number): void => {
      start = end + 1
      height += lines
    }
    const headerProblem = block.isFirst && rules.header ? wrongHeader() : undefined
    if (headerProblem !== undefined) start = bytes.length
    else if (block.isFirst && rules.header) goOn(records.end, records.breaks + 1)

    while (start < bytes.length) {
      if (allText) {
        const before = rows.rows()
        start = rows.read(start, bytes.length, ordinal(block.index, height))
        const taken = rows.rows() - before
        sum += taken * height + (taken * (taken - 1)) / 2
        height += taken
        if (rows.isFull()) return undefined
        if (start === bytes.length) break
      }
      const found = records.read(start)
      if (found === "Unfinished" && !block.isLast) break
      const isRecord = found === "Record"
      const end = isRecord ? records.end : view.indexOf(10, start)
      const line = view.subarray(start, end)
      const isText = allText || isUtf8(line)
      if (!isText) undecodable++
      else if (!allText && !multibyte) multibyte = !isAscii(line)
      if (isRecord && isBlank(bytes, start, end)) blank++
      else {
        const reason = isText ? (isRecord ? wrong() : mistake(found)) : "not UTF-8"
        if (reason === undefined) {
          if (!rows.add(values(), ordinal(block.index, height))) return undefined
          sum += height
        } else {
          rejects.push({ ordinal: ordinal(block.index, height), offset: start, reason, raw: raw(line) })
        }
      }
      goOn(end, isRecord ? records.breaks + 1 : 1)
    }
    return {
      ...rows.take(room(textRoom(bytes.length), scratch)),
      rejects: rejectText(rejects),
      consumed: start,
      height,
      lines: rows.rows() + rejects.length + blank,
      good: rows.rows(),
      quarantined: rejects.length,
      blank,
      unknownKeys: 0,
      sum,
      hints: { openings: [], undecodable, multibyte, wrongHeader: headerProblem }
    }
  }

  return ColumnMemory.untilRoom(judge)
}

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] !== 32 && bytes[i] !== 13) return false
  return true
}
