/**
 * Puts columns beside those of a Parquet file without reading its rows: pages
 * that DuckDB wrote are appended to it, and its metadata is written anew.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as ErrorMessage from "../../runtime/definition/ErrorMessage.ts"
import * as Footer from "./Footer.ts"

/** The end of a file does not say where its columns are, or not so that others can stand beside them. */
export class UnreadableFooter extends Schema.TaggedError<UnreadableFooter>()("UnreadableFooter", {
  path: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `no columns can be put beside those of ${this.path}: ${ErrorMessage.of(this.cause)}`
  }
}

/** Rows of each row group of the file. */
export const rowCounts = Effect.fn("ColumnFiles.rowCounts")(function* (path: string) {
  const own = yield* footer(path)
  return yield* understood(path, () => Footer.rowCounts(own))
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
    const pages = (yield* fileSystem.readFile(column)).subarray(Footer.magic.length, found.start)
    yield* file.writeAll(pages)
    added.push({ footer: found, by: end - Footer.magic.length })
    end += pages.length
  }
  yield* file.writeAll(yield* understood(path, () => Footer.join(own, added)))
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
  const length = yield* understood(path, () => Footer.sizeOf(tail))
  const start = size - Footer.tailSize - length
  return Footer.make(start, yield* bytes(start, length))
}, Effect.scoped)

const understood = <A>(path: string, read: () => A): Effect.Effect<A, UnreadableFooter> =>
  Effect.try({ try: read, catch: (cause) => new UnreadableFooter({ path, cause }) })
