/**
 * The SHA-256 of a file, read as a stream.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"

/** Lower-case hexadecimal. */
export const sha256 = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: string) {
  const hash = createHash("sha256")
  yield* Stream.runForEach(fs.stream(path, { chunkSize: FileHashChunk }), (bytes) =>
    Effect.sync(() => hash.update(bytes))
  )
  return hash.digest("hex")
})

const FileHashChunk = 1024 * 1024
