/**
 * The most common line at a glance: all columns in their order, strings
 * without a backslash, short integers, and nothing else.
 *
 * Whatever it takes, the full reading takes too; what it does not take is read
 * in full. It is there for speed alone.
 */
import type { Struct } from "./RowShape.ts"
import { isUnlimited } from "./ScalarText.ts"

export interface PlainLine {
  /** What follows is about these bytes, which end with a line feed. */
  readonly open: (bytes: Uint8Array) => void
  /** From a line's start to its line feed; 0 for a line to be read in full. */
  readonly line: (start: number) => number
}

/** None for a row whose lines are never so simple. */
export const make = (row: Struct): PlainLine | undefined => {
  const { fields } = row
  const isSimple = fields.every(
    ({ shape }) => (shape._tag === "Text" || shape._tag === "Integer") && isUnlimited(shape)
  )
  if (!isSimple || fields.length === 0) return undefined
  const tokens = fields.map(({ name }) => new Uint8Array(Buffer.from(`${JSON.stringify(name)}:`)))
  const isText = fields.map(({ shape }) => shape._tag === "Text")
  /** A line may end after so many columns. */
  const enough = fields.findLastIndex((field) => field.required) + 1
  const count = fields.length
  let bytes: Uint8Array = new Uint8Array()
  let words = new DataView(bytes.buffer)

  const open = (next: Uint8Array): void => {
    bytes = next
    words = new DataView(next.buffer, next.byteOffset, next.length)
  }

  const line = (start: number): number => {
    const b = bytes
    const w = words
    const lastWord = b.length - 4
    let i = start
    if (b[i++] !== 123) return 0
    for (let k = 0; ; k++) {
      const token = tokens[k]!
      for (let j = 0; j < token.length; j++) if (b[i + j] !== token[j]) return 0
      i += token.length
      if (b[i] === 32) i++
      let c = b[i]!
      if (isText[k]) {
        if (c !== 34) return 0
        i++
        while (i <= lastWord && isContent(w.getInt32(i, true))) i += 4
        c = b[i]!
        while (c !== 34 && c !== 92 && c >= 32) c = b[++i]!
        if (c !== 34) return 0
        c = b[++i]!
      } else {
        const from = i
        if (c === 45) c = b[++i]!
        if (c < 49 || c > 57) return 0
        do c = b[++i]!
        while (c >= 48 && c <= 57)
        if (i - from > 15) return 0
      }
      if (c === 125 && k + 1 >= enough) return b[i + 1] === 10 ? i + 1 : 0
      if (c !== 44 || k + 1 === count) return 0
      if (b[++i] === 32) i++
    }
  }

  return { open, line }
}

/** Four bytes at once: none is a quote, a backslash or a control character. The usual trick with borrows, a byte a lane. */
const isContent = (four: number): boolean => {
  const quote = four ^ 0x22222222
  const backslash = four ^ 0x5c5c5c5c
  const found =
    ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((four - 0x20202020) & ~four)
  return (found & 0x80808080) === 0
}
