/**
 * Cuts delimited text into records and values, by RFC 4180 where values may be
 * quoted and by lines where not.
 *
 * A quote belongs at the start of a value or is doubled inside a quoted one;
 * anything else is a mistake, found at the first byte that shows it.
 */
import { maximumColumns } from "./Limits.ts"

/** A quoted value that has not ended after so many bytes of its record has lost its closing quote. */
export const maximumRecord = 2 ** 20

export type Found =
  /** `end` is the place of the line feed that ends it. */
  | "Record"
  /** A quoted value runs on at the end of the bytes. */
  | "Unfinished"
  /** `reason` says why; where it ends cannot be known. */
  | "Malformed"

export class Records {
  /** Of the last record. */
  end = 0
  /** Values of the last record: their places without quotes. */
  count = 0
  readonly starts = new Int32Array(maximumColumns)
  readonly ends = new Int32Array(maximumColumns)
  readonly quoted = new Uint8Array(maximumColumns)
  /** Line feeds inside the last record. */
  breaks = 0
  hasNul = false
  reason = ""

  private bytes: Uint8Array = new Uint8Array()
  private readonly delimiter: number
  private readonly quote: number
  private readonly stopsValue: Uint8Array
  private readonly stopsQuoted: Uint8Array

  /** `quote` is 0 for none. */
  constructor(delimiter: number, quote: number) {
    this.delimiter = delimiter
    this.quote = quote
    this.stopsValue = marks([delimiter, 10, 13, quote, 0])
    this.stopsQuoted = marks([quote, 10, 0])
  }

  /** What follows is about these bytes, which end with a line feed. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes
  }

  read(start: number): Found {
    const bytes = this.bytes
    const { delimiter, quote, stopsValue, starts, ends, quoted } = this
    let i = start
    this.count = 0
    this.breaks = 0
    this.hasNul = false
    for (let n = 0; ; n++) {
      if (n >= maximumColumns) return this.malformed(`more than ${maximumColumns} columns`)
      if (quote !== 0 && bytes[i] === quote) {
        const end = this.quotedValue(start, i + 1)
        if (end < 0) return end === -1 ? "Unfinished" : "Malformed"
        starts[n] = i + 1
        ends[n] = end
        quoted[n] = 1
        i = end + 1
      } else {
        starts[n] = i
        while (stopsValue[bytes[i]!] === 0) i++
        ends[n] = i
        quoted[n] = 0
      }
      const c = bytes[i]
      if (c === delimiter) {
        i++
        continue
      }
      this.count = n + 1
      if (c === 10) this.end = i
      else if (c === 13 && bytes[i + 1] === 10) this.end = i + 1
      else return this.malformed(mistake(c, quoted[n] === 1, quote))
      return "Record"
    }
  }

  /** From after the opening quote to the closing one; -1 if it runs on, -2 if it is malformed. */
  private quotedValue(record: number, start: number): number {
    const bytes = this.bytes
    const { quote, stopsQuoted } = this
    const last = bytes.length - 1
    let i = start
    for (;;) {
      while (stopsQuoted[bytes[i]!] === 0) i++
      const c = bytes[i]
      if (c === quote) {
        if (bytes[i + 1] !== quote) return i
        i += 2
      } else if (c === 10) {
        if (i - record >= maximumRecord) {
          this.malformed(unterminated)
          return -2
        }
        if (i === last) return -1
        this.breaks++
        i++
      } else {
        this.hasNul = true
        i++
      }
    }
  }

  private malformed(reason: string): Found {
    this.reason = reason
    return "Malformed"
  }
}

export const unterminated = "a quoted value has no closing quote; reading goes on with the next line"

const mistake = (c: number | undefined, wasQuoted: boolean, quote: number): string => {
  if (wasQuoted) return "text after a closing quote"
  if (c === 0) return "a NUL byte"
  return c === quote ? "a quote inside a value that is not quoted" : "a carriage return inside the row"
}

/** NUL is marked always; as the absent quote it marks nothing more. */
const marks = (stops: ReadonlyArray<number>): Uint8Array => {
  const marked = new Uint8Array(256)
  for (const c of stops) marked[c] = 1
  return marked
}
