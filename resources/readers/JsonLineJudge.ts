/**
 * Decides which lines of a block are good JSON lines, and why the others are
 * not.
 *
 * The grammar is RFC 8259, read byte by byte, so that nothing is rounded and
 * nothing depends on the lines around: no duplicate keys, no lone surrogates,
 * at most 64 levels, declared columns of their declared types. Good lines come
 * out as text that the engine reads without doubt: with the line's ordinal,
 * without undeclared columns, decimals and JSON values as strings.
 */
import { isUtf8 } from "node:buffer"
import * as JsonRow from "./JsonRow.ts"
import {
  countUp,
  type LineBlock,
  noHints,
  type Opening,
  ordinal,
  type Reject,
  raw,
  rejectText,
  room,
  standing,
  textRoom,
  type Verdict
} from "./LineBlock.ts"
import type { Struct } from "./RowShape.ts"

export interface JsonLineRules {
  readonly _tag: "JsonLines"
  readonly row: Struct
  /** The name under which the ordinal is written; no column has it. */
  readonly ordinalKey: string
}

export const make = (rules: JsonLineRules) => {
  const json = JsonRow.make(rules.row)
  const prefix = Buffer.from(`{${JSON.stringify(rules.ordinalKey)}:0000000000000000`)

  /** Whether the engine can read the block where it lies. */
  const stands = (bytes: Uint8Array): Verdict => {
    let longest = 0
    let good = 0
    json.open(bytes)
    let start = isUtf8(bytes) ? 0 : -1
    while (start >= 0 && start < bytes.length) {
      const end = json.line(start)
      const asWritten = end >= 0 && json.asWritten(start, end)
      if (end - start > longest) longest = end - start
      good++
      start = asWritten ? end + 1 : -1
    }
    return standing({ asWritten: start >= 0, good, height: good, longest })
  }

  return (block: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    const bytes = block.bytes
    if (block.inPlace) return stands(bytes)
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const allText = isUtf8(bytes)
    let out = room(textRoom(bytes.length), scratch)
    let size = 0
    let height = 0
    let good = 0
    let blank = 0
    let unknownKeys = 0
    let sum = 0
    let longest = 0
    const rejects: Array<Reject> = []
    const openings: Array<Opening> = []
    prefix.write(String(ordinal(block.index, 0)), prefix.length - 16, "latin1")
    json.open(bytes)

    for (let start = 0; start < bytes.length; height++) {
      let end = json.line(start)
      const isRow = end >= 0
      if (!isRow) end = view.indexOf(10, json.failedAt())
      const isText = allText || isUtf8(view.subarray(start, end))
      if (isRow && isText) {
        const needed = size + 2 * (end - start) + prefix.length + 3
        if (needed > out.length) out = room(2 * needed, undefined, out)
        const from = size
        for (let i = 0; i < prefix.length; i++) out[size++] = prefix[i]!
        size = json.write(out, size)
        if (size - from > longest) longest = size - from
        unknownKeys += json.unknownKeys()
        sum += height
        good++
      } else if (isBlank(bytes, start, end)) {
        blank++
      } else {
        const line = view.subarray(start, end)
        const reason = isText ? json.reason() : "not UTF-8"
        rejects.push({ ordinal: ordinal(block.index, height), offset: start, reason, raw: raw(line) })
        if (good === 0 && openings.length < 2) openings.push(isText ? json.opening(start) : "other")
      }
      start = end + 1
      countUp(prefix, prefix.length)
    }
    return {
      text: out.subarray(0, size),
      rejects: rejectText(rejects),
      consumed: bytes.length,
      height,
      lines: height,
      good,
      quarantined: rejects.length,
      blank,
      unknownKeys,
      sum,
      longest,
      multiline: false,
      hints: { ...noHints, openings }
    }
  }
}

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const c = bytes[i]
    if (c !== 32 && c !== 9 && c !== 13) return false
  }
  return true
}
