/**
 * Tables that are made of numbers of the engine in JavaScript: rows of a query
 * go in by columns, as many rows of other columns come out, in the same order.
 *
 * Columns are the bytes of their values, as typed arrays hold them, so a row
 * costs nothing but what is done with it. NULLs cannot be told.
 */
import type { DuckDBVector } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import * as Sql from "../../runtime/definition/Sql.ts"
import type { Column } from "../DuckDB.ts"
import * as Binding from "./Binding.ts"
import { type Connections, settle } from "./Connections.ts"
import * as DuckDBError from "./DuckDBError.ts"

export interface Derivation<E> {
  /** Those of the table, all numbers. */
  readonly columns: ReadonlyArray<Column>
  /** What is made of so many rows, 2,048 at most; the bytes are good until the next ones are asked for. */
  readonly make: (rows: number, columns: ReadonlyArray<Uint8Array>) => Result.Result<ReadonlyArray<Uint8Array>, E>
}

/** Appends what is made of the query to the table, which has the columns of the derivation. */
export const append = Effect.fnUntraced(function* <E>(
  { api, own, permitted }: Connections,
  table: string,
  query: Sql.Sql,
  { make }: Derivation<E>
) {
  const reader = yield* own
  const writer = yield* own
  const { text } = Sql.compile(query)
  const failure = DuckDBError.of(`append to ${table}`)
  const read = <A>(start: () => Promise<A>) => permitted(settle(reader, text, start))
  const result = yield* read(() => {
    const { types, values } = Binding.make(api, query)
    return reader.stream(text, values, types)
  })
  const appender = yield* Effect.tryPromise({ try: () => writer.createAppender(table), catch: failure })
  const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index))
  for (;;) {
    const chunk = yield* read(() => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) break
    const rows = chunk.rowCount
    const given = Array.from({ length: chunk.columnCount }, (_, index) => bytes(chunk.getColumnVector(index)))
    const made = yield* Effect.fromResult(make(rows, given))
    const append = () => {
      const out = api.DuckDBDataChunk.create(types, rows)
      for (const [index, values] of made.entries()) {
        const vector = out.getColumnVector(index)
        bytes(vector).set(values)
        vector.flush()
      }
      appender.appendDataChunk(out)
    }
    yield* Effect.try({ try: append, catch: failure })
  }
  yield* Effect.try({ try: () => appender.closeSync(), catch: failure })
}, Effect.scoped)

/** Those that a vector of numbers keeps its values in; its type does not show them. */
const bytes = (vector: DuckDBVector): Uint8Array => {
  const { items } = vector as unknown as { readonly items: Float64Array<ArrayBuffer> }
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength)
}
