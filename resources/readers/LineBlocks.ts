/**
 * Cuts the text of a file into blocks of whole lines.
 *
 * A line that is longer than the limit is never held: it comes as its start
 * and its length.
 */
import * as Effect from "effect/Effect"
import * as FileFormat from "./FileFormat.ts"
import type { FileRefused } from "./FileRefused.ts"
import type { Limits } from "./Limits.ts"
import { characterStart } from "./LineBlock.ts"
import type { TextSource } from "./TextSource.ts"

export type Piece =
  /** Whole lines; the last byte is a line feed, also where the file has none at its end. */
  | {
      readonly _tag: "Lines"
      readonly bytes: Uint8Array
      readonly offset: number
      readonly isFirst: boolean
      readonly isLast: boolean
    }
  /** Bytes are counted without the line feed. */
  | { readonly _tag: "Overlong"; readonly head: Uint8Array; readonly length: number; readonly offset: number }

/** Bytes that are judged at once, as long as a line fits. */
const blockSize = 2 ** 20

/** Bytes of an overlong line that are kept. */
const headSize = 8 * 2 ** 10

export interface LineBlocks {
  /** The next piece; none at the end of the text. */
  readonly next: Effect.Effect<Piece | undefined, FileRefused>
  /** Gives back the end of the last piece, to come again at the start of the next one. */
  readonly unread: (rest: Uint8Array) => void
}

/** The pieces of a text, one by one. Offsets count from the start of the text, its mark included. */
export const from = (source: TextSource, limits: Limits, allocate: (size: number) => Uint8Array): LineBlocks => {
  /** Whole lines that were given back. */
  let returned: Uint8Array = new Uint8Array()
  /** The start of the line after them, at most one byte longer than a line may be. */
  let carried: Uint8Array = new Uint8Array()
  /** Of what comes next. */
  let offset = 0
  let ended = false
  /** Where the text starts, behind its mark. */
  let first = 0
  const step = Math.min(blockSize, limits.line + 1)

  /** A line too long is read to its end, or the text's, and forgotten. */
  const skipLine = Effect.fnUntraced(function* () {
    const head = carried.slice(0, characterStart(carried, Math.min(headSize, carried.length - 1)))
    // What is allocated may be larger, and more than a line would be carried.
    const buffer = allocate(step).subarray(0, step)
    let length = carried.length
    carried = new Uint8Array()
    while (!ended) {
      const count = yield* source.read(buffer, 0)
      ended = count < buffer.length
      const end = buffer.subarray(0, count).indexOf(10)
      length += end < 0 ? count : end
      if (end < 0) continue
      carried = buffer.slice(end + 1, count)
      break
    }
    const piece: Piece = { _tag: "Overlong", head, length, offset }
    offset += length + 1
    return piece
  })

  const next = Effect.gen(function* () {
    let size = returned.length + step
    for (;;) {
      if (carried.length > limits.line) return returned.length > 0 ? giveReturned() : yield* skipLine()
      const before = returned.length + carried.length
      if (ended && before === 0) return undefined
      while (size <= before) size = Math.min(size * 2, returned.length + limits.line + 1)
      const buffer = allocate(size + 1)
      buffer.set(returned)
      buffer.set(carried, returned.length)
      const filled = before + (ended ? 0 : yield* source.read(buffer.subarray(0, size), before))
      ended = filled < size
      const start = offset === 0 ? FileFormat.byteOrderMark(buffer.subarray(0, filled)) : 0
      if (offset === 0) first = start
      const isCut = ended && filled > start && buffer[filled - 1] !== 10
      if (isCut) buffer[filled] = 10
      const end = isCut ? filled + 1 : filled === 0 ? 0 : buffer.lastIndexOf(10, filled - 1) + 1
      if (end > Math.max(start, returned.length) || (ended && end > start)) {
        const piece = lines(buffer.subarray(start, end), offset + start, offset === 0, ended && end >= filled)
        returned = new Uint8Array()
        carried = buffer.slice(end, filled)
        offset += end
        return piece
      }
      carried = ended ? new Uint8Array() : buffer.slice(returned.length, filled)
    }
  })

  /** What was given back comes alone, because no line follows that could be its end. */
  const giveReturned = (): Piece => {
    const piece = lines(returned, offset, offset <= first, true)
    offset += returned.length
    returned = new Uint8Array()
    return piece
  }

  const unread = (rest: Uint8Array): void => {
    returned = rest
    offset -= rest.length
  }

  return { next, unread }
}

const lines = (bytes: Uint8Array, offset: number, isFirst: boolean, isLast: boolean): Piece => ({
  _tag: "Lines",
  bytes,
  offset,
  isFirst,
  isLast
})
