/**
 * The files that have landed in a folder, for an external asset to observe.
 *
 * Only regular files are listed. What else has a matching name (a folder, a
 * symbolic link, a pipe) is neither followed nor opened; a warning names it.
 */
import * as NodeFs from "node:fs"
import { join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The folder cannot be listed, so nothing is known of what has landed. */
export class FolderUnlisted extends Schema.TaggedError<FolderUnlisted>()("FolderUnlisted", {
  /** Absolute. */
  folder: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `the files in ${this.folder} cannot be listed: ${this.detail}; create the folder and make it readable, or name the one where the files land`
  }
}

export interface LandedFile {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** The regular files of the folder itself whose whole name the expression finds a match in, by name. */
export const list = Effect.fn("LandedFiles.list")(function* (options: {
  readonly folder: string
  readonly match: RegExp
}): Effect.fn.Return<ReadonlyArray<LandedFile>, FolderUnlisted> {
  const folder = resolve(options.folder)
  const entries = yield* Effect.mapError(names(folder), (error) => new FolderUnlisted({ folder, detail: told(error) }))
  const matching = entries.filter((name) => name.search(options.match) >= 0).sort()
  const found = yield* Effect.forEach(matching, (name) => look(folder, name), { concurrency: 16 })
  const files = found.flatMap((entry) => (entry._tag === "File" ? [entry.file] : []))
  const odd = found.flatMap((entry) => (entry._tag === "Odd" ? [`${entry.name} (${entry.kind})`] : []))
  if (odd.length > 0) {
    yield* Effect.logWarning(`left out of ${folder}, as they are no regular files: ${few(odd)}`)
  }
  return files
})

type Entry =
  | { readonly _tag: "File"; readonly file: LandedFile }
  | { readonly _tag: "Odd"; readonly name: string; readonly kind: string }
  /** It was taken away after the folder was read. */
  | { readonly _tag: "Gone" }

const look = (folder: string, name: string): Effect.Effect<Entry, FolderUnlisted> => {
  const path = join(folder, name)
  return Effect.match(stats(path), {
    onSuccess: (stats): Entry =>
      stats.isFile()
        ? { _tag: "File", file: { name, path, size: stats.size, modified: Math.trunc(stats.mtimeMs) } }
        : { _tag: "Odd", name, kind: kindOf(stats) },
    // Bytes that are no text cannot be given back to the system, so the file seems not to be there.
    onFailure: (error): Entry =>
      error.code !== "ENOENT"
        ? { _tag: "Odd", name, kind: told(error) }
        : name.includes("\ufffd")
          ? { _tag: "Odd", name, kind: "its name is not UTF-8" }
          : { _tag: "Gone" }
  })
}

const kindOf = (stats: NodeFs.Stats): string => {
  if (stats.isDirectory()) return "a folder"
  if (stats.isSymbolicLink()) return "a symbolic link"
  if (stats.isFIFO()) return "a pipe"
  return stats.isSocket() ? "a socket" : "a device"
}

/** What `FolderUnlisted` says of a folder that is not there. */
export const absent = "it does not exist"

const told = (error: NodeJS.ErrnoException): string => {
  switch (error.code) {
    case "ENOENT":
      return absent
    case "ENOTDIR":
      return "it is not a folder"
    case "EACCES":
    case "EPERM":
      return "it may not be read"
  }
  return error.code ?? error.message
}

/** The first of many names, and how many more there are. */
const few = (names: ReadonlyArray<string>): string =>
  names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`

const names = (folder: string): Effect.Effect<ReadonlyArray<string>, NodeJS.ErrnoException> =>
  Effect.callback((resume) =>
    NodeFs.readdir(folder, (error, names) => resume(error === null ? Effect.succeed(names) : Effect.fail(error)))
  )

/** Of the entry itself, not of what it links to. */
const stats = (path: string): Effect.Effect<NodeFs.Stats, NodeJS.ErrnoException> =>
  Effect.callback((resume) =>
    NodeFs.lstat(path, (error, stats) => resume(error === null ? Effect.succeed(stats) : Effect.fail(error)))
  )
