/**
 * How much of a landed file is believed before it is refused, or a line set
 * aside.
 */
export interface Limits {
  /** Bytes of a line; a longer one is quarantined unread. */
  readonly line: number
  /** Bytes of a file, decompressed. */
  readonly file: number
  /** Bytes that one compressed byte may hold, once 64 MiB have come out. */
  readonly ratio: number
  /** Lines of a file that are quarantined; a file with more is refused, being something else. */
  readonly quarantined: number
}

export const standard: Limits = { line: 16 * 2 ** 20, file: 64 * 2 ** 30, ratio: 200, quarantined: 10 ** 6 }

/** No file is called a bomb before. */
export const ratioFrom = 64 * 2 ** 20

/** Columns of a delimited file. */
export const maximumColumns = 10_000
