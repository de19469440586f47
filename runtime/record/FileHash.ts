/**
 * The SHA-256 of a file, read as a stream, or at once where it is small.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"

/** Lower-case hexadecimal; a size that is known saves small files the stream. */
export const sha256 = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  path: string,
  size = Number.POSITIVE_INFINITY
) {
  if (size <= small) return ofBytes(yield* fs.readFile(path))
  const hash = createHash("sha256")
  yield* Stream.runForEach(fs.stream(path, { chunkSize: FileHashChunk }), (bytes) =>
    Effect.sync(() => hash.update(bytes))
  )
  return hash.digest("hex")
})

export const ofBytes = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Of a file that is open and has not been read, in a buffer no larger than the file. */
export const ofOpen = Effect.fnUntraced(function* (file: FileSystem.File, size: number) {
  const hash = createHash("sha256")
  const buffer = new Uint8Array(Math.min(Math.max(size, 1), FileHashChunk))
  for (let left = size; left > 0; ) {
    const read = yield* file.read(buffer)
    if (read === 0) break
    hash.update(buffer.subarray(0, read))
    left -= read
  }
  return hash.digest("hex")
})

const FileHashChunk = 1024 * 1024

/** Bytes up to which a file is read at once. */
const small = 256 * 1024
