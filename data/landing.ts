/** How generated files land: each is there whole or not at all. */
import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip, type ZlibOptions } from "node:zlib"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"

/** Writes a file under another name and gives it its own when it is whole. */
export const land = Effect.fnUntraced(function* <A, E, R>(
  target: string,
  write: (partial: string) => Effect.Effect<A, E, R>
) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const partial = path.join(path.dirname(target), `.${path.basename(target)}.partial`)
  const written = yield* write(partial).pipe(
    Effect.onError(() => Effect.ignore(fileSystem.remove(partial, { force: true })))
  )
  yield* fileSystem.rename(partial, target)
  return written
})

/** Writes pieces of text as they are made, gzipped where it is said how; gives what they end with. */
export const writeText = <A>(content: Generator<string, A>, path: string, gzip: ZlibOptions | undefined) =>
  Effect.suspend(() => {
    let end: A | undefined
    const text = Readable.from(
      (function* () {
        end = yield* content
      })()
    )
    const file = createWriteStream(path)
    return Effect.tryPromise((signal) =>
      gzip === undefined ? pipeline(text, file, { signal }) : pipeline(text, createGzip(gzip), file, { signal })
    ).pipe(Effect.map(() => end as A))
  })
