/** One line of a landed file, as it lies there. */
import * as Effect from "effect/Effect"
import type { FileRefused } from "../../../resources/readers/FileRefused.ts"
import type { Landed } from "../../../resources/readers/LandedFile.ts"
import * as Limits from "../../../resources/readers/Limits.ts"
import * as TextSource from "../../../resources/readers/TextSource.ts"

/** The line of a number, counted from 1; nothing behind the end. Bytes that are no text are replaced. */
export const read = Effect.fn("RawLine.read")(function* (
  file: Landed,
  line: number
): Effect.fn.Return<string | undefined, FileRefused> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const source = yield* TextSource.open(file, Limits.standard)
      const block = new Uint8Array(blockSize)
      const found: Array<Uint8Array> = []
      let before = line - 1
      for (;;) {
        const count = yield* source.read(block, 0)
        let start = 0
        for (; before > 0; before--) {
          const end = block.subarray(0, count).indexOf(lineFeed, start)
          if (end < 0) break
          start = end + 1
        }
        if (before === 0) {
          const end = block.subarray(0, count).indexOf(lineFeed, start)
          found.push(block.slice(start, end < 0 ? count : end))
          if (end >= 0) return text(found)
        }
        if (count < block.length) return found.every((part) => part.length === 0) ? undefined : text(found)
      }
    })
  )
})

const text = (parts: ReadonlyArray<Uint8Array>): string => new TextDecoder().decode(Buffer.concat(parts))

const blockSize = 2 ** 20

const lineFeed = 10
