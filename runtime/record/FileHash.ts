/**
 * The SHA-256 of a file, of which a buffer is in memory at a time.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"

/** Lower-case hexadecimal, of so many bytes. */
export const sha256 = (fs: FileSystem.FileSystem, path: string, size: number) =>
  Effect.scoped(Effect.flatMap(fs.open(path), (file) => ofOpen(file, size)))

export const ofBytes = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Of a file that is open and has not been read. */
export const ofOpen = Effect.fnUntraced(function* (file: FileSystem.File, size: number) {
  const hash = createHash("sha256")
  const buffer = idle.pop() ?? new Uint8Array(bufferSize)
  for (let left = size; left > 0; ) {
    const read = yield* file.read(buffer.subarray(0, Math.min(left, bufferSize)))
    if (read === 0) break
    hash.update(buffer.subarray(0, read))
    left -= read
  }
  idle.push(buffer)
  return hash.digest("hex")
})

/** Used again, but for those that a failed reading may still write to: of thousands, the collector would see each. */
const idle: Array<Uint8Array> = []

const bufferSize = 1024 * 1024
