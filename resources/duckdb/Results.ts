/**
 * The rows of a result, chunk by chunk, as JavaScript objects.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBValue } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import type { Row } from "../DuckDB.ts"
import * as Connections from "./Connections.ts"
import * as Conversion from "./Conversion.ts"
import type { DuckDBError } from "./DuckDBError.ts"
import type { NodeApi } from "./NodeApi.ts"

/** Gives the next rows of the result each time; none at its end. Two columns of one name are told apart by `:1`. */
export const next = (
  api: NodeApi,
  connection: DuckDBConnection,
  statement: string,
  result: DuckDBResult
): Effect.Effect<ReadonlyArray<Row>, DuckDBError> => {
  const names = result.deduplicatedColumnNames()
  const readers = result.columnTypes().map((type) => Conversion.reader(api, type))
  return Effect.map(
    Connections.settle(connection, statement, () => result.fetchChunk()),
    (chunk) => (chunk !== null && chunk.rowCount > 0 ? rows(chunk, names, readers) : [])
  )
}

/** All rows; between chunks, everything else gets its turn. */
export const all = Effect.fnUntraced(function* (next: Effect.Effect<ReadonlyArray<Row>, DuckDBError>) {
  const rows: Array<Row> = []
  while (true) {
    const chunk = yield* next
    if (chunk.length === 0) return rows
    for (const row of chunk) rows.push(row)
  }
})

const rows = (
  chunk: DuckDBDataChunk,
  names: ReadonlyArray<string>,
  readers: ReadonlyArray<Conversion.Read>
): ReadonlyArray<Row> => {
  const rows: Array<Record<string, unknown>> = Array.from({ length: chunk.rowCount }, () => ({}))
  for (const [index, name] of names.entries()) {
    const read = readers[index] as ((value: DuckDBValue) => unknown) | undefined
    chunk.visitColumnValues(index, (value, row) => {
      rows[row]![name] = read ? read(value) : value
    })
  }
  return rows
}
