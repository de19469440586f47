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
  const isNamedGzip = /\.gz$/i.test(landed.name)
  const bytes = isNamedGzip ? yield* decompressed(landed, file, limits) : plain(landed, file)

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

const decompressed = Effect.fnUntraced(function* (
  landed: LandedFile.Landed,
  file: LandedFile.Opened,
  limits: Limits
): Effect.fn.Return<Bytes, FileRefused, Scope> {
  const detected = FileFormat.detect(yield* head(file))
  if (detected === "gzip") return yield* Gunzip.open(landed, file, limits)
  const instead = file.size === 0 ? "empty" : (detected ?? "something else")
  return yield* LandedFile.refused(landed)({ _tag: "NotGzip", detected: instead })
})

const plain = (landed: LandedFile.Landed, file: LandedFile.Opened): Bytes => {
  let position = 0
  return Effect.fnUntraced(function* (into: Uint8Array) {
    const count = yield* file.read(into, position)
    if (position === 0) {
      const detected = FileFormat.detect(into.length < headSize ? yield* head(file) : into.subarray(0, count))
      if (detected !== undefined) return yield* LandedFile.refused(landed)({ _tag: "NotText", detected })
    }
    position += count
    return count
  })
}

const head = (file: LandedFile.Opened): Effect.Effect<Uint8Array, FileRefused> => {
  const bytes = new Uint8Array(headSize)
  return Effect.map(file.read(bytes, 0), (count) => bytes.subarray(0, count))
}

/** Bytes that tell what a file is. */
const headSize = 16
