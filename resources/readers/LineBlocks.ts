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
  | { readonly _tag: "Lines"; readonly bytes: Uint8Array; readonly offset: number }
  | { readonly _tag: "Overlong"; readonly head: Uint8Array; readonly length: number; readonly offset: number }

/** Bytes that are judged at once, as long as a line fits. */
const blockSize = 2 ** 20

/** Bytes of an overlong line that are kept. */
const headSize = 8 * 2 ** 10

/** The pieces of a text, one by one; none at its end. Offsets count from the start of the text, its mark included. */
export const from = (
  source: TextSource,
  limits: Limits,
  allocate: (size: number) => Uint8Array
): Effect.Effect<Piece | undefined, FileRefused> => {
  /** Read, not yet given: it starts at `offset`, and is at most one byte longer than a line may be. */
  let carried: Uint8Array = new Uint8Array()
  let offset = 0
  let ended = false
  const step = Math.min(blockSize, limits.line + 1)

  /** A line too long is read to its end, or the text's, and forgotten. */
  const skipLine = Effect.fnUntraced(function* () {
    const head = carried.slice(0, characterStart(carried, Math.min(headSize, carried.length - 1)))
    const buffer = allocate(step)
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

  return Effect.gen(function* () {
    let size = step
    while (!(ended && carried.length === 0)) {
      if (carried.length > limits.line) return yield* skipLine()
      while (size <= carried.length) size = Math.min(size * 2, limits.line + 1)
      const buffer = allocate(size + 1)
      buffer.set(carried)
      const filled = carried.length + (ended ? 0 : yield* source.read(buffer.subarray(0, size), carried.length))
      ended = filled < size
      const start = offset === 0 ? FileFormat.byteOrderMark(buffer.subarray(0, filled)) : 0
      const isCut = ended && filled > start && buffer[filled - 1] !== 10
      if (isCut) buffer[filled] = 10
      const end = isCut ? filled + 1 : filled === 0 ? 0 : buffer.lastIndexOf(10, filled - 1) + 1
      if (end > start) {
        const piece: Piece = { _tag: "Lines", bytes: buffer.subarray(start, end), offset: offset + start }
        carried = buffer.slice(end, filled)
        offset += end
        return piece
      }
      carried = ended ? new Uint8Array() : buffer.slice(0, filled)
    }
    return undefined
  })
}
