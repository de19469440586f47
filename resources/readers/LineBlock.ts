/**
 * A run of whole lines of one file, what a judge says of it, and how a line is
 * numbered.
 *
 * A block can be judged without its neighbours, so any worker may have it. Its
 * lines have ordinals: the number of the block among all blocks of a reading,
 * and the number of the line in it.
 */
import { isUtf8 } from "node:buffer"
import type { RowGroup } from "./StagedColumns.ts"

export interface LineBlock {
  /** Whole lines; the last byte is a line feed. Backed by a buffer of its own. */
  readonly bytes: Uint8Array
  /** How many blocks of the reading came before. */
  readonly index: number
  /** Nothing of the file comes before. */
  readonly isFirst: boolean
  /** Nothing of the file comes after. */
  readonly isLast: boolean
}

/** What a judge says of a block. */
export interface Verdict extends Counts {
  /** The good rows as a row group of Parquet. Backed by a buffer of its own. */
  readonly text: Uint8Array
  readonly columns: RowGroup["columns"]
  /** The quarantined rows, as lines of JSON. Backed by a buffer of its own. */
  readonly rejects: Uint8Array
  /** Bytes that were judged; what is left is the start of a record that goes on in the next block. */
  readonly consumed: number
  /** Line feeds in what was judged. */
  readonly height: number
  /** Sum of the numbers of the good lines, to prove that the engine read what was meant. */
  readonly sum: number
  readonly hints: Hints
}

/** What tells that a file is not what it should be. */
export interface Hints {
  /** What the first two bad lines look like, as long as no good line came before them. */
  readonly openings: ReadonlyArray<Opening>
  /** Lines that are no UTF-8, and whether others show that the file is UTF-8. */
  readonly undecodable: number
  readonly multibyte: boolean
  readonly wrongHeader: string | undefined
}

export interface Counts {
  /** good + quarantined + blank; a record over several lines is one, and a header none. */
  readonly lines: number
  readonly good: number
  readonly quarantined: number
  readonly blank: number
  /** Keys in good lines that the row does not declare. */
  readonly unknownKeys: number
}

export type Opening =
  | "array"
  | "unfinished array"
  | "scalar"
  | "unfinished object"
  | "inside an object"
  | "several objects"
  | "object"
  | "other"

/** A line that is not part of the data. */
export interface Reject {
  readonly ordinal: number
  /** Of the first byte, in the block. */
  readonly offset: number
  readonly reason: string
  readonly raw: string
}

export const noHints: Hints = { openings: [], undecodable: 0, multibyte: false, wrongHeader: undefined }

export const none: Counts = { lines: 0, good: 0, quarantined: 0, blank: 0, unknownKeys: 0 }

export const add = (a: Counts, b: Counts): Counts => ({
  lines: a.lines + b.lines,
  good: a.good + b.good,
  quarantined: a.quarantined + b.quarantined,
  blank: a.blank + b.blank,
  unknownKeys: a.unknownKeys + b.unknownKeys
})

/** A block has at most 2^25 lines; more than 2^27 blocks do not fit into a number. */
export const lineBits = 25

export const ordinal = (block: number, line: number): number => block * 2 ** lineBits + line

/** Bytes of text that a quarantined row keeps. */
const rawLimit = 4096

/** The text of a line, or its bytes in base64 where it is not text. */
export const raw = (line: Buffer): string => {
  const isText = isUtf8(line)
  const cut = line.length <= rawLimit ? line : line.subarray(0, isText ? characterStart(line, rawLimit) : rawLimit)
  if (isText) {
    const text = cut.toString("utf8")
    if (!text.startsWith(binary)) return text
  }
  return binary + cut.subarray(0, Math.floor((rawLimit - binary.length) / 4) * 3).toString("base64")
}

const binary = "base64:"

/** The last place up to `at` where a character starts. */
export const characterStart = (line: Uint8Array, at: number): number => {
  let start = at
  while (start > 0 && (line[start]! & 0xc0) === 0x80) start--
  return start
}

/** Rejects as lines of JSON, in a buffer of their own. */
export const rejectText = (rejects: ReadonlyArray<Reject>): Uint8Array =>
  new TextEncoder().encode(rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(""))

/** Bytes that the text of a block of so many usually fits into. */
export const textRoom = (bytes: number): number => bytes + (bytes >> 1)

/** Room for so many bytes: the buffer given if it is enough, otherwise a new one. */
export const room = (size: number, given: Uint8Array | undefined): Uint8Array =>
  given !== undefined && given.length >= size ? given : new Uint8Array(size)
