/**
 * A landed file of which nothing is used, and why.
 */
import * as Schema from "effect/Schema"

/** Offsets count bytes of the file as it lies on disk; for gzip they say where the decompression stood. */
export const Refusal = Schema.TaggedUnion({
  /** The compressed data ends before its end mark. */
  GzipTruncated: { offset: Schema.Int, lines: Schema.Int },
  /** Content and checksum differ, or the compressed data makes no sense. */
  GzipCorrupt: { offset: Schema.Int, detail: Schema.String },
  /** After the compressed data come bytes that are neither zeros nor a further member. */
  GzipTrailingGarbage: { offset: Schema.Int },
  /** The name says gzip, the content says otherwise. */
  NotGzip: { detected: Schema.String },
  /** The content is no text, although the name promises it. */
  NotText: { detected: Schema.String },
  /** More than `ratio` bytes came out of each compressed byte. */
  GzipBomb: { offset: Schema.Int, ratio: Schema.Int },
  TooLarge: { bytes: Schema.Int, limit: Schema.Int },
  /** A folder, a pipe, a device, a socket or a symbolic link. */
  NotARegularFile: { kind: Schema.String },
  /** It changed between observation and reading, or while it was read. */
  Changed: { detail: Schema.String },
  Unreadable: { detail: Schema.String },
  /** Not one line is a row, and the first lines say what was meant. */
  NotLines: { detected: Schema.String },
  /** More lines are no rows than are set aside. */
  TooManyQuarantined: { limit: Schema.Int },
  /** The header is not the one that the row asks for. */
  WrongHeader: { detail: Schema.String }
})
export type Refusal = typeof Refusal.Type

export class FileRefused extends Schema.TaggedError<FileRefused>()("FileRefused", {
  /** The name of the file in its set. */
  file: Schema.String,
  path: Schema.String,
  reason: Refusal
}) {
  override get message() {
    return `${this.file} was refused: ${describe(this.reason)}`
  }
}

/** Some files of a reading were refused, and the author asked for all or nothing. */
export class FilesRefused extends Schema.TaggedError<FilesRefused>()("FilesRefused", {
  /** In the order of the files. */
  refused: Schema.NonEmptyArray(FileRefused),
  files: Schema.Int
}) {
  override get message() {
    const [first, ...more] = this.refused
    const others = more.length === 0 ? "" : `, and ${more.length} more`
    return `${this.refused.length} of ${this.files} files refused: ${first.message}${others}; land them again, or read with onRefused: "skip"`
  }
}

export const describe: (reason: Refusal) => string = Refusal.match({
  GzipTruncated: ({ offset, lines }) => `its gzip data is cut off at byte ${offset}, after ${lines} lines`,
  GzipCorrupt: ({ offset, detail }) => `its gzip data is damaged near byte ${offset} (${detail})`,
  GzipTrailingGarbage: ({ offset }) => `past byte ${offset}, its gzip data is followed by other bytes`,
  NotGzip: ({ detected }) => `it is named .gz, but is ${detected}`,
  NotText: ({ detected }) => `it is ${detected}, not UTF-8 text`,
  GzipBomb: ({ offset, ratio }) => `its ${offset} compressed bytes hold more than ${ratio} times as many`,
  TooLarge: ({ bytes, limit }) => `it holds ${bytes} bytes or more; the limit is ${limit}`,
  NotARegularFile: ({ kind }) => `it is ${kind}, not a regular file`,
  Changed: ({ detail }) => `it changed: ${detail}; observe it again when it is complete`,
  Unreadable: ({ detail }) => `it cannot be read (${detail})`,
  NotLines: ({ detected }) => `it is ${detected}, not one JSON object a line`,
  TooManyQuarantined: ({ limit }) =>
    `more than ${limit} of its lines are no rows; if it is what it should be, raise limits.quarantined`,
  WrongHeader: ({ detail }) => `its header is wrong: ${detail}`
})
