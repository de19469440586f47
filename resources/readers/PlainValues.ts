/**
 * The most common line of JSON at a glance: columns in their order, texts,
 * short numbers, and nothing else.
 *
 * Whatever it takes, the full reading takes too; what it does not take is read
 * in full. It is there for speed alone: such a line is copied, while it is
 * looked at, as values between delimiters, which the engine reads in much less
 * time than JSON.
 */
import type { Shape, Struct } from "./RowShape.ts"
import { endOfNumber, isPlainValue, isUnlimited } from "./ScalarText.ts"

export interface PlainValues {
  /** What follows is about these bytes, which end with a line feed. */
  readonly open: (bytes: Uint8Array) => void
  /** What is copied goes here. */
  readonly into: (out: Uint8Array) => void
  /**
   * Copies the line that starts here as values, each behind a delimiter; there is `room` for them. Gives the place
   * of the line feed, or 0 for a line to be read in full, of which what was copied means nothing.
   */
  readonly copy: (start: number, at: number) => number
  /** Where the copy of the last line ended. */
  readonly end: () => number
  /** Columns of any line copied since the bytes were opened whose texts have `folded` in place of a line feed: a bit each. */
  readonly foldedColumns: () => number
  /** Bytes that a copied line may take beyond its own. */
  readonly room: number
}

/** None of these is in a text of JSON as it is written, and a text that says one of them by an escape is not copied. */
export const delimiter = 0x1f
export const absent = 0x1e
export const folded = 0x1c

/** Columns that fit into the bits of a number. */
const maximumColumns = 31

/** None for a row whose lines are never so simple. */
export const make = ({ fields }: Struct): PlainValues | undefined => {
  if (fields.length === 0 || fields.length > maximumColumns || !fields.every(({ shape }) => isKnown(shape))) {
    return undefined
  }
  const tokens = fields.map(({ name }) => new Uint8Array(Buffer.from(`${JSON.stringify(name)}:`)))
  const shapes = fields.map(({ shape }) => shape)
  const kinds = Uint8Array.from(shapes, ({ _tag }) => (_tag === "Text" ? text : _tag === "Integer" ? integer : float))
  const nullable = fields.map((field) => field.nullable)
  const optional = fields.map((field) => !field.required)
  const count = fields.length
  let b: Uint8Array = new Uint8Array()
  let words = new DataView(b.buffer)
  let out: Uint8Array = b
  let outWords = words
  let size = 0
  let foldings = 0

  const copy = (start: number, at: number): number => {
    const lastWord = b.length - 4
    const outLastWord = out.length - 4
    let newlines = 0
    let o = at
    let i = start
    if (b[i++] !== 123) return 0
    for (let k = 0; ; k++) {
      while (!startsWith(tokens[k]!, i)) {
        if (!optional[k] || k + 1 === count) return 0
        out[o++] = delimiter
        out[o++] = absent
        k++
      }
      i += tokens[k]!.length
      if (b[i] === 32) i++
      out[o++] = delimiter
      let c = b[i]!
      if (c === 110) {
        if (!nullable[k] || b[i + 1] !== 117 || b[i + 2] !== 108 || b[i + 3] !== 108) return 0
        out[o++] = absent
        i += 4
      } else if (kinds[k] === text) {
        if (c !== 34) return 0
        i++
        for (;;) {
          while (i <= lastWord && o <= outLastWord) {
            const four = words.getInt32(i, true)
            if (!isContent(four)) break
            outWords.setInt32(o, four, true)
            i += 4
            o += 4
          }
          c = b[i]!
          while (c !== 34 && c !== 92 && c >= 32) {
            out[o++] = c
            c = b[++i]!
          }
          if (c === 34) break
          if (c !== 92) return 0
          const character = escaped(b, i + 1)
          if (character < 0) return 0
          if (character === 10) {
            newlines |= 1 << k
            out[o++] = folded
          } else o = encode(character, out, o)
          i += b[i + 1] === 117 ? 6 : 2
        }
        i++
      } else {
        const from = i
        if (kinds[k] === integer) {
          if (c === 45) c = b[++i]!
          if (c === 48) i++
          else if (c < 49 || c > 57) return 0
          else {
            do c = b[++i]!
            while (c >= 48 && c <= 57)
          }
          if (i - from > 15) return 0
        } else {
          i = endOfNumber(b, from)
          // Of JSON, the engine makes 0 of -0.
          if (b[from] === 45 && b[from + 1] === 48 && i - from === 2) return 0
          if (i < 0 || !isPlainValue(shapes[k] as typeof anyFloat, true, b, from, i)) return 0
        }
        for (let j = from; j < i; j++) out[o++] = b[j]!
      }
      c = b[i]!
      if (c === 125) {
        if (b[i + 1] !== 10) return 0
        while (++k < count) {
          if (!optional[k]) return 0
          out[o++] = delimiter
          out[o++] = absent
        }
        out[o++] = 10
        size = o
        foldings |= newlines
        return i + 1
      }
      if (c !== 44 || k + 1 === count) return 0
      if (b[++i] === 32) i++
    }
  }

  const startsWith = (token: Uint8Array, at: number): boolean => {
    for (let j = 0; j < token.length; j++) if (b[at + j] !== token[j]) return false
    return true
  }

  return {
    open: (next) => {
      b = next
      words = viewOf(next)
      foldings = 0
    },
    into: (next) => {
      out = next
      outWords = viewOf(next)
    },
    copy,
    end: () => size,
    foldedColumns: () => foldings,
    room: 2 * count + 8
  }
}

const text = 0
const integer = 1
const float = 2

const anyFloat = {
  _tag: "Float",
  minimum: -Infinity,
  maximum: Infinity,
  exclusiveMinimum: false,
  exclusiveMaximum: false
} satisfies Shape

const isKnown = (shape: Shape): boolean =>
  (shape._tag === "Text" || shape._tag === "Integer" || shape._tag === "Float") && isUnlimited(shape)

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Four bytes at once: none is a quote, a backslash or a control character. The usual trick with borrows, a byte a lane. */
const isContent = (four: number): boolean => {
  const quote = four ^ 0x22222222
  const backslash = four ^ 0x5c5c5c5c
  const found =
    ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((four - 0x20202020) & ~four)
  return (found & 0x80808080) === 0
}

/** The character of the escape that goes on here; -1 for one that is rare, or none. */
const escaped = (bytes: Uint8Array, at: number): number => {
  switch (bytes[at]) {
    case 34:
    case 47:
    case 92:
      return bytes[at]!
    case 110:
      return 10
    case 116:
      return 9
    case 117: {
      let unit = 0
      for (let i = at + 1; i < at + 5; i++) {
        const c = bytes[i]!
        const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1
        if (digit < 0) return -1
        unit = unit * 16 + digit
      }
      return unit < 32 || (unit >= 0xd800 && unit <= 0xdfff) ? -1 : unit
    }
  }
  return -1
}

/** In UTF-8, for characters below 2^16. */
const encode = (character: number, out: Uint8Array, at: number): number => {
  if (character < 0x80) {
    out[at] = character
    return at + 1
  }
  if (character < 0x800) {
    out[at] = 0xc0 | (character >> 6)
    out[at + 1] = 0x80 | (character & 0x3f)
    return at + 2
  }
  out[at] = 0xe0 | (character >> 12)
  out[at + 1] = 0x80 | ((character >> 6) & 0x3f)
  out[at + 2] = 0x80 | (character & 0x3f)
  return at + 3
}
