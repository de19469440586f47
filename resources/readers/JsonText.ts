/**
 * JSON as RFC 8259 has it, read byte by byte within one line.
 *
 * It stops at the first thing that is wrong and keeps the reason. A line feed
 * is valid nowhere inside a line, so every loop ends at it: lines need not be
 * cut out first. Stricter than the RFC where readers differ: no key twice, no
 * lone surrogates, no more than so many levels and keys.
 */
import { endOfNumber } from "./ScalarText.ts"

/** Levels of objects and arrays; the engine's own parser recurses without a limit. */
export const maximumDepth = 64

/** Keys of one object. */
export const maximumKeys = 10_000

/** Each method takes the place of a value's start and gives the place after its end, or -1. */
export class JsonText {
  /** Why the last value is bad, and where that was seen. */
  reason = ""
  failedAt = 0
  bytes: Uint8Array = new Uint8Array()
  /** The last string holds a backslash. */
  escaped = false
  private text: Buffer = Buffer.alloc(0)

  /** What follows is about these bytes, which end with a line feed. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  fail(at: number, reason: string): number {
    this.failedAt = at
    this.reason = reason
    return -1
  }

  /** White space, but no line feed. */
  space(start: number): number {
    const bytes = this.bytes
    let i = start
    for (let c = bytes[i]; c === 32 || c === 9 || c === 13; c = bytes[i]) i++
    return i
  }

  /** Any value; objects and arrays in it are at depth + 1. */
  any(start: number, depth: number): number {
    const bytes = this.bytes
    switch (bytes[start]) {
      case 34:
        return this.string(start + 1)
      case 123:
        return depth === maximumDepth ? this.tooDeep(start) : this.anyObject(start, depth + 1)
      case 91:
        return depth === maximumDepth ? this.tooDeep(start) : this.anyList(start, depth + 1)
      case 116:
        return this.word(start, TRUE)
      case 102:
        return this.word(start, FALSE)
      case 110:
        return this.word(start, NULL)
      case 10:
        return this.fail(start, "not JSON: it ends in the middle")
    }
    const end = endOfNumber(bytes, start)
    return end < 0 ? this.fail(~end, "not JSON: a malformed value") : end
  }

  private anyObject(start: number, depth: number): number {
    return this.members(start, (at) => this.any(at, depth))
  }

  /** An object with values that `value` reads. */
  members(start: number, value: (start: number) => number): number {
    const bytes = this.bytes
    const seen = names()
    let keys = 0
    let i = this.space(start + 1)
    if (bytes[i] === 125) return i + 1
    for (;;) {
      if (bytes[i] !== 34) return this.fail(i, "not JSON: a key is expected")
      if (++keys > maximumKeys) return this.fail(i, `more than ${maximumKeys} keys`)
      const end = this.string(i + 1)
      if (end < 0) return -1
      if (!seen.add(this.name(i + 1, end - 1))) return this.twice(i, end)
      i = this.space(end)
      if (bytes[i] !== 58) return this.fail(i, "not JSON: a colon is expected")
      i = value(this.space(i + 1))
      if (i < 0) return -1
      i = this.space(i)
      if (bytes[i] === 125) return i + 1
      if (bytes[i] !== 44) return this.fail(i, "not JSON: a comma or the end of the object is expected")
      i = this.space(i + 1)
    }
  }

  private anyList(start: number, depth: number): number {
    const bytes = this.bytes
    let i = this.space(start + 1)
    if (bytes[i] === 93) return i + 1
    for (;;) {
      i = this.any(i, depth)
      if (i < 0) return -1
      i = this.space(i)
      if (bytes[i] === 93) return i + 1
      if (bytes[i] !== 44) return this.fail(i, "not JSON: a comma or the end of the array is expected")
      i = this.space(i + 1)
    }
  }

  /** From after the opening quote to after the closing one. */
  string(start: number): number {
    const bytes = this.bytes
    let i = start
    let c = bytes[i]!
    this.escaped = false
    for (;;) {
      while (c !== 34 && c !== 92 && c >= 32) c = bytes[++i]!
      if (c === 34) return i + 1
      if (c === 10) return this.fail(i, "not JSON: it ends inside a string")
      if (c !== 92) return this.fail(i, "not JSON: a control character in a string")
      this.escaped = true
      i = this.escape(i + 1)
      if (i < 0) return -1
      c = bytes[i]!
    }
  }

  private escape(i: number): number {
    const c = this.bytes[i]!
    if (isShortEscape[c] === 1) return i + 1
    if (c === 10) return this.fail(i, "not JSON: it ends inside a string")
    if (c !== 117) return this.fail(i, "not JSON: an unknown escape in a string")
    const unit = this.unit(i + 1)
    if (unit < 0) return -1
    if (unit < 0xd800 || unit > 0xdfff) return i + 5
    if (unit > 0xdbff || this.bytes[i + 5] !== 92 || this.bytes[i + 6] !== 117) {
      return this.fail(i, "a lone surrogate, which is no character")
    }
    const low = this.unit(i + 7)
    if (low < 0) return -1
    return low >= 0xdc00 && low <= 0xdfff ? i + 11 : this.fail(i, "a lone surrogate, which is no character")
  }

  /** The code unit of four hexadecimal digits. */
  private unit(start: number): number {
    let unit = 0
    for (let i = start; i < start + 4; i++) {
      const c = this.bytes[i]!
      const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1
      if (digit < 0) return this.fail(i, "not JSON: an unknown escape in a string")
      unit = unit * 16 + digit
    }
    return unit
  }

  word(start: number, word: Uint8Array): number {
    for (let j = 0; j < word.length; j++) {
      if (this.bytes[start + j] !== word[j]) return this.fail(start + j, "not JSON: an unknown word")
    }
    return start + word.length
  }

  /** The bytes as text, each as a character of its own. */
  latin1(start: number, end: number): string {
    return this.text.toString("latin1", start, end)
  }

  utf8(start: number, end: number): string {
    return this.text.toString("utf8", start, end)
  }

  /** The content of the string just read. */
  content(start: number, end: number): string {
    const text = this.utf8(start, end)
    return this.escaped ? (JSON.parse(`"${text}"`) as string) : text
  }

  /** The content of the string just read, by its bytes as Latin-1: what is equal is equal, and it is cheap. */
  name(start: number, end: number): string {
    return this.escaped ? Buffer.from(this.content(start, end)).toString("latin1") : this.latin1(start, end)
  }

  twice(start: number, end: number): number {
    return this.fail(start, `the key ${this.utf8(start, Math.min(end, start + 100))} twice`)
  }

  tooDeep(at: number): number {
    return this.fail(at, `deeper than ${maximumDepth} levels`)
  }
}

export interface Names {
  /** False if the name is there already. */
  readonly add: (name: string) => boolean
}

/** Few names are compared one by one; many go into a set. */
export const names = (): Names => {
  const few: Array<string> = []
  let many: Set<string> | undefined
  return {
    add: (name) => {
      if (many === undefined) {
        if (few.includes(name)) return false
        few.push(name)
        if (few.length > 8) many = new Set(few)
        return true
      }
      if (many.has(name)) return false
      many.add(name)
      return true
    }
  }
}

export const TRUE = new Uint8Array(Buffer.from("true"))
export const FALSE = new Uint8Array(Buffer.from("false"))
export const NULL = new Uint8Array(Buffer.from("null"))

const isShortEscape = Uint8Array.from({ length: 256 }, (_, c) => ('"\\/bfnrt'.includes(String.fromCharCode(c)) ? 1 : 0))
