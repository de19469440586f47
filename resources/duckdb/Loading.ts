/**
 * Puts rows that come from JavaScript into a table, by chunks of DuckDB's own
 * size: what is in JavaScript at any time is one chunk of rows.
 */
import type { DuckDBAppender, DuckDBType, DuckDBValue } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Row } from "../DuckDB.ts"
import type { Connections } from "./Connections.ts"
import * as Conversion from "./Conversion.ts"
import * as DuckDBError from "./DuckDBError.ts"
import type { NodeApi } from "./NodeApi.ts"

/** A row from JavaScript holds a value that its column cannot. */
export class UnfitValue extends Schema.TaggedError<UnfitValue>()("UnfitValue", {
  column: Schema.String,
  /** Counted from 0. */
  row: Schema.Int,
  reason: Schema.String
}) {
  override get message() {
    return `column "${this.column}" of row ${this.row}: ${this.reason}`
  }
}

/** Appends all rows to the table, which has these columns. */
export const append = Effect.fnUntraced(function* <E, R>(
  { api, own }: Connections,
  table: string,
  columns: ReadonlyArray<string>,
  rows: Stream.Stream<Row, E, R>
) {
  const connection = yield* own
  const failure = DuckDBError.of(`append to ${table}`)
  const appender = yield* Effect.tryPromise({ try: () => connection.createAppender(table), catch: failure })
  const types = columns.map((_, index) => appender.columnType(index))
  const writes = types.map((type) => Conversion.writer(api, type))
  let before = 0
  yield* Stream.runForEachArray(
    Stream.rechunk(rows, chunkSize),
    Effect.fnUntraced(function* (rows) {
      const chunk = yield* Effect.forEach(columns, (column, index) => values(rows, column, writes[index]!, before))
      yield* Effect.try({ try: () => appendChunk(api, appender, types, chunk), catch: failure })
      before += rows.length
      yield* Effect.yieldNow
    })
  )
  yield* Effect.try({ try: () => appender.closeSync(), catch: failure })
}, Effect.scoped)

/** The most that a DuckDB data chunk holds. */
const chunkSize = 2048

const values = (
  rows: ReadonlyArray<Row>,
  column: string,
  write: Conversion.Write,
  before: number
): Effect.Effect<ReadonlyArray<DuckDBValue>, UnfitValue> => {
  let row = before
  return Effect.try({
    try: () =>
      rows.map((values) => {
        const value = write(values[column])
        row++
        return value
      }),
    catch: (cause) => new UnfitValue({ column, row, reason: cause instanceof Error ? cause.message : String(cause) })
  })
}

const appendChunk = (
  api: NodeApi,
  appender: DuckDBAppender,
  types: ReadonlyArray<DuckDBType>,
  columns: ReadonlyArray<ReadonlyArray<DuckDBValue>>
): void => {
  const chunk = api.DuckDBDataChunk.create(types, columns[0]?.length ?? 0)
  chunk.setColumns(columns)
  appender.appendDataChunk(chunk)
}
