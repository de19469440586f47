/**
 * Decides which records of a block are good rows of a delimited file, and why
 * the others are not.
 *
 * Good rows come out as they were written, behind their ordinal, so the engine
 * reads them with the same dialect. Where quotes are wrong, only the line on
 * which the record started is set aside, and reading goes on with the next.
 */
import { isAscii, isUtf8 } from "node:buffer"
import type { DelimitedRules } from "./DelimitedRules.ts"
import {
  countUp,
  type LineBlock,
  ordinal,
  type Reject,
  raw,
  rejectText,
  room,
  standing,
  textRoom,
  type Verdict
} from "./LineBlock.ts"
import * as PlainRow from "./PlainRow.ts"
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
  const plain = PlainRow.make(rules)
  const nulls = rules.nulls.map((text) => new Uint8Array(Buffer.from(text)))
  const quote = String.fromCharCode(rules.quote)
  const prefix = Buffer.from(`0000000000000000${String.fromCharCode(rules.delimiter)}`)
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

  /** Whether the engine can read the block where it lies: a line a row, without carriage returns. */
  const stands = ({ isFirst }: LineBlock): Verdict => {
    let longest = 0
    let good = 0
    let start = isUtf8(bytes) ? 0 : -1
    if (start === 0 && isFirst && rules.header) start = wrongHeader() === undefined ? lineEnd(0) + 1 || -1 : -1
    const above = start > 0 ? 1 : 0
    while (start >= 0 && start < bytes.length) {
      const end = rowEnd(start)
      if (end - start > longest) longest = end - start
      good++
      start = end < 0 ? -1 : end + 1
    }
    return standing({ asWritten: start >= 0, good, height: good + above, longest })
  }

  /** Where the line of a row ends that reads to the engine as it is written; -1 for any other. */
  const rowEnd = (start: number): number => {
    const end = plain === undefined ? -1 : PlainRow.end(plain, bytes, start)
    if (end >= 0) return bytes[end - 1] === 13 ? -1 : end
    if (records.read(start) !== "Record" || wrong() !== undefined) return -1
    return isBlank(bytes, start, records.end) ? -1 : lineEnd(start)
  }

  /** Of the record just read. */
  const lineEnd = (start: number): number =>
    records.breaks === 0 && bytes[records.end - 1] !== 13 && records.end > start ? records.end : -1

  return (block: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    bytes = block.bytes
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    records.open(bytes)
    if (block.inPlace) return stands(block)
    const allText = isUtf8(bytes)
    let out = room(textRoom(bytes.length), scratch)
    let size = 0
    let height = 0
    let good = 0
    let blank = 0
    let sum = 0
    let longest = 0
    let undecodable = 0
    let multibyte = allText && !isAscii(bytes)
    let multiline = false
    let start = 0
    const rejects: Array<Reject> = []
    prefix.write(String(ordinal(block.index, 0)), 0, "latin1")
    const goOn = (end: number, lines: number): void => {
      start = end + 1
      height += lines
      for (let i = 0; i < lines; i++) countUp(prefix, 16)
    }
    const headerProblem = block.isFirst && rules.header ? wrongHeader() : undefined
    if (headerProblem !== undefined) start = bytes.length
    else if (block.isFirst && rules.header) goOn(records.end, records.breaks + 1)

    /** Copies the rows that start here for as long as they are plain. */
    const takePlain = (row: PlainRow.PlainRow): void => {
      while (start < bytes.length) {
        const needed = size + prefix.length + bytes.length - start
        if (needed > out.length) out = room(2 * needed, undefined, out)
        const end = PlainRow.copy(row, bytes, start, out, size + prefix.length)
        if (end < 0) return
        for (let i = 0; i < prefix.length; i++) out[size + i] = prefix[i]!
        const hasReturn = bytes[end - 1] === 13
        const length = prefix.length + end - start + (hasReturn ? 0 : 1)
        if (hasReturn) out[size + length - 1] = 10
        longest = Math.max(longest, length)
        size += length
        sum += height
        good++
        goOn(end, 1)
      }
    }

    while (start < bytes.length) {
      if (plain !== undefined && allText) takePlain(plain)
      if (start === bytes.length) break
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
          const length = bytes[end - 1] === 13 ? line.length - 1 : line.length
          const needed = size + prefix.length + length + 1
          if (needed > out.length) out = room(2 * needed, undefined, out)
          for (let i = 0; i < prefix.length; i++) out[size + i] = prefix[i]!
          out.set(bytes.subarray(start, start + length), size + prefix.length)
          out[needed - 1] = 10
          longest = Math.max(longest, needed - size)
          size = needed
          if (records.breaks > 0) multiline = true
          sum += height
          good++
        } else {
          rejects.push({ ordinal: ordinal(block.index, height), offset: start, reason, raw: raw(line) })
        }
      }
      goOn(end, isRecord ? records.breaks + 1 : 1)
    }
    return {
      text: out.subarray(0, size),
      rejects: rejectText(rejects),
      consumed: start,
      height,
      lines: good + rejects.length + blank,
      good,
      quarantined: rejects.length,
      blank,
      unknownKeys: 0,
      sum,
      longest,
      multiline,
      hints: { openings: [], undecodable, multibyte, wrongHeader: headerProblem }
    }
  }
}

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] !== 32 && bytes[i] !== 13) return false
  return true
}
