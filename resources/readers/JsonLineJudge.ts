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
import { type LineBlock, type Opening, ordinal, type Reject, raw, type Verdict } from "./LineBlock.ts"
import type { Struct } from "./RowShape.ts"

/** `ordinalKey` is the name under which the ordinal is written; no column may have it. */
export const make = (row: Struct, ordinalKey: string) => {
  const json = JsonRow.make(row)
  const prefix = Buffer.from(`{${JSON.stringify(ordinalKey)}:0000000000000000`)

  return (block: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    const bytes = block.bytes
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const allText = isUtf8(bytes)
    let out = scratch !== undefined && scratch.length >= bytes.length ? scratch : room(bytes.length)
    let size = 0
    let lines = 0
    let good = 0
    let blank = 0
    let unknownKeys = 0
    let sum = 0
    let longest = 0
    const rejects: Array<Reject> = []
    const openings: Array<Opening> = []
    prefix.write(String(ordinal(block.index, 0)), prefix.length - 16, "latin1")
    json.open(bytes)

    for (let start = 0; start < bytes.length; lines++) {
      let end = json.line(start)
      const isGood = end >= 0
      if (!isGood) end = view.indexOf(10, json.failedAt())
      if (isGood && (allText || isUtf8(view.subarray(start, end)))) {
        const needed = size + 2 * (end - start) + prefix.length + 3
        if (needed > out.length) out = grow(out, needed)
        const from = size
        for (let i = 0; i < prefix.length; i++) out[size++] = prefix[i]!
        size = json.write(out, size)
        if (size - from > longest) longest = size - from
        unknownKeys += json.unknownKeys()
        sum += lines
        good++
      } else if (!isGood && isBlank(bytes, start, end)) {
        blank++
      } else {
        const isText = allText || isUtf8(view.subarray(start, end))
        const line = view.subarray(start, end)
        const reason = isText ? json.reason() : "not UTF-8"
        rejects.push({ ordinal: ordinal(block.index, lines), offset: start, reason, raw: raw(line) })
        if (good === 0 && openings.length < 2) openings.push(isText ? json.opening(start) : "other")
      }
      start = end + 1
      countUp(prefix)
    }
    return {
      text: out.subarray(0, size),
      rejects: encoder.encode(rejects.map((reject) => `${JSON.stringify(reject)}\n`).join("")),
      lines,
      good,
      quarantined: rejects.length,
      blank,
      unknownKeys,
      sum,
      longest,
      openings
    }
  }
}

const encoder = new TextEncoder()

const room = (length: number): Uint8Array => new Uint8Array(length + (length >> 2) + 1024)

const grow = (out: Uint8Array, needed: number): Uint8Array => {
  const larger = new Uint8Array(Math.max(needed, out.length * 2))
  larger.set(out)
  return larger
}

const isBlank = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) {
    const c = bytes[i]
    if (c !== 32 && c !== 9 && c !== 13) return false
  }
  return true
}

const countUp = (digits: Uint8Array): void => {
  let i = digits.length - 1
  while (digits[i] === 57) digits[i--] = 48
  digits[i]!++
}
