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
import type * as LineJudge from "./LineJudge.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
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
  /** Line feeds in it. */
  readonly height: number
  readonly hints: LineBlock.Hints
}

/** Blocks of all files of a reading are counted together. */
export const blockNumbers = (): (() => number) => {
  let next = 0
  return () => next++
}

/** What the files of a reading are judged with. */
export interface Court {
  readonly rules: LineJudge.Rules
  readonly limits: Limits
  readonly pool: JudgePool
  readonly staging: Staging
  readonly nextBlock: () => number
}

export const judge = Effect.fnUntraced(function* (file: Landed, court: Court): Effect.fn.Return<JudgedFile> {
  const { limits, pool, rules, staging } = court
  const blocks: Array<JudgedBlock> = []
  let quarantinedLines = 0
  const quote = rules._tag === "Delimited" ? rules.quote : 0

  /** Gives the bytes that belong to a record of the next block. */
  const judgeLines = (piece: Extract<LineBlocks.Piece, { readonly _tag: "Lines" }>, index: number) =>
    pool.judge(
      { bytes: piece.bytes, index, isFirst: piece.isFirst, isLast: piece.isLast },
      Effect.fnUntraced(function* ({ bytes, verdict }) {
        const { lines, good, quarantined, blank, unknownKeys, height, hints, consumed } = verdict
        const detail = hints.wrongHeader
        if (detail !== undefined) return yield* refused(file)({ _tag: "WrongHeader", detail })
        blocks.push({ lines, good, quarantined, blank, unknownKeys, height, hints, index, offset: piece.offset })
        quarantinedLines += quarantined
        if (quarantinedLines > limits.quarantined) {
          // What it was meant to be says more.
          yield* accept(file, rules, blocks)
          return yield* refused(file)({ _tag: "TooManyQuarantined", limit: limits.quarantined })
        }
        yield* staging.add(verdict)
        return bytes.slice(consumed)
      })
    )

  const judgePiece = (piece: LineBlocks.Piece) => {
    const index = court.nextBlock()
    if (piece._tag === "Lines") return Effect.asVoid(judgeLines(piece, index))
    if (piece.offset === 0 && rules._tag === "Delimited" && rules.header) {
      return refused(file)({ _tag: "WrongHeader", detail: `a line of ${piece.length} bytes` })
    }
    const counts = { ...LineBlock.none, lines: 1, quarantined: 1 }
    blocks.push({ ...counts, index, offset: piece.offset, height: 1, hints: LineBlock.noHints })
    return staging.reject(overlong(piece, index, limits))
  }

  const judgeAll = Effect.gen(function* () {
    const source = yield* TextSource.open(file, limits)
    const lineBlocks = LineBlocks.from(source, limits, pool.allocate)
    /** Where values may be quoted, a record may go on in the next block: such a block is judged before the next is cut. */
    const next = Effect.gen(function* () {
      for (;;) {
        const piece = yield* lineBlocks.next
        if (piece === undefined) return undefined
        if (quote === 0 || piece._tag === "Overlong" || !holds(piece.bytes, quote)) return [piece, undefined] as const
        lineBlocks.unread(yield* judgeLines(piece, court.nextBlock()))
      }
    })
    const pieces = Stream.unfold(undefined, () => next)
    yield* Stream.runDrain(Stream.mapEffect(pieces, judgePiece, { concurrency: pool.size + 1, unordered: true }))
  })

  return yield* Effect.scoped(judgeAll).pipe(
    Effect.flatMap(() => accept(file, rules, blocks)),
    Effect.catchTag("FileRefused", (error) =>
      Effect.succeed({ _tag: "Refused" as const, error: withLines(error, blocks) })
    )
  )
})

/** As a buffer, which looks at many bytes at once. */
const holds = ({ buffer, byteOffset, length }: Uint8Array, byte: number): boolean =>
  Buffer.from(buffer, byteOffset, length).includes(byte)

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
    line += BigInt(block.height)
    return row
  })
}

const accept = (
  file: Landed,
  rules: LineJudge.Rules,
  judged: Array<JudgedBlock>
): Effect.Effect<Accepted, FileRefused> => {
  const blocks = judged.sort((a, b) => a.index - b.index)
  const counts = blocks.reduce(LineBlock.add, LineBlock.none)
  const refusal = refusalOf(rules, blocks, counts)
  return refusal === undefined
    ? Effect.succeed({ _tag: "Accepted", file, counts, blocks })
    : Effect.fail(refused(file)(refusal))
}

const refusalOf = (
  rules: LineJudge.Rules,
  blocks: ReadonlyArray<JudgedBlock>,
  counts: LineBlock.Counts
): Refusal | undefined => {
  switch (rules._tag) {
    case "JsonLines":
      return notJsonLines(blocks, counts)
    case "Delimited":
      return notDelimited(rules, blocks, counts)
    case "Own":
      return undefined
  }
}

const notDelimited = (
  rules: DelimitedRules,
  blocks: ReadonlyArray<JudgedBlock>,
  counts: LineBlock.Counts
): Refusal | undefined => {
  const [first] = blocks
  if (rules.header && first === undefined) return { _tag: "WrongHeader", detail: "the file is empty" }
  const undecodable = blocks.reduce((sum, { hints }) => sum + hints.undecodable, 0)
  const isUtf8 = blocks.some(({ hints }) => hints.multibyte)
  return undecodable >= 3 && undecodable * 10 >= counts.lines && !isUtf8
    ? { _tag: "NotText", detected: "in Latin-1 or another encoding" }
    : undefined
}

const notJsonLines = (blocks: ReadonlyArray<JudgedBlock>, { good }: LineBlock.Counts): Refusal | undefined => {
  // What comes after a good line says nothing, also where a block starts with it.
  const firstGood = blocks.findIndex((block) => block.good > 0)
  const [first, second] = blocks
    .slice(0, firstGood < 0 ? blocks.length : firstGood + 1)
    .flatMap(({ hints }) => hints.openings)
  // The last element of an array over several lines has no comma, so it looks like a row.
  if (first === "unfinished array" && good <= 1) return { _tag: "NotLines", detected: "a JSON array" }
  const detected = good === 0 && first !== undefined ? meant(first, second) : undefined
  return detected === undefined ? undefined : { _tag: "NotLines", detected }
}

/** What a file without one good line was meant to be, where its first lines tell. */
const meant = (first: LineBlock.Opening, second: LineBlock.Opening | undefined): string | undefined => {
  switch (first) {
    case "array":
      return "a JSON array"
    case "scalar":
      return "plain JSON values"
    case "several objects":
      return "several JSON objects on one line"
    case "unfinished object":
      return second === "inside an object" ? "one JSON object over several lines" : undefined
    case "unfinished array":
    case "inside an object":
    case "object":
    case "other":
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
