/**
 * The judge of installs for the reader: records as text that the engine reads,
 * all other lines set aside.
 */
import {
  countUp,
  type LineBlock,
  noHints,
  ordinal,
  raw,
  rejectText,
  room,
  type Verdict
} from "../../resources/readers/LineBlock.ts"
import * as InstallLines from "./InstallLines.ts"

export const module: string = import.meta.url

export const judge = () => {
  const read = InstallLines.make()
  const digits = Buffer.alloc(16)
  return (block: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    const { bytes, index } = block
    const found = read(bytes)
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const text = new Text(room(bytes.length * 2 + rowMost, scratch))
    let sum = 0
    let longest = 0
    let line = 0
    digits.write(String(ordinal(index, 0)), 0, "latin1")
    for (let n = 0; n < found.count; n++) {
      for (; line < found.line[n]!; line++) countUp(digits, 16)
      const from = text.size
      writeRow(text, digits, found, n, bytes)
      longest = Math.max(longest, text.size - from)
      sum += line
    }
    return {
      text: text.bytes.subarray(0, text.size),
      rejects: rejectText(
        found.rejects.map(({ end, line, reason, start }) => ({
          ordinal: ordinal(index, line),
          offset: start,
          reason,
          raw: raw(view.subarray(start, end))
        }))
      ),
      consumed: bytes.length,
      height: found.lines,
      lines: found.lines,
      good: found.count,
      quarantined: found.rejects.length,
      blank: found.blank,
      unknownKeys: 0,
      sum,
      longest,
      multiline: false,
      hints: noHints
    }
  }
}

/** Bytes of a row beside those of its id and applications. */
const rowMost = 128

const writeRow = (
  text: Text,
  ordinal: Uint8Array,
  found: InstallLines.InstallLines,
  n: number,
  bytes: Uint8Array
): void => {
  const first = n === 0 ? 0 : found.appsEnd[n - 1]!
  const end = found.appsEnd[n]!
  text.reserve(rowMost + found.keyEnd[n]! - found.keyStart[n]! + 11 * (end - first))
  text.copy(ordinal, 0, 16)
  text.byte(tab)
  text.copy(bytes, found.keyStart[n]!, found.keyEnd[n]!)
  text.byte(tab)
  if (!Number.isNaN(found.lat[n]!)) text.latin1(`${found.lat[n]}\t${found.lon[n]}\t`)
  else text.latin1("\t\t")
  for (let i = first; i < end; i++) {
    if (i > first) text.byte(comma)
    text.number(found.apps[i]!)
  }
  text.latin1(`\t${found.dropped[n]}\n`)
}

const tab = 9
const comma = 44

/** Bytes that grow. */
class Text {
  size = 0
  bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  reserve(size: number): void {
    if (this.size + size > this.bytes.length) this.bytes = room(2 * (this.size + size), undefined, this.bytes)
  }

  byte(byte: number): void {
    this.bytes[this.size++] = byte
  }

  copy(from: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.bytes[this.size++] = from[i]!
  }

  latin1(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.size++] = text.charCodeAt(i)
  }

  number(value: number): void {
    let unit = 1
    while (unit * 10 <= value) unit *= 10
    let rest = value
    for (; unit >= 1; unit = Math.floor(unit / 10)) {
      const digit = Math.floor(rest / unit)
      this.bytes[this.size++] = 48 + digit
      rest -= digit * unit
    }
  }
}
