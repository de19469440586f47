/**
 * The relation of a table's pieces: one scan for as many files as possible, with
 * the partitions that are not wanted excluded, every column in the type that the
 * schema says now.
 *
 * The relation holds no bound value, so that it can stand in a view. A column
 * that an object lacks is NULL where it is nullable, and one of a narrower type
 * is cast; any other difference is an error that names it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Piece, ReadRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import type { Table, TableSpec } from "../../runtime/definition/Table.ts"
import * as Columns from "../Columns.ts"
import { DuckDB, type Row } from "../DuckDB.ts"
import * as ColumnType from "../duckdb/ColumnType.ts"
import * as Failure from "./Failure.ts"
import * as PartitionColumn from "./PartitionColumn.ts"
import * as PieceGroup from "./PieceGroup.ts"
import * as QuarantineFile from "./QuarantineFile.ts"
import * as RowNumber from "./RowNumber.ts"

/** An object was written with a column that the schema cannot read any more. */
export class IncompatibleColumn extends Schema.TaggedError<IncompatibleColumn>()("IncompatibleColumn", {
  column: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `column "${this.column}" ${this.reason}: materialize these partitions again`
  }
}

/** The table in parentheses, with `partition_key` last where the asset has partitions. */
export const relation = (request: ReadRequest, spec: TableSpec): Result.Result<Sql.Sql, Unreadable> =>
  select(request, spec, false)

type Unreadable = Columns.UnsupportedColumn | IncompatibleColumn

/** With the numbers of the rows last, if asked for. */
const select = (request: ReadRequest, { row }: TableSpec, isNumbered: boolean): Result.Result<Sql.Sql, Unreadable> =>
  Result.gen(function* () {
    const declared = yield* Columns.make(row)
    const columns = request.partitioned ? declared.filter(({ name }) => name !== PartitionColumn.name) : declared
    const pieces = request.pieces.filter(({ wanted }) => !PartitionSet.isEmpty(wanted))
    if (pieces.length === 0) return emptyRelation(request, columns, isNumbered)
    const groups = PieceGroup.make(pieces)
    const scans = yield* Result.all(
      groups.map((group, index) => {
        const before = groups.slice(0, index).flatMap(({ pieces }) => pieces)
        return scan(request, columns, group, isNumbered ? [RowNumber.column(before.flatMap(tableFiles).length)] : [])
      })
    )
    const union = Sql.join(scans, " UNION ALL ")
    if (!request.partitioned) return sql`(${union})`
    const { join, key } = PartitionColumn.toKeys(request, PartitionSet.unionAll(pieces.map(({ wanted }) => wanted)))
    const names = columns.map(({ name }) => sql`p.${Sql.identifier(name)}`)
    const number = isNumbered ? [sql`p.${Sql.identifier(RowNumber.name)}`] : []
    const selected = [...names, sql`${key} AS partition_key`, ...number]
    return sql`(SELECT ${Sql.join(selected, ", ")} FROM (${union}) AS p ${join})`
  })

/** The files of a piece that hold its table. */
export const tableFiles = ({ directory, files }: Piece): ReadonlyArray<string> =>
  files.filter((file) => file !== QuarantineFile.name).map((file) => `${directory}/${file}`)

/** The handle of the table. */
export const read = Effect.fn("TableReader.read")(function* (request: ReadRequest, spec: TableSpec) {
  const db = yield* DuckDB
  const failed = Failure.reading(request)
  const relationSql = yield* Effect.mapError(Effect.fromResult(relation(request, spec)), failed)
  const columns = yield* Effect.mapError(Effect.fromResult(Columns.make(spec.row)), failed)
  const decode: (row: Row) => Result.Result<unknown, string> = Columns.decoder(spec.row, columns)
  const decodeAll = (rows: ReadonlyArray<Row>) =>
    Effect.mapError(Effect.fromResult(Result.all(rows.map(decode)) as unknown as Decoded), failed)
  const rows = db
    .stream(sql`SELECT * FROM ${relationSql}`)
    .pipe(Stream.mapError(failed), Stream.mapArrayEffect(decodeAll))
  const handle: StoredTable = {
    sql: relationSql,
    // Few bodies ask for it, and what can be read without numbers can be read with them.
    get numbered() {
      return { sql: Result.getOrThrow(select(request, spec, true)) }
    },
    rows,
    collect: Stream.runCollect(rows),
    stored: request
  }
  return handle
})

/** A handle that tells where its rows lie. */
export interface StoredTable extends Table<unknown> {
  readonly stored: ReadRequest
}

export const isStored = (table: Table<unknown>): table is StoredTable => "stored" in table

/** As many rows as were given, which is at least one in a stream. */
type Decoded = Result.Result<readonly [unknown, ...Array<unknown>], string>

const scan = (
  { partitioned }: ReadRequest,
  columns: Columns.Columns,
  group: PieceGroup.PieceGroup,
  number: ReadonlyArray<Sql.Sql>
): Result.Result<Sql.Sql, IncompatibleColumn> =>
  Result.map(Result.all(columns.map((column) => readColumn(column, group.columns))), (selected) => {
    const key = partitioned ? [Sql.identifier(PartitionColumn.name)] : []
    return PieceGroup.scan(group, [...selected, ...key, ...number], tableFiles)
  })

/** The column as the schema has it now, from a column that was written before. */
const readColumn = (column: Columns.Column, stored: Piece["columns"]): Result.Result<Sql.Sql, IncompatibleColumn> => {
  const name = column.name
  const found = stored.find((other) => other.name === name)
  const fail = (reason: string) => Result.fail(new IncompatibleColumn({ column: name, reason }))
  if (found === undefined) {
    return column.shape.nullable ? Result.succeed(nullColumn(column)) : fail("was not stored yet and may not be NULL")
  }
  const type = ColumnType.parse(found.type)
  const expected = Columns.typeText(column)
  if (type === undefined || !ColumnType.widens(column.shape.type, type)) {
    return fail(`was stored as ${found.type} and is ${expected} now`)
  }
  if (found.nullable && !column.shape.nullable) return fail("was stored with NULLs allowed and may not be NULL now")
  return Result.succeed(sql`CAST(${Sql.identifier(name)} AS ${Sql.literal(expected)}) AS ${Sql.identifier(name)}`)
}

const nullColumn = (column: Columns.Column): Sql.Sql =>
  sql`CAST(NULL AS ${Sql.literal(Columns.typeText(column))}) AS ${Sql.identifier(column.name)}`

const emptyRelation = ({ partitioned }: ReadRequest, columns: Columns.Columns, isNumbered: boolean): Sql.Sql => {
  const key = partitioned ? [sql`CAST(NULL AS VARCHAR) AS partition_key`] : []
  const number = isNumbered ? [sql`CAST(NULL AS BIGINT) AS ${Sql.identifier(RowNumber.name)}`] : []
  return sql`(SELECT ${Sql.join([...columns.map(nullColumn), ...key, ...number], ", ")} WHERE false)`
}
