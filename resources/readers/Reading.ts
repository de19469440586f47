/**
 * Reads landed files into tables of the engine: every row that is good, every
 * line that is not, and how many there were of each.
 *
 * Files are judged block by block. Good rows are staged, as columns that the
 * engine reads wherever they are used. A row is found again by its ordinal, so
 * no order of anything matters, and rows of a refused file are left out by
 * leaving out its blocks.
 */
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { columns as quarantineColumns } from "../../runtime/definition/Quarantine.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { DuckDB, type DuckDBError } from "../DuckDB.ts"
import * as ColumnLayout from "./ColumnLayout.ts"
import { type FileRefused, FilesRefused } from "./FileRefused.ts"
import * as JudgePool from "./JudgePool.ts"
import type { Landed } from "./LandedFile.ts"
import type { Limits } from "./Limits.ts"
import * as LineBlock from "./LineBlock.ts"
import type * as LineJudge from "./LineJudge.ts"
import * as JudgedFile from "./JudgedFile.ts"
import { RowsMisread } from "./RowsMisread.ts"
import type { Struct } from "./RowShape.ts"
import * as StagedColumns from "./StagedColumns.ts"
import * as StagedJson from "./StagedJson.ts"
import * as Staging from "./Staging.ts"

/** What became of the files. The relations live as long as the scope in which they were read. */
export interface Reading {
  /** The declared columns, and `partition_key`, `file` and `line`. In no order. */
  readonly rows: Sql.Relation
  /** The columns of `Quarantine`. */
  readonly quarantine: Sql.Relation
  readonly counts: LineBlock.Counts
  /** Of each file that was read, in the order of the files. */
  readonly files: ReadonlyArray<{
    readonly file: string
    readonly partitionKey: string
    readonly counts: LineBlock.Counts
  }>
  /** Files of which nothing was used, in the order of the files. */
  readonly refused: ReadonlyArray<FileRefused>
}

export interface Options {
  readonly files: ReadonlyArray<Landed>
  readonly row: Struct
  /** Of the columns, as the table has them. */
  readonly types: ReadonlyArray<string>
  readonly rules: LineJudge.Rules
  readonly limits: Limits
  /** `fail` refuses all files with the first one that is refused; `skip` goes on without it. */
  readonly onRefused: "fail" | "skip"
}

export const read = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Reading, DuckDBError | FilesRefused, DuckDB | Scope> {
  const db = yield* DuckDB
  const layout = ColumnLayout.make(options.row)
  const ordinal = Sql.identifier(layout.leaves[0]!.path[0]!)
  const rejects = yield* db.table(noRejects)
  const staging = yield* Staging.make(StagedColumns.frame(layout), (path, longest) =>
    db.run(Sql.sql`INSERT INTO ${rejects} ${stagedRejects(path, longest)}`)
  )
  const judged = yield* Effect.scoped(judge(options, staging))
  const files = staging.files()
  const staged: Sql.Relation = isFilled(files) ? StagedColumns.relation(files) : { sql: noRows(options, ordinal) }
  yield* proveRead(staging, staged, ordinal)
  const refused = judged.flatMap((file) => (file._tag === "Refused" ? [file.error] : []))
  const accepted = judged.flatMap((file) => (file._tag === "Accepted" ? [file] : []))
  if (options.onRefused === "fail" && isFilled(refused)) {
    return yield* new FilesRefused({ refused, files: options.files.length })
  }
  const blocks = yield* db
    .load(blockColumns, Stream.fromIterable(accepted.flatMap(JudgedFile.blockRows)))
    .pipe(Effect.catchTag("UnfitValue", Effect.die))
  const columns = Sql.join(
    options.row.fields.map(({ name }, index) => {
      const column = Sql.identifier(name)
      return Sql.sql`CAST(r.${column} AS ${Sql.literal(options.types[index]!)}) AS ${column}`
    }),
    ", "
  )
  return {
    rows: {
      sql: Sql.sql`(SELECT ${columns}, b.partition_key, b.file, b.line + ${lineOf(ordinal)} AS line FROM ${staged} r JOIN ${blocks} b ON b.block = ${blockOf(ordinal)})`
    },
    quarantine: yield* db.table(quarantined(rejects, blocks)),
    counts: accepted.map((file) => file.counts).reduce(LineBlock.add, LineBlock.none),
    files: accepted.map(({ file, counts }) => ({
      file: file.name,
      partitionKey: file.partition?.key ?? "",
      counts
    })),
    refused
  }
})

