/**
 * One file, judged from its first byte to its last: accepted with its counts,
 * or refused.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { FileRefused, type Refusal } from "./FileRefused.ts"
import type { JudgePool } from "./JudgePool.ts"
import { type Landed, refused } from "./LandedFile.ts"
import type { Limits } from "./Limits.ts"
import * as LineBlock from "./LineBlock.ts"
import * as LineBlocks from "./LineBlocks.ts"
import type { Staging } from "./Staging.ts"
import * as TextSource from "./TextSource.ts"

export type JudgedFile = Accepted | { readonly _tag: "Refused"; readonly error: FileRefused }

export interface Accepted {
  readonly _tag: "Accepted"
  readonly file: Landed
  readonly counts: LineBlock.Counts
  /** In the order of the file. */
  readonly blocks: ReadonlyArray<JudgedBlock>
}

interface JudgedBlock extends LineBlock.Counts {
  readonly index: number
  /** Of its first byte, in the text. */
  readonly offset: number
  readonly openings: ReadonlyArray<LineBlock.Opening>
}

/** Blocks of all files of a reading are counted together. */
export const blockNumbers = (): (() => number) => {
  let next = 0
  return () => next++
}

export const judge = Effect.fnUntraced(function* (
  file: Landed,
  limits: Limits,
  pool: JudgePool,
  staging: Staging,
  nextBlock: () => number
): Effect.fn.Return<JudgedFile> {
  const blocks: Array<JudgedBlock> = []

  const judgePiece = (piece: LineBlocks.Piece) => {
    const index = nextBlock()
    if (piece._tag === "Overlong") {
      blocks.push({ ...LineBlock.none, lines: 1, quarantined: 1, index, offset: piece.offset, openings: [] })
      return staging.reject(overlong(piece, index, limits))
    }
    return pool.judge({ bytes: piece.bytes, index }, ({ text, rejects, longest, sum, ...counts }) => {
      blocks.push({ ...counts, index, offset: piece.offset })
      return staging.add({ text, rejects, longest, sum, good: counts.good })
    })
  }

  const judgeAll = Effect.gen(function* () {
    const source = yield* TextSource.open(file, limits)
    const next = LineBlocks.from(source, limits, pool.allocate)
    const pieces = Stream.unfold(undefined, () =>
      Effect.map(next, (piece) => (piece === undefined ? undefined : ([piece, undefined] as const)))
    )
    yield* Stream.runDrain(Stream.mapEffect(pieces, judgePiece, { concurrency: pool.size, unordered: true }))
  })

  return yield* Effect.scoped(judgeAll).pipe(
    Effect.flatMap(() => accept(file, blocks)),
    Effect.catchTag("FileRefused", (error) =>
      Effect.succeed({ _tag: "Refused" as const, error: withLines(error, blocks) })
    )
  )
})

/** What the table of blocks holds: how ordinals become files, lines and offsets. */
export const blockRows = (self: Accepted): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  let line = 1n
  return self.blocks.map((block) => {
    const row = {
      block: BigInt(block.index),
      partition_key: self.file.partition?.key ?? "",
      file: self.file.name,
      line,
      byte_offset: BigInt(block.offset)
    }
    line += BigInt(block.lines)
    return row
  })
}

const accept = (file: Landed, judged: Array<JudgedBlock>): Effect.Effect<Accepted, FileRefused> => {
  const blocks = judged.sort((a, b) => a.index - b.index)
  const counts = blocks.reduce(LineBlock.add, LineBlock.none)
  const detected = counts.good === 0 ? notLines(blocks.flatMap((block) => block.openings)) : undefined
  return detected === undefined
    ? Effect.succeed({ _tag: "Accepted", file, counts, blocks })
    : Effect.fail(refused(file)({ _tag: "NotLines", detected }))
}

/** What a file without one good line was meant to be, where its first lines tell. */
const notLines = ([first, second]: ReadonlyArray<LineBlock.Opening>): string | undefined => {
  switch (first) {
    case "array":
      return "a JSON array"
    case "scalar":
      return "plain JSON values"
    case "several objects":
      return "several JSON objects on one line"
    case "unfinished object":
      return second === "inside an object" ? "one JSON object over several lines" : undefined
    case "inside an object":
    case "object":
    case "other":
    case undefined:
      return undefined
  }
}

const overlong = (
  piece: Extract<LineBlocks.Piece, { readonly _tag: "Overlong" }>,
  index: number,
  limits: Limits
): LineBlock.Reject => ({
  ordinal: LineBlock.ordinal(index, 0),
  offset: 0,
  reason: `a line of ${piece.length} bytes; the limit is ${limits.line}`,
  raw: LineBlock.raw(Buffer.from(piece.head))
})

const withLines = (error: FileRefused, blocks: ReadonlyArray<JudgedBlock>): FileRefused => {
  if (error.reason._tag !== "GzipTruncated") return error
  const lines = blocks.reduce((sum, block) => sum + block.lines, 0)
  const reason: Refusal = { ...error.reason, lines }
  return new FileRefused({ file: error.file, path: error.path, reason })
}
