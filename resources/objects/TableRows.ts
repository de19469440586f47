/**
 * What the body of a table returned, as something to select from: its SQL, a
 * table of the engine that its rows were put into, or an input joined with its
 * further columns.
 */
import * as Effect from "effect/Effect"
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { InvalidOutput, WriteRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import * as Table from "../../runtime/definition/Table.ts"
import * as Columns from "../Columns.ts"
import { DuckDB, type Row } from "../DuckDB.ts"
import * as AddedColumns from "./AddedColumns.ts"
import * as Failure from "./Failure.ts"
import * as PartitionColumn from "./PartitionColumn.ts"

export interface Source {
  readonly sql: Sql.Sql
  /** Rows from JavaScript keep their order within a partition. */
  readonly isLoaded: boolean
  /** What was added to an input, if the rows are that. */
  readonly added?: AddedColumns.AddedColumns
}

/** The rows of the request; what a stream itself fails with passes through. */
export const source = Effect.fnUntraced(function* (
  request: WriteRequest,
  { row }: Table.TableSpec,
  columns: Columns.Columns
) {
  const { body } = request
  if (Sql.isSql(body)) return { sql: Sql.subquery(body), isLoaded: false } satisfies Source as Source
  if (Table.isWithColumns(body)) {
    const added = yield* AddedColumns.make(request, body)
    return { sql: AddedColumns.joined(body, added), isLoaded: false, added } satisfies Source as Source
  }
  const rows = Array.isArray(body) ? Stream.fromIterable<unknown>(body) : Stream.isStream(body) ? body : undefined
  if (rows === undefined) {
    return yield* Failure.invalid(
      request,
      "a table is SQL, an array of rows or a stream of rows, or an input with further columns"
    )
  }
  const db = yield* DuckDB
  const own = (rows as Stream.Stream<unknown, unknown>).pipe(Stream.mapError((error) => new StreamFailure({ error })))
  const relation = yield* db.load(loadedColumns(request, columns), encode(request, row, columns, own)).pipe(
    Effect.catchTags({
      StreamFailure: ({ error }) => Effect.fail(error as never),
      UnfitValue: ({ message }) => Effect.fail(Failure.invalid(request, message)),
      DuckDBError: (error) => Effect.fail(Failure.writing(request)(error))
    })
  )
  return { sql: relation.sql, isLoaded: true } satisfies Source as Source
})

/** Sets a stream's own failure apart from those of storing it. */
class StreamFailure extends Schema.TaggedError<StreamFailure>()("StreamFailure", { error: Schema.Unknown }) {}

const loadedColumns = (request: WriteRequest, columns: Columns.Columns) => {
  const own = columns.map((column) => ({ name: column.name, type: Columns.typeText(column) }))
  const hasKey = !request.partitioned || columns.some(({ name }) => name === PartitionColumn.name)
  return hasKey ? own : [...own, { name: PartitionColumn.name, type: "VARCHAR" }]
}

/** The rows as the engine takes them, each held to the schema. */
const encode = (
  request: WriteRequest,
  row: Table.TableSpec["row"],
  columns: Columns.Columns,
  rows: Stream.Stream<unknown, StreamFailure>
): Stream.Stream<Row, StreamFailure | InvalidOutput> =>
  Stream.suspend(() => {
    const encodeRow = rowEncoder(request, row, columns)
    let count = 0
    return Stream.mapArrayEffect(rows, (rows) => {
      const encoded = Result.all(
        rows.map((row) => {
          const number = count++
          return Result.mapError(encodeRow(row), (reason) => Failure.invalid(request, `row ${number}: ${reason}`))
        })
      )
      return Effect.fromResult(encoded as Result.Result<[Row, ...Array<Row>], InvalidOutput>)
    })
  })

const rowEncoder = (
  request: WriteRequest,
  row: Table.TableSpec["row"],
  columns: Columns.Columns
): ((row: unknown) => Result.Result<Row, string>) => {
  const encode = Columns.encoder(row, columns)
  const names = new Set([...columns.map(({ name }) => name), ...(request.partitioned ? [PartitionColumn.name] : [])])
  const addsKey = names.size > columns.length
  const onlyKey = PartitionColumn.isOne(request.partitions)
    ? request.keyOf(PartitionSet.first(request.partitions)!)
    : undefined
  return (row) => {
    if (!isObject(row)) return Result.fail(`${String(row)} is not an object`)
    for (const name in row) {
      if (!names.has(name)) return Result.fail(`"${name}" is not in the schema: add it there, or leave it out`)
    }
    const encoded = encode(row)
    return addsKey
      ? Result.map(encoded, (encoded) => ({ ...encoded, partition_key: row.partition_key ?? onlyKey }))
      : encoded
  }
}
