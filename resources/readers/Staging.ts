/**
 * Judged text on its way into the engine: written below the engine's temporary
 * folder, loaded as soon as there is enough of it, and deleted.
 *
 * Writing waits while two files wait to be loaded, so the folder stays small
 * whatever is read.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Queue from "effect/Queue"
import type { Scope } from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Sql from "../../runtime/definition/Sql.ts"
import { DuckDB, type DuckDBError } from "../DuckDB.ts"
import type { Reject, Verdict } from "./LineBlock.ts"

export interface Staging {
  /** Takes the text of a verdict; its buffers are free afterwards. */
  readonly add: (verdict: Pick<Verdict, "text" | "rejects" | "longest" | "sum" | "good">) => Effect.Effect<void>
  readonly reject: (reject: Reject) => Effect.Effect<void>
  /** Performs, loading what is added meanwhile, until all of it is loaded. */
  readonly during: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | DuckDBError, R>
  /** How many rows were added, and the sum of their numbers. */
  readonly added: () => { readonly rows: number; readonly sum: bigint }
}

/** What puts a file of text into the engine; `longest` counts bytes of a line. */
export interface Loaders {
  readonly rows: (path: string, longest: number) => Effect.Effect<void, DuckDBError>
  readonly rejects: (path: string) => Effect.Effect<void, DuckDBError>
}

interface Written {
  readonly load: (path: string, longest: number) => Effect.Effect<void, DuckDBError>
  readonly path: string
  readonly longest: number
}

export const make = Effect.fnUntraced(function* (
  loaders: Loaders
): Effect.fn.Return<Staging, DuckDBError, DuckDB | Scope> {
  const fileSystem = yield* Effect.provide(FileSystem.FileSystem, NodeFileSystem.layer)
  const directory = yield* temporaryDirectory(fileSystem)
  const queue = yield* Queue.bounded<Written, Done>(2)
  const rows = yield* textFile(fileSystem, `${directory}/rows`, loaders.rows, queue)
  const rejects = yield* textFile(fileSystem, `${directory}/rejects`, loaders.rejects, queue)
  let count = 0
  let sum = 0n
  const load = Stream.fromQueue(queue).pipe(
    Stream.runForEach(({ load, path, longest }) =>
      Effect.andThen(load(path, longest), Effect.orDie(fileSystem.remove(path)))
    )
  )
  return {
    add: (verdict) =>
      Effect.gen(function* () {
        if (verdict.text.length > 0) yield* rows.append(verdict.text, verdict.longest)
        count += verdict.good
        sum += BigInt(verdict.sum)
        if (verdict.rejects.length > 0) yield* rejects.append(verdict.rejects, 0)
      }).pipe(Effect.uninterruptible),
    reject: (reject) =>
      Effect.uninterruptible(rejects.append(new TextEncoder().encode(`${JSON.stringify(reject)}\n`), 0)),
    during: (self) => {
      const all = Effect.ensuring(
        Effect.tap(self, () => Effect.andThen(rows.finish, rejects.finish)),
        Queue.end(queue)
      )
      return Effect.map(Effect.all([all, load], { concurrency: 2 }), ([result]) => result)
    },
    added: () => ({ rows: count, sum })
  }
})

/** Bytes of text that are loaded at once. */
const fileSize = 64 * 2 ** 20

/** Text that goes to one file after the other; a full one is queued. */
const textFile = Effect.fnUntraced(function* (
  fileSystem: FileSystem.FileSystem,
  prefix: string,
  load: Written["load"],
  queue: Queue.Enqueue<Written>
) {
  const turn = yield* Semaphore.make(1)
  let number = 0
  let size = 0
  let longest = 0
  const finish = Effect.suspend(() => {
    if (size === 0) return Effect.void
    const written: Written = { load, path: `${prefix}-${number++}`, longest }
    size = 0
    longest = 0
    return Queue.offer(queue, written)
  })
  const append = (text: Uint8Array, longestLine: number) =>
    Effect.gen(function* () {
      yield* Effect.orDie(fileSystem.writeFile(`${prefix}-${number}`, text, { flag: "a" }))
      size += text.length
      longest = Math.max(longest, longestLine)
      if (size >= fileSize) yield* finish
    }).pipe(turn.withPermit)
  return { append, finish }
})

/** Below the engine's own, so that what a killed process leaves lies where it is looked for. */
const temporaryDirectory = Effect.fnUntraced(function* (fileSystem: FileSystem.FileSystem) {
  const db = yield* DuckDB
  const [settings] = yield* db.query(Sql.sql`SELECT current_setting('temp_directory') AS directory`)
  const directory = String(settings!.directory)
  yield* Effect.orDie(fileSystem.makeDirectory(directory, { recursive: true }))
  return yield* Effect.orDie(fileSystem.makeTempDirectoryScoped({ directory, prefix: "readers-" }))
})
