/**
 * Judged text on its way into the engine: written below the engine's temporary
 * folder, loaded as soon as there is enough of it, and deleted.
 *
 * Writing waits for loading, so the folder stays small whatever is read.
 */
import { resolve } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Queue from "effect/Queue"
import type { PlatformError } from "effect/PlatformError"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Sql from "../../runtime/definition/Sql.ts"
import { DuckDB, type DuckDBError } from "../DuckDB.ts"
import { type Reject, rejectText, type Verdict } from "./LineBlock.ts"

export interface Staging {
  /** Takes the text of a verdict; its buffers are free afterwards. */
  readonly add: (verdict: Verdict) => Effect.Effect<void>
  readonly reject: (reject: Reject) => Effect.Effect<void>
  /** Performs, loading what is added meanwhile, until all of it is loaded. */
  readonly during: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | DuckDBError, R>
  /** How many rows were added, and the sum of their numbers. */
  readonly added: () => { readonly rows: number; readonly sum: bigint }
}

/** A file of text for the engine. */
export interface StagedText {
  readonly path: string
  /** Bytes of the longest row. */
  readonly longest: number
  /** Rows hold line feeds. */
  readonly multiline: boolean
}

/** What puts text into the engine. */
export interface Loaders {
  readonly rows: (text: StagedText) => Effect.Effect<void, DuckDBError>
  readonly rejects: (text: StagedText) => Effect.Effect<void, DuckDBError>
}

/** How the texts of verdicts become a file: what comes before them, and what after. */
export interface Frame {
  readonly head: Uint8Array
  readonly tail: (texts: ReadonlyArray<FramedText>) => Uint8Array
}

/** One that starts at this place of the file. */
export interface FramedText {
  readonly offset: number
  readonly verdict: Pick<Verdict, "good" | "columns">
}

/** One text after another. */
export const unframed: Frame = { head: new Uint8Array(), tail: () => new Uint8Array() }

/** A file of text that is full, and how it becomes free again. */
interface Written {
  readonly load: Effect.Effect<void, DuckDBError>
  readonly free: Effect.Effect<unknown>
}

/** Rows come in this frame, rejects in none. */
export const make = Effect.fnUntraced(function* (
  loaders: Loaders,
  frame: Frame
): Effect.fn.Return<Staging, DuckDBError, DuckDB | Scope.Scope> {
  const fileSystem = yield* Effect.provide(FileSystem.FileSystem, NodeFileSystem.layer)
  const directory = yield* temporaryDirectory(fileSystem)
  const queue = yield* Queue.unbounded<Written, Done>()
  const open = (name: string) =>
    Effect.map(fileSystem.open(`${directory}/${name}`, { flag: "w" }), (file) => ({
      path: `${directory}/${name}`,
      file
    }))
  const rows = yield* textFiles(open, "rows", frame, loaders.rows, queue)
  const rejects = yield* textFiles(open, "rejects", unframed, loaders.rejects, queue)
  let count = 0
  let sum = 0n
  const loadAll = Stream.runForEach(Stream.fromQueue(queue), ({ load, free }) => Effect.andThen(load, free))
  return {
    add: (verdict) =>
      Effect.gen(function* () {
        if (verdict.good > 0) yield* rows.append(verdict)
        count += verdict.good
        sum += BigInt(verdict.sum)
        if (verdict.rejects.length > 0) yield* rejects.append(rejected(verdict.rejects))
      }).pipe(Effect.uninterruptible),
    reject: (reject) => Effect.uninterruptible(rejects.append(rejected(rejectText([reject])))),
    during: (self) => {
      const finished = Effect.tap(self, () => Effect.andThen(rows.finish, rejects.finish))
      const all = Effect.ensuring(finished, Queue.end(queue))
      return Effect.map(Effect.all([all, loadAll], { concurrency: 2 }), ([result]) => result)
    },
    added: () => ({ rows: count, sum })
  }
})

/** No rejected line is longer: 4 KiB, escaped, and the reason. */
const rejectSize = 64 * 2 ** 10

const rejected = (text: Uint8Array): Text => ({ text, longest: rejectSize, multiline: false, good: 0 })

/** Bytes of text that are loaded at once: what is less than a few row groups a thread, the engine copies once more. */
const fileSize = 64 * 2 ** 20

type Text = Pick<Verdict, "text" | "columns" | "longest" | "multiline" | "good">

interface TextFile {
  readonly path: string
  readonly file: FileSystem.File
}

/**
 * Text that goes to one file while another is loaded. Files are written over
 * again, which costs the system much less than new ones.
 */
const textFiles = Effect.fnUntraced(function* (
  open: (name: string) => Effect.Effect<TextFile, PlatformError, Scope.Scope>,
  name: string,
  frame: Frame,
  load: (text: StagedText) => Effect.Effect<void, DuckDBError>,
  queue: Queue.Enqueue<Written, Done>
) {
  const scope = yield* Effect.scope
  const turn = yield* Semaphore.make(1)
  const free = yield* Queue.unbounded<TextFile>()
  let opened = 0
  let current: TextFile | undefined
  let size = 0
  let longest = 0
  let multiline = false
  let texts: Array<FramedText> = []

  const next = Effect.gen(function* () {
    const found = yield* opened < filesInUse
      ? Effect.provideService(open(`${name}-${opened++}`), Scope.Scope, scope)
      : Queue.take(free)
    yield* found.file.seek(0n, "start")
    yield* found.file.writeAll(frame.head)
    size = frame.head.length
    longest = 0
    multiline = false
    texts = []
    return found
  })

  const finish = Effect.gen(function* () {
    if (current === undefined) return
    const written = current
    const text = { path: written.path, longest, multiline }
    current = undefined
    const tail = frame.tail(texts)
    yield* written.file.writeAll(tail)
    yield* written.file.truncate(size + tail.length)
    yield* Queue.offer(queue, { load: load(text), free: Queue.offer(free, written) })
  }).pipe(Effect.orDie)

  const append = (verdict: Text) =>
    Effect.gen(function* () {
      current ??= yield* next
      yield* current.file.writeAll(verdict.text)
      texts.push({ offset: size, verdict: { good: verdict.good, columns: verdict.columns } })
      size += verdict.text.length
      longest = Math.max(longest, verdict.longest)
      if (verdict.multiline) multiline = true
      if (size >= fileSize) yield* finish
    }).pipe(Effect.orDie, turn.withPermit)

  return { append, finish }
})

/** One is written, one loaded, one in between. */
const filesInUse = 3

/** Below the engine's own, so that what a killed process leaves lies where it is looked for. */
const temporaryDirectory = Effect.fnUntraced(function* (fileSystem: FileSystem.FileSystem) {
  const db = yield* DuckDB
  const [settings] = yield* db.query(Sql.sql`SELECT current_setting('temp_directory') AS directory`)
  const directory = resolve(String(settings!.directory))
  yield* Effect.orDie(fileSystem.makeDirectory(directory, { recursive: true }))
  return yield* Effect.orDie(fileSystem.makeTempDirectoryScoped({ directory, prefix: "readers-" }))
})
