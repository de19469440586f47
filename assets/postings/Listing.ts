/** The landed files of a folder: regular files whose name tells that they are postings. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"

export const list = Effect.fn("Listing.list")(function* (folder: string, matching: RegExp) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (!(yield* fileSystem.exists(folder))) return []
  const names = (yield* fileSystem.readDirectory(folder)).filter((name) => matching.test(name)).sort()
  const files = yield* Effect.forEach(
    names,
    (name) =>
      Effect.map(fileSystem.stat(path.resolve(folder, name)), (info) => ({
        type: info.type,
        path: path.resolve(folder, name),
        name,
        size: Number(info.size),
        modified: Option.match(info.mtime, { onNone: () => 0, onSome: (time) => time.getTime() })
      })),
    { concurrency: 16 }
  )
  return files.filter(({ type }) => type === "File").map(({ type: _, ...file }) => file)
})
