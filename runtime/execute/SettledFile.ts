/**
 * The hash of a landed file that did not change while it was read.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import type * as Asset from "../definition/Asset.ts"
import * as FileHash from "../record/FileHash.ts"

export interface SettledFile extends Asset.ObservedFile {
  readonly sha256: string
}

/** None for a file that changed in each of three readings, or is gone. */
export const read = Effect.fnUntraced(function* (file: Asset.ObservedFile, now: number) {
  const fs = yield* FileSystem.FileSystem
  for (let reading = 0; reading < readings; reading++) {
    const settled = yield* Effect.catchIf(readOnce(fs, file, now), isGone, () => Effect.undefined)
    if (settled !== undefined) return Option.some(settled)
  }
  return Option.none<SettledFile>()
})

const readings = 3

/** A file that changed this short before it is read may change again within the same tick of the clock. */
const tick = 50

/** `modified` stays what was observed: if the file has changed since, it is read again next time. */
const readOnce = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, file: Asset.ObservedFile, now: number) {
  const before = yield* stampOf(fs, file.path)
  const sha256 = yield* FileHash.sha256(fs, file.path, before.size)
  const after = yield* stampOf(fs, file.path)
  if (before.size !== after.size || before.time !== after.time) return undefined
  const modified = after.time > now - tick ? -1 : file.modified
  return { ...file, size: after.size, modified, sha256 } satisfies SettledFile as SettledFile
})

const stampOf = (fs: FileSystem.FileSystem, path: string) =>
  Effect.map(fs.stat(path), ({ mtime, size }) => ({
    size: Number(size),
    time: Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() })
  }))

const isGone = (error: PlatformError): boolean => error.reason._tag === "NotFound"
