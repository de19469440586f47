/**
 * Files that the engine reads where they lie, because every line of them is a
 * good row that reads to the engine as it is written.
 *
 * They are judged to the end first, then read in groups, and found unchanged
 * after that. The engine keeps rows in the order of files and lines, so a row's
 * place in the table tells its line, and no text is written. A file of which
 * one line is otherwise is left to be staged.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Sql from "../../runtime/definition/Sql.ts"
import { DuckDB, type DuckDBError } from "../DuckDB.ts"
import type { FileRefused } from "./FileRefused.ts"
import type { JudgePool } from "./JudgePool.ts"
import type { Accepted, JudgedFile } from "./JudgedFile.ts"
import type { Landed } from "./LandedFile.ts"
import type { Limits } from "./Limits.ts"
import * as LineBlock from "./LineBlock.ts"
import * as LineBlocks from "./LineBlocks.ts"
import { RowsMisread } from "./RowsMisread.ts"
import * as TextSource from "./TextSource.ts"

/** Files that the engine reads with one statement, in their order. */
export interface PlacedText {
  readonly paths: ReadonlyArray<string>
  /** Bytes of the longest row. */
  readonly longest: number
  /** The number of the first file; the others follow. */
  readonly first: number
}

export interface Options {
  readonly pool: JudgePool
  readonly limits: Limits
  /** A table of the number of a row's file, and its columns. */
  readonly table: Sql.Relation
  /** The column of the numbers. */
  readonly number: Sql.Sql
  /** A query of the numbers of the files, and of the columns. */
  readonly query: (text: PlacedText) => Sql.Sql
}

/** What became of each file; `undefined` for one that has to be staged. */
export type Outcome = JudgedFile | undefined

/** Judges and reads the files that can be read where they lie. */
export const read = Effect.fnUntraced(function* (
  files: ReadonlyArray<Landed>,
  options: Options
): Effect.fn.Return<ReadonlyArray<Outcome>, DuckDBError, DuckDB> {
  const loading = yield* Semaphore.make(1)
  let tried = 0
  let stood = 0
  let numbered = 0
  /** Where one file has a line that is otherwise, most have: reading them twice is not worth it. */
  const isWorthTrying = () => tried - stood < 8 || 2 * stood > tried

  const tryOne = (file: Landed): Effect.Effect<Judged | JudgedFile | undefined, never, Scope> =>
    !isNamedPlainly(file) || !isWorthTrying()
      ? Effect.undefined
      : judge(file, options).pipe(
          Effect.tap((found) =>
            Effect.sync(() => {
              tried++
              if (found !== undefined) stood++
            })
          ),
          Effect.catchTag("FileRefused", (error) => Effect.succeed(refused(error)))
        )

  const readGroup = Effect.fnUntraced(function* (group: ReadonlyArray<Landed>) {
    const found = yield* Effect.forEach(group, tryOne, { concurrency: 2 * options.pool.size })
    const judged = found.filter((file) => file?._tag === "Judged")
    const loaded = yield* loading.withPermit(
      Effect.suspend(() => {
        const first = numbered
        numbered += judged.length
        return load(judged, first, options)
      })
    )
    return found.map((file): Outcome => (file?._tag === "Judged" ? loaded[judged.indexOf(file)] : file))
  }, Effect.scoped)

  // While one group is loaded, the next one is judged.
  return (yield* Effect.forEach(groups(files), readGroup, { concurrency: 2 })).flat()
})

/** The table of a file's numbers, for `Reading` to join rows with. */
export const fileRows = (self: Accepted): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  self.place === undefined
    ? []
    : [
        {
          number: BigInt(self.place.number),
          partition_key: self.file.partition?.key ?? "",
          file: self.file.name,
          line: BigInt(self.place.line)
        }
      ]

/** A file of good rows as they are written; it is open. */
interface Judged {
  readonly _tag: "Judged"
  readonly file: Landed
  readonly counts: LineBlock.Counts
  readonly longest: number
  /** Lines before the first row. */
  readonly above: number
  readonly unchanged: Effect.Effect<void, FileRefused>
}

