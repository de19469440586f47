/**
 * Puts columns beside those of a Parquet file without reading its rows: pages
 * that DuckDB wrote are appended to it, and its metadata is written anew.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Footer from "./Footer.ts"

/** Rows of each row group of the file. */
export const rowCounts = Effect.fn("ColumnFiles.rowCounts")(function* (path: string) {
  const own = yield* footer(path)
  return yield* understood(() => Footer.rowCounts(own))
})

/** Appends to each row group the columns of one of these files, which hold one of as many rows each. */
export const append = Effect.fn("ColumnFiles.append")(function* (path: string, columns: ReadonlyArray<string>) {
  const fileSystem = yield* FileSystem.FileSystem
  const own = yield* footer(path)
  const file = yield* fileSystem.open(path, { flag: "r+" })
  yield* file.truncate(own.start)
  yield* file.seek(BigInt(own.start), "start")
  const added: Array<Footer.Moved> = []
  let end = own.start
  for (const column of columns) {
    const found = yield* footer(column)
    const pages = (yield* fileSystem.readFile(column)).subarray(Footer.headSize, found.start)
    yield* file.writeAll(pages)
    added.push({ footer: found, by: end - Footer.headSize })
    end += pages.length
  }
  yield* file.writeAll(yield* understood(() => Footer.join(own, added)))
}, Effect.scoped)

const footer = Effect.fnUntraced(function* (path: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const file = yield* fileSystem.open(path)
  const size = Number((yield* file.stat).size)
  const bytes = (start: number, count: number) => {
    const bytes = new Uint8Array(count)
    return Effect.as(file.read(bytes, { position: BigInt(start) }), bytes)
  }
  const tail = yield* bytes(size - Footer.tailSize, Footer.tailSize)
  const length = yield* understood(() => Footer.sizeOf(tail))
  const start = size - Footer.tailSize - length
  return Footer.make(start, yield* bytes(start, length))
}, Effect.scoped)

/** Metadata that cannot be read is a failure as a file that cannot be read is. */
const understood = <A>(read: () => A): Effect.Effect<A, Error> =>
  Effect.try({ try: read, catch: (cause) => cause as Error })
