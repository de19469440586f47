/**
 * Decides which lines of a block are good JSON lines, and why the others are
 * not.
 *
 * The grammar is RFC 8259, read byte by byte, so that nothing is rounded and
 * nothing depends on the lines around: no duplicate keys, no lone surrogates,
 * at most 64 levels, declared columns of their declared types. Good lines come
 * out as columns, so that no other reader of JSON is asked what they say. Plain
 * lines are taken by a kernel; whatever it takes, this judge takes, too.
 */
import { isUtf8 } from "node:buffer"
import * as ColumnLayout from "./ColumnLayout.ts"
import * as ColumnMemory from "./ColumnMemory.ts"
import * as JsonColumns from "./JsonColumns.ts"
import * as JsonRow from "./JsonRow.ts"
import {
  type LineBlock,
  noHints,
  type Opening,
  ordinal,
  type Reject,
  raw,
  rejectText,
  room,
  textRoom,
  type Verdict
} from "./LineBlock.ts"
import { RowsMisread } from "./RowsMisread.ts"
import type { Struct } from "./RowShape.ts"

export interface JsonLineRules {
  readonly _tag: "JsonLines"
  readonly row: Struct
}

export const make = (rules: JsonLineRules) => {
  const json = JsonRow.make(rules.row)
  const columns = JsonColumns.make(ColumnLayout.make(rules.row))

  /** None if there was too little room for the columns. */
  const judge = ({ bytes, index }: LineBlock, scratch: Uint8Array | undefined): Verdict | undefined => {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const allText = isUtf8(bytes)
    let height = 0
    let blank = 0
    let unknownKeys = 0
    let sum = 0
    const rejects: Array<Reject> = []
    const openings: Array<Opening> = []
    columns.open(bytes)
    json.open(bytes)

    for (let start = 0; start < bytes.length; ) {
      // A small file may hold many millions of them.
      for (; bytes[start] === 10; start++) {
        blank++
        height++
      }
      if (start === bytes.length) break
      const limit = allText ? bytes.length : view.indexOf(10, start) + 1
      const isText = allText || isUtf8(view.subarray(start, limit))
      if (isText) {
        const before = columns.rows()
        start = columns.read(start, limit, ordinal(index, height))
        const taken = columns.rows() - before
        sum += taken * height + (taken * (taken - 1)) / 2
        height += taken
        if (columns.isFull()) return undefined
        if (start === limit) continue
      }
      let end = json.line(start)
      const isRow = end >= 0
      if (!isRow) end = view.indexOf(10, json.failedAt())
      if (isRow && isText) {
        if (!columns.add(json.rewritten(), ordinal(index, height))) {
          if (columns.isFull()) return undefined
          throw new RowsMisread({ judged: view.toString("utf8", start, end), loaded: "no row" })
        }
        unknownKeys += json.unknownKeys()
        sum += height
      } else if (isBlank(bytes, start, end)) {
        blank++
      } else {
        const reason = isText ? json.reason() : "not UTF-8"
        const line = view.subarray(start, end)
        rejects.push({ ordinal: ordinal(index, height), offset: start, reason, raw: raw(line) })
        if (columns.rows() === 0 && openings.length < 2) openings.push(isText ? json.opening(start) : "other")
      }
      height++
      start = end + 1
    }
    return {
      ...columns.take(room(textRoom(bytes.length), scratch)),
      rejects: rejectText(rejects),
      consumed: bytes.length,
      height,
      lines: height,
      good: columns.rows(),
      quarantined: rejects.length,
      blank,
      unknownKeys,
      sum,
      hints: { ...noHints, openings }
    }
  }

  return ColumnMemory.untilRoom(judge)
}

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const c = bytes[i]
    if (c !== 32 && c !== 9 && c !== 13) return false
  }
  return true
}