/** Judges all files, and stages their good rows and their bad lines. */
const judge = Effect.fnUntraced(function* (options: Options, staging: Staging.Staging) {
  const pool = yield* JudgePool.make(options.rules, expectedBytes(options.files))
  const court = { ...options, pool, staging, nextBlock: JudgedFile.blockNumbers() }
  return yield* staging.during(
    Effect.forEach(options.files, (file) => JudgedFile.judge(file, court), { concurrency: 2 * pool.size })
  )
})

/** What the engine reads is what was judged. */
const proveRead = Effect.fnUntraced(function* (staging: Staging.Staging, staged: Sql.Relation, ordinal: Sql.Sql) {
  const line = lineOf(ordinal)
  const [found] = yield* DuckDB.use((db) =>
    db.query(Sql.sql`SELECT count(*) AS rows, coalesce(sum(${line}), 0) AS sum FROM ${staged}`)
  )
  const expected = staging.added()
  if (BigInt(String(found!.rows)) !== BigInt(expected.rows) || BigInt(String(found!.sum)) !== expected.sum) {
    return yield* Effect.die(
      new RowsMisread({
        judged: `${expected.rows} rows (${expected.sum})`,
        loaded: `${found!.rows} (${found!.sum})`
      })
    )
  }
})

/** Compressed text is taken for six times its size. */
const expectedBytes = (files: ReadonlyArray<Landed>): number =>
  files.reduce((sum, file) => sum + (file.size ?? 2 ** 20) * (file.name.endsWith(".gz") ? 6 : 1), 0)

const isFilled = <A>(list: ReadonlyArray<A>): list is readonly [A, ...Array<A>] => list.length > 0

const noRows = ({ row, types }: Options, ordinal: Sql.Sql): Sql.Sql => {
  const columns = row.fields.map(
    ({ name }, index) => Sql.sql`CAST(NULL AS ${Sql.literal(types[index]!)}) AS ${Sql.identifier(name)}`
  )
  return Sql.sql`(SELECT CAST(NULL AS BIGINT) AS ${ordinal}, ${Sql.join(columns, ", ")} WHERE false)`
}

const noRejects = Sql.sql`SELECT CAST(NULL AS BIGINT) AS ordinal, CAST(NULL AS BIGINT) AS "offset", CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS raw WHERE false`

const stagedRejects = (path: string, longest: number): Sql.Sql =>
  StagedJson.query(path, longest, [
    ["ordinal", "BIGINT"],
    ["offset", "BIGINT"],
    ["reason", "VARCHAR"],
    ["raw", "VARCHAR"]
  ])

const blockColumns = [
  { name: "block", type: "BIGINT" },
  { name: "partition_key", type: "VARCHAR" },
  { name: "file", type: "VARCHAR" },
  { name: "line", type: "BIGINT" },
  { name: "byte_offset", type: "BIGINT" }
]

const blockOf = (ordinal: Sql.Sql): Sql.Sql => Sql.sql`(${ordinal} >> ${Sql.literal(String(LineBlock.lineBits))})`

const lineOf = (ordinal: Sql.Sql): Sql.Sql =>
  Sql.sql`(${ordinal} & ${Sql.literal(String(2 ** LineBlock.lineBits - 1))})`

const quarantined = (rejects: Sql.Relation, blocks: Sql.Relation): Sql.Sql => {
  const values: Readonly<Record<keyof typeof quarantineColumns, Sql.Sql>> = {
    partition_key: Sql.sql`b.partition_key`,
    file: Sql.sql`b.file`,
    line: Sql.sql`b.line + ${lineOf(Sql.sql`q.ordinal`)}`,
    byte_offset: Sql.sql`b.byte_offset + q."offset"`,
    reason: Sql.sql`q.reason`,
    raw: Sql.sql`q.raw`
  }
  const columns = Object.entries(values).map(([name, value]) => Sql.sql`${value} AS ${Sql.identifier(name)}`)
  return Sql.sql`SELECT ${Sql.join(columns, ", ")} FROM ${rejects} q JOIN ${blocks} b ON b.block = ${blockOf(Sql.sql`q.ordinal`)} ORDER BY b.file, 3`
}
