/**
 * Tables that are made of numbers of the engine in JavaScript: rows of a query
 * go in by columns, as many rows of other columns come out, in the same order.
 *
 * Columns are the bytes of their values, as typed arrays hold them, so a row
 * costs nothing but what is done with it. NULLs cannot be told.
 */
import type { DuckDBDataChunk, DuckDBVector } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as Sql from "../../runtime/definition/Sql.ts"
import type { Column } from "../DuckDB.ts"
import * as Binding from "./Binding.ts"
import { type Connections, settle } from "./Connections.ts"
import * as DuckDBError from "./DuckDBError.ts"

export interface Derivation {
  /** Those of the table, all numbers. */
  readonly columns: ReadonlyArray<Column>
  /** Takes the next rows, a few thousand at most; the bytes are good until it returns. */
  readonly take: (rows: number, columns: ReadonlyArray<Uint8Array>) => void
  /** What is made of all rows taken. */
  readonly give: () => ReadonlyArray<Uint8Array>
}

/** Appends what is made of the query to the table, which has the columns of the derivation. */
export const append = Effect.fnUntraced(function* (
  connections: Connections,
  table: string,
  query: Sql.Sql,
  derivation: Derivation
) {
  const rows = yield* takeAll(connections, query, derivation)
  const made = derivation.give()
  const { api, own } = connections
  const connection = yield* own
  const failure = DuckDBError.of(`append to ${table}`)
  const appender = yield* Effect.tryPromise({ try: () => connection.createAppender(table), catch: failure })
  const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index))
  let chunk: DuckDBDataChunk | undefined
  const appendChunk = (start: number) => {
    const count = Math.min(chunkSize, rows - start)
    // Making one is what costs: all but the last are as large as the one before.
    if (chunk?.rowCount !== count) chunk = api.DuckDBDataChunk.create(types, count)
    for (const [index, values] of made.entries()) {
      const size = values.length / rows
      const vector = chunk.getColumnVector(index)
      bytes(vector).set(values.subarray(start * size, (start + count) * size))
      vector.flush()
    }
    appender.appendDataChunk(chunk)
  }
  for (let start = 0; start < rows; start += chunkSize) {
    yield* Effect.try({ try: () => appendChunk(start), catch: failure })
    yield* Effect.yieldNow
  }
  yield* Effect.try({ try: () => appender.closeSync(), catch: failure })
}, Effect.scoped)

/** The most that a DuckDB data chunk holds. */
const chunkSize = 2048

const takeAll = Effect.fnUntraced(function* (
  { api, own, permitted }: Connections,
  query: Sql.Sql,
  { take }: Derivation
) {
  const connection = yield* own
  const { text } = Sql.compile(query)
  const { types, values } = Binding.make(api, query)
  const result = yield* permitted(settle(connection, text, () => connection.stream(text, values, types)))
  let rows = 0
  for (;;) {
    const chunk = yield* permitted(settle(connection, text, () => result.fetchChunk()))
    if (chunk === null || chunk.rowCount === 0) return rows
    const columns = Array.from({ length: chunk.columnCount }, (_, index) => bytes(chunk.getColumnVector(index)))
    take(chunk.rowCount, columns)
    rows += chunk.rowCount
    // The collector takes memory of the engine for its own, and would look for more of it after every few chunks.
    for (const { buffer } of columns) buffer.transfer(0)
  }
}, Effect.scoped)

/** Those that a vector of numbers keeps its values in; its type does not show them. */
const bytes = (vector: DuckDBVector): Uint8Array<ArrayBuffer> => {
  const { items } = vector as unknown as { readonly items: Float64Array<ArrayBuffer> }
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength)
}
