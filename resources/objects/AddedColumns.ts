/**
 * The rows of an input with further columns: files that hold rows of this step
 * and no others are copied, and the further columns appended to their row groups;
 * whatever else is selected and written like any other table.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { ReadRequest, WriteRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import type { WithColumns } from "../../runtime/definition/Table.ts"
import * as Columns from "../Columns.ts"
import { DuckDB } from "../DuckDB.ts"
import * as ColumnFiles from "../parquet/ColumnFiles.ts"
import * as Failure from "./Failure.ts"
import * as RowNumber from "./RowNumber.ts"
import * as TableReader from "./TableReader.ts"

export interface AddedColumns {
  /** The numbers of the rows, in order, and the columns. */
  readonly rows: Sql.Relation
  readonly names: ReadonlySet<string>
  readonly count: number
  /** Where the rows of the input lie, if that is known. */
  readonly input: ReadRequest | undefined
}

/** Computes the columns. They go with the scope. */
export const make = Effect.fn("AddedColumns.make")(
  function* (request: WriteRequest, { columns, table }: WithColumns) {
    const db = yield* DuckDB
    const found = yield* db.columns(sql`SELECT * FROM ${Sql.subquery(columns)}`)
    const names = found.map(({ name }) => name)
    if (!names.includes(RowNumber.name)) {
      const reason = `the query of further columns has no ${RowNumber.name}: select it from the table's "numbered"`
      return yield* Failure.invalid(request, reason)
    }
    const rows = yield* db.table(sql`SELECT * FROM ${Sql.subquery(columns)} ORDER BY ${Sql.identifier(RowNumber.name)}`)
    const [[expected], [given]] = yield* Effect.all([db.query(numbers(table.numbered)), db.query(numbers(rows))])
    if (expected!.count !== given!.count || expected!.sum !== given!.sum) {
      const reason = `further columns are given for ${given!.count} rows, not once for each of the ${expected!.count} rows of the table: give each ${RowNumber.name} once`
      return yield* Failure.invalid(request, reason)
    }
    return {
      rows,
      count: Number(given!.count),
      names: new Set(names.filter((name) => name !== RowNumber.name)),
      input: TableReader.isStored(table) ? table.stored : undefined
    } satisfies AddedColumns as AddedColumns
  },
  (effect, request) => Effect.catchTag(effect, "DuckDBError", (error) => Effect.fail(Failure.writing(request)(error)))
)

/** All of the table, as a query. */
export const joined = ({ table }: WithColumns, { rows }: AddedColumns): Sql.Sql => {
  const number = Sql.identifier(RowNumber.name)
  return sql`(SELECT i.* EXCLUDE (${number}), a.* EXCLUDE (${number})
    FROM ${table.numbered} AS i JOIN ${rows} AS a ON i.${number} = a.${number})`
}

/** The files of the input, if they can be copied: they hold what the table does besides, and nothing else. */
export const files = (
  request: WriteRequest,
  { count, input, names }: AddedColumns,
  columns: Columns.Columns
): ReadonlyArray<string> => {
  if (input === undefined || input.partitioned !== request.partitioned) return []
  const kept = columns.filter(({ name }) => !names.has(name))
  const pieces = input.pieces.filter(({ wanted }) => !PartitionSet.isEmpty(wanted))
  const areWhole = pieces.every(
    (piece) =>
      PartitionSet.isSubset(piece.partitions, piece.wanted) &&
      PartitionSet.isSubset(piece.wanted, request.partitions) &&
      PartitionSet.ordinals(piece.wanted).every((ordinal) => input.keyOf(ordinal) === request.keyOf(ordinal)) &&
      piece.columns.length === kept.length &&
      piece.columns.every(
        ({ name, nullable, type }, index) =>
          kept[index]!.name === name &&
          kept[index]!.shape.nullable === nullable &&
          Columns.typeText(kept[index]!) === type
      )
  )
  const files = pieces.flatMap(TableReader.tableFiles)
  const areSmall = count === 0 || (files.length > 1 && count / files.length < rowsOfAFile)
  return areWhole && !areSmall ? files : []
}

/** Many files of fewer rows are better written as one. */
const rowsOfAFile = 20_000

/** Copies the files, with the columns that are selected of `s` appended; a file without rows is left out. */
export const append = Effect.fn("AddedColumns.append")(function* (
  request: WriteRequest,
  { rows }: AddedColumns,
  files: ReadonlyArray<string>,
  selected: Sql.Sql
) {
  const db = yield* DuckDB
  const fileSystem = yield* FileSystem.FileSystem
  const done = Effect.mapError(Failure.writing(request))
  const number = Sql.identifier(RowNumber.name)
  const copied = yield* Effect.forEach(
    files,
    Effect.fnUntraced(function* (file, index) {
      const counts = yield* done(ColumnFiles.rowCounts(file))
      if (counts.length === 0) return []
      const name = `part-${index}.parquet`
      const path = `${request.directory}/${name}`
      yield* done(fileSystem.copyFile(file, path))
      const columns = yield* Effect.forEach(
        counts,
        Effect.fnUntraced(function* (count, group) {
          const start = counts.slice(0, group).reduce((sum, count) => sum + count, 0)
          const isOfGroup = RowNumber.between(index, start, start + count)
          const column = `${path}.${group}`
          yield* db.copy(
            sql`SELECT ${selected} FROM ${rows} AS s WHERE ${isOfGroup} ORDER BY s.${number}`,
            column,
            "row group"
          )
          return column
        }),
        { concurrency: 2 }
      )
      yield* done(ColumnFiles.append(path, columns))
      yield* done(Effect.forEach(columns, (column) => fileSystem.remove(column), { discard: true }))
      return [name]
    })
  )
  return copied.flat()
})

/** Numbers of rows as a multiset: how many, and the sum of their hashes. */
const numbers = (relation: Sql.Relation): Sql.Sql =>
  sql`SELECT count(*) AS count, sum(hash(${Sql.identifier(RowNumber.name)}::BIGINT)::HUGEINT) AS sum FROM ${relation}`