const judge = Effect.fnUntraced(function* (
  file: Landed,
  { limits, pool }: Options
): Effect.fn.Return<Judged | undefined, FileRefused, Scope> {
  const source = yield* TextSource.open(file, limits)
  const lineBlocks = LineBlocks.from(source, limits, pool.allocate)
  let counts = LineBlock.none
  let longest = 0
  let above = 0
  let asWritten = true
  const next = Effect.suspend(() => (asWritten ? lineBlocks.next : Effect.undefined))
  const pieces = Stream.unfold(undefined, () =>
    Effect.map(next, (piece) => (piece === undefined ? undefined : ([piece, undefined] as const)))
  )
  const judgePiece = (piece: LineBlocks.Piece) => {
    if (piece._tag === "Overlong" || (piece.isFirst && piece.offset > 0)) {
      asWritten = false
      return Effect.void
    }
    const { bytes, isFirst, isLast } = piece
    return pool.judge({ bytes, index: 0, isFirst, isLast, inPlace: true }, ({ verdict }) =>
      Effect.sync(() => {
        if (verdict.asWritten !== true) asWritten = false
        counts = LineBlock.add(counts, verdict)
        longest = Math.max(longest, verdict.longest)
        above += verdict.height - verdict.good
      })
    )
  }
  yield* Stream.runDrain(Stream.mapEffect(pieces, judgePiece, { concurrency: pool.size, unordered: true }))
  return asWritten && counts.good > 0
    ? { _tag: "Judged", file, counts, longest, above, unchanged: source.unchanged }
    : undefined
})

/** Has the engine read the files, and proves that it read what was judged. */
const load = Effect.fnUntraced(function* (
  judged: ReadonlyArray<Judged>,
  first: number,
  { number, query, table }: Options
): Effect.fn.Return<ReadonlyArray<Outcome>, DuckDBError, DuckDB> {
  if (judged.length === 0) return []
  const db = yield* DuckDB
  const paths = judged.map(({ file }) => file.path)
  const longest = Math.max(...judged.map((file) => file.longest))
  const read = yield* Effect.result(db.run(Sql.sql`INSERT INTO ${table} ${query({ paths, longest, first })}`))
  const changed = yield* Effect.forEach(judged, ({ unchanged }) => Effect.result(unchanged))
  const refusals = changed.map((result) => (Result.isFailure(result) ? refused(result.failure) : undefined))
  if (Result.isFailure(read)) {
    if (refusals.every((refusal) => refusal === undefined)) return yield* read.failure
    return refusals
  }
  const found = yield* db.query(
    Sql.sql`SELECT ${number} AS number, count(*) AS rows, min(rowid) AS first, max(rowid) AS last FROM ${table} WHERE ${number} >= ${first} GROUP BY ALL`
  )
  const places = new Map(found.map((row) => [Number(row.number), row]))
  return yield* Effect.forEach(judged, (file, index): Effect.Effect<Outcome> => {
    const refusal = refusals[index]
    if (refusal !== undefined) return Effect.succeed(refusal)
    const place = places.get(first + index)
    const [rows, start, end] = [place?.rows, place?.first, place?.last].map(Number)
    if (rows !== file.counts.good || end! - start! + 1 !== rows) {
      return Effect.die(
        new RowsMisread({
          judged: `${file.counts.good} rows of ${file.file.name}`,
          loaded: `${rows} from ${start} to ${end}`
        })
      )
    }
    return Effect.succeed({
      _tag: "Accepted",
      file: file.file,
      counts: file.counts,
      blocks: [],
      place: { number: first + index, line: file.above + 1 - start! }
    })
  })
})

const refused = (error: FileRefused): JudgedFile => ({ _tag: "Refused", error })

/** Compressed text is not read in place, and other names mean several files to the engine. */
const isNamedPlainly = ({ name, path }: Landed): boolean => !/\.gz$/i.test(name) && !/[*?[\]{}]/.test(path)

/** Files that follow one another, to be read with one statement. */
const groups = (files: ReadonlyArray<Landed>): ReadonlyArray<ReadonlyArray<Landed>> => {
  const made: Array<Array<Landed>> = []
  let bytes = Infinity
  for (const file of files) {
    if (bytes > groupBytes || made.at(-1)!.length === groupFiles) {
      made.push([])
      bytes = 0
    }
    made.at(-1)!.push(file)
    bytes += file.size ?? 0
  }
  return made
}

/** So much is read at once; for the engine, not less than a row group. */
const groupBytes = 64 * 2 ** 20

/** All files of a group are open together. */
const groupFiles = 128
