/**
 * The bytes of a landed file's text: as they lie on disk, or decompressed and
 * verified.
 *
 * The name decides which: a name that ends with `.gz` promises gzip. The last
 * read returns nothing, and only after everything was checked: checksums,
 * lengths, what follows the compressed data, and that the file did not change.
 */
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as FileFormat from "./FileFormat.ts"
import type { FileRefused } from "./FileRefused.ts"
import * as Gunzip from "./Gunzip.ts"
import * as LandedFile from "./LandedFile.ts"
import type { Limits } from "./Limits.ts"

export interface TextSource {
  /** Bytes on disk. */
  readonly size: number
  /** Fills the rest of the buffer; less only at the end of the text. */
  readonly read: (buffer: Uint8Array, from: number) => Effect.Effect<number, FileRefused>
  /** Fails if the file is no longer the one that was opened. */
  readonly unchanged: Effect.Effect<void, FileRefused>
}

/** Opens the text of a file until the scope closes. */
export const open = Effect.fnUntraced(function* (
  landed: LandedFile.Landed,
  limits: Limits
): Effect.fn.Return<TextSource, FileRefused, Scope> {
  const refuse = LandedFile.refused(landed)
  const file = yield* LandedFile.open(landed)
  const head = new Uint8Array(16)
  const detected = FileFormat.detect(head.subarray(0, yield* file.read(head, 0)))
  const isNamedGzip = /\.gz$/i.test(landed.name)
  if (isNamedGzip && detected !== "gzip") {
    return yield* refuse({ _tag: "NotGzip", detected: file.size === 0 ? "empty" : (detected ?? "something else") })
  }
  if (!isNamedGzip && detected !== undefined) return yield* refuse({ _tag: "NotText", detected })
  const bytes = isNamedGzip ? yield* Gunzip.open(landed, file, limits) : plain(file)

  let total = 0
  const read = Effect.fnUntraced(function* (buffer: Uint8Array, from: number) {
    let filled = from
    while (filled < buffer.length) {
      const count = yield* bytes(buffer.subarray(filled))
      if (count === 0) break
      filled += count
    }
    if (total === 0 && isNamedGzip) {
      const inner = FileFormat.detect(buffer.subarray(from, filled))
      if (inner !== undefined) return yield* refuse({ _tag: "NotText", detected: `${inner} inside gzip` })
    }
    total += filled - from
    if (total > limits.file) return yield* refuse({ _tag: "TooLarge", bytes: total, limit: limits.file })
    if (filled < buffer.length) yield* file.unchanged
    return filled - from
  })
  return { size: file.size, read, unchanged: file.unchanged }
})

/** Gives some bytes, and none at the end. */
export type Bytes = (into: Uint8Array) => Effect.Effect<number, FileRefused>

const plain = (file: LandedFile.Opened): Bytes => {
  let position = 0
  return (into) =>
    Effect.map(file.read(into, position), (count) => {
      position += count
      return count
    })
}
