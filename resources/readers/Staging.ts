/**
 * Judged lines on their way into the engine, below the engine's temporary folder:
 * rows are columns in files, which the engine reads wherever the rows are used,
 * and rejects are text that is loaded as soon as there is enough of it.
 *
 * Writing text waits for loading it, so there is little of it whatever is read.
 * What is staged goes with the scope.
 */
import { resolve } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Queue from "effect/Queue"
import type { PlatformError } from "effect/PlatformError"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Sql from "../../runtime/definition/Sql.ts"
import { DuckDB, type DuckDBError } from "../DuckDB.ts"
import { type Reject, rejectText, type Verdict } from "./LineBlock.ts"
import * as StagedColumns from "./StagedColumns.ts"

export interface Staging {
  /** Takes the rows and rejects of a verdict; its buffers are free afterwards. */
  readonly add: (verdict: Verdict) => Effect.Effect<void>
  readonly reject: (reject: Reject) => Effect.Effect<void>
  /** Performs, loading what is added meanwhile, until all of it is loaded. */
  readonly during: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | DuckDBError, R>
  /** How many rows were added, and the sum of their numbers. */
  readonly added: () => { readonly rows: number; readonly sum: bigint }
  /** The files of columns, once all is added. */
  readonly files: () => ReadonlyArray<string>
}

/** How the engine gets at a file of rejects, with lines of at most so many bytes. */
export type Load = (path: string, longest: number) => Effect.Effect<void, DuckDBError>

/** A file of text that is full, and how it becomes free again. */
interface Written {
  readonly load: Effect.Effect<void, DuckDBError>
  readonly free: Effect.Effect<unknown>
}

export const make = Effect.fnUntraced(function* (
  frame: StagedColumns.Frame,
  load: Load
): Effect.fn.Return<Staging, DuckDBError, DuckDB | Scope.Scope> {
  const fileSystem = yield* Effect.provide(FileSystem.FileSystem, NodeFileSystem.layer)
  const directory = yield* temporaryDirectory(fileSystem)
  const scope = yield* Effect.scope
  const queue = yield* Queue.unbounded<Written, Done>()
  const open = (name: string) =>
    Effect.map(fileSystem.open(`${directory}/${name}`, { flag: "w" }), (file) => ({
      path: `${directory}/${name}`,
      file
    }))
  const kept: Array<string> = []
  const good = yield* columnFiles(open, frame, scope, kept)
  const rejects = yield* rejectFiles(open, load, queue)
  let count = 0
  let sum = 0n
  const loadAll = Stream.runForEach(Stream.fromQueue(queue), ({ load, free }) => Effect.andThen(load, free))
  return {
    add: (verdict) =>
      Effect.gen(function* () {
        if (verdict.good > 0) yield* good.append(verdict)
        count += verdict.good
        sum += BigInt(verdict.sum)
        if (verdict.rejects.length > 0) yield* rejects.append(verdict.rejects)
      }).pipe(Effect.uninterruptible),
    reject: (reject) => Effect.uninterruptible(rejects.append(rejectText([reject]))),
    during: (self) => {
      const finished = Effect.tap(self, () => Effect.andThen(good.finish, rejects.finish))
      const all = Effect.ensuring(finished, Queue.end(queue))
      return Effect.map(Effect.all([all, loadAll], { concurrency: 2 }), ([result]) => result)
    },
    added: () => ({ rows: count, sum }),
    files: () => kept
  }
})

/** No rejected line is longer: 4 KiB, escaped, and the reason. */
const rejectSize = 64 * 2 ** 10

/** Bytes of text that are loaded at once: for the engine, not less than a row group. */
const fileSize = 32 * 2 ** 20

interface TextFile {
  readonly path: string
  readonly file: FileSystem.File
}

type Open = (name: string) => Effect.Effect<TextFile, PlatformError, Scope.Scope>

interface Files<A> {
  readonly append: (added: A) => Effect.Effect<void>
  /** What was added last is in the engine's reach, too. */
  readonly finish: Effect.Effect<void>
}

/**
 * Text that goes to one file while another is loaded. Files are written over
 * again, which costs the system much less than new ones.
 */
