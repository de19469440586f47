/**
 * Makes files and folders survive a power cut.
 *
 * A file is safe when it and every folder above it that is new were synced. A
 * sync that failed is not tried again: the system may have dropped what it
 * could not write, and the next sync would succeed without it.
 */
import { dirname, join, relative, sep } from "node:path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Semaphore from "effect/Semaphore"
import * as FileHash from "./FileHash.ts"

export interface StoredFile {
  /** Its path below the folder that was synced. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** Syncs every file and folder of a tree, and says what the files are, sorted by name. What is `known` is not read. */
export const syncTree = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  root: string,
  known: ReadonlyArray<StoredFile> = []
) {
  const { files, folders } = yield* tree(fs, root)
  const stored = yield* Effect.forEach(
    files,
    (path) => {
      const file = known.find(({ name }) => path === join(root, name))
      return file === undefined ? storedFile(fs, root, path) : Effect.as(sync(fs, path, "r+"), file)
    },
    { concurrency }
  )
  yield* Effect.forEach(folders, (path) => syncFolder(fs, path), { concurrency, discard: true })
  return stored.toSorted((a, b) => (a.name < b.name ? -1 : 1))
})

/** A folder is synced through a handle that only reads, which Windows does not have; there it needs no sync. */
export const syncFolder = (fs: FileSystem.FileSystem, path: string): Effect.Effect<void, PlatformError> =>
  process.platform === "win32" ? Effect.void : sync(fs, path, "r")

/**
 * Makes a folder below the home together with those above it, and syncs the
 * entry of each. Another process may have made one and not synced it yet, so
 * each is synced once by every process, whoever made it.
 */
export const folderMaker = (fs: FileSystem.FileSystem, home: string) => {
  const safe = new Set<string>()
  return Effect.fnUntraced(function* (path: string) {
    yield* fs.makeDirectory(path, { recursive: true, mode: 0o700 })
    for (let folder = path; !safe.has(folder) && folder.startsWith(home); folder = dirname(folder)) {
      yield* syncFolder(fs, dirname(folder))
      safe.add(folder)
    }
  })
}

/**
 * Syncs folders for many at once: who asks while a folder is being synced waits
 * for the next sync of it, which all of them share.
 */
export const sharedSync = (fs: FileSystem.FileSystem) => {
  const folders = new Map<string, { readonly permit: Semaphore.Semaphore; next: Shared | undefined }>()
  return Effect.fnUntraced(function* (path: string) {
    const folder = folders.get(path) ?? { permit: Semaphore.makeUnsafe(1), next: undefined }
    folders.set(path, folder)
    const shared: Shared = folder.next ?? { done: Deferred.makeUnsafe(), isBegun: false }
    folder.next = shared
    const begin = Effect.suspend(() => {
      if (shared.isBegun) return Effect.void
      shared.isBegun = true
      folder.next = undefined
      return Effect.asVoid(Deferred.into(syncFolder(fs, path), shared.done))
    })
    yield* folder.permit.withPermit(Effect.uninterruptible(begin))
    return yield* Deferred.await(shared.done)
  })
}

interface Shared {
  readonly done: Deferred.Deferred<void, PlatformError>
  isBegun: boolean
}

/** As many as libuv has threads. */
const concurrency = 4

const sync = (fs: FileSystem.FileSystem, path: string, flag: FileSystem.OpenFlag) =>
  Effect.scoped(Effect.flatMap(fs.open(path, { flag }), (file) => file.sync))

/** Through one handle: flushed, measured and read. */
const storedFile = (fs: FileSystem.FileSystem, root: string, path: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* fs.open(path, { flag: "r+" })
      yield* file.sync
      const { size } = yield* file.stat
      const sha256 = yield* FileHash.ofOpen(file, Number(size))
      return { name: relative(root, path).replaceAll(sep, "/"), bytes: Number(size), sha256 }
    })
  )

interface Tree {
  readonly files: ReadonlyArray<string>
  readonly folders: ReadonlyArray<string>
}

const tree: (fs: FileSystem.FileSystem, root: string) => Effect.Effect<Tree, PlatformError> = Effect.fnUntraced(
  function* (fs, root) {
    const entries = yield* fs.readDirectoryEntries(root)
    const below = yield* Effect.forEach(
      entries.filter(({ type }) => type === "Directory"),
      ({ name }) => tree(fs, join(root, name))
    )
    const files = entries.filter(({ type }) => type === "File").map(({ name }) => join(root, name))
    return {
      files: [...files, ...below.flatMap(({ files }) => files)],
      folders: [...below.flatMap(({ folders }) => folders), root]
    }
  }
)