const rejectFiles = Effect.fnUntraced(function* (
  open: Open,
  load: Load,
  queue: Queue.Enqueue<Written, Done>
): Effect.fn.Return<Files<Uint8Array>, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const turn = yield* Semaphore.make(1)
  const free = yield* Queue.unbounded<TextFile>()
  let opened = 0
  let current: TextFile | undefined
  let size = 0

  const next = Effect.gen(function* () {
    const found = yield* opened < filesInUse
      ? Effect.provideService(open(`rejects-${opened++}`), Scope.Scope, scope)
      : Queue.take(free)
    yield* found.file.seek(0n, "start")
    size = 0
    return found
  })

  const finish = Effect.gen(function* () {
    if (current === undefined) return
    const written = current
    current = undefined
    yield* written.file.truncate(size)
    yield* Queue.offer(queue, { load: load(written.path, rejectSize), free: Queue.offer(free, written) })
  }).pipe(Effect.orDie)

  const append = (added: Uint8Array) =>
    Effect.gen(function* () {
      current ??= yield* next
      yield* current.file.writeAll(added)
      size += added.length
      if (size >= fileSize) yield* finish
    }).pipe(Effect.orDie, turn.withPermit)

  return { append, finish }
})

/** One is written, one loaded, one in between. */
const filesInUse = 3

/** Columns that stay where they are written. */
const columnFiles = Effect.fnUntraced(function* (
  open: Open,
  frame: StagedColumns.Frame,
  scope: Scope.Scope,
  kept: Array<string>
): Effect.fn.Return<Files<StagedColumns.FullGroup>> {
  const turn = yield* Semaphore.make(1)
  let current: (TextFile & { readonly scope: Scope.Closeable }) | undefined
  let size = 0
  let groups: Array<StagedColumns.FramedGroup> = []
  /** Those that are too small to be on their own, and the buffers of their copies and of what they are joined to. */
  let small: Array<StagedColumns.FullGroup> = []
  let smallSize = 0
  let copies: Uint8Array = new Uint8Array()
  let join: Uint8Array = new Uint8Array()

  const next = Effect.gen(function* () {
    const ownScope = yield* Scope.fork(scope)
    const found = yield* Effect.provideService(open(`columns-${kept.length}`), Scope.Scope, ownScope)
    yield* found.file.writeAll(frame.head)
    size = frame.head.length
    groups = []
    return { ...found, scope: ownScope }
  })

  const write = Effect.fnUntraced(function* ({ columns, good, text }: StagedColumns.FullGroup) {
    current ??= yield* next
    yield* current.file.writeAll(text)
    groups.push({ offset: size, good, columns })
    size += text.length
  })

  const writeSmall = Effect.gen(function* () {
    if (small.length > 0) yield* write(StagedColumns.joined(small, join))
    small = []
    smallSize = 0
  })

  const keep = ({ columns, good, text }: StagedColumns.FullGroup): void => {
    if (copies.length === 0) {
      copies = new Uint8Array(largeGroup + smallGroup)
      join = new Uint8Array(copies.length)
    }
    copies.set(text, smallSize)
    small.push({ columns, good, text: copies.subarray(smallSize, smallSize + text.length) })
    smallSize += text.length
  }

  const finish = Effect.gen(function* () {
    yield* writeSmall
    if (current === undefined) return
    const { file, path, scope } = current
    current = undefined
    yield* file.writeAll(frame.tail(groups))
    yield* Scope.close(scope, Exit.void)
    kept.push(path)
  }).pipe(Effect.orDie)

  const append = ({ columns, good, text }: StagedColumns.FullGroup) =>
    Effect.gen(function* () {
      if (text.length >= smallGroup) yield* write({ columns, good, text })
      else {
        keep({ columns, good, text })
        if (smallSize >= largeGroup) yield* writeSmall
      }
      if (size >= columnFileSize) yield* finish
    }).pipe(Effect.orDie, turn.withPermit)

  return { append, finish }
})

/** Bytes of a row group that is on its own, and those that small ones are joined to. */
const smallGroup = 2 ** 19
const largeGroup = 2 ** 22

/** So that what is known of a file's row groups stays small. */
const columnFileSize = 256 * 2 ** 20

/** Below the engine's own, so that what a killed process leaves lies where it is looked for. */
const temporaryDirectory = Effect.fnUntraced(function* (fileSystem: FileSystem.FileSystem) {
  const db = yield* DuckDB
  const [settings] = yield* db.query(Sql.sql`SELECT current_setting('temp_directory') AS directory`)
  const directory = resolve(String(settings!.directory))
  yield* Effect.orDie(fileSystem.makeDirectory(directory, { recursive: true }))
  return yield* Effect.orDie(fileSystem.makeTempDirectoryScoped({ directory, prefix: "readers-" }))
})
