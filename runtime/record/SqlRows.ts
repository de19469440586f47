/**
 * Many rows in few statements.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"

export type Row = Readonly<Record<string, string | number | null | Uint8Array>>

/** Inserts rows of the same columns; `onConflict` says what to do with those that are there. */
export const insert = (
  sql: SqlClient,
  table: string,
  rows: ReadonlyArray<Row>,
  onConflict: Fragment = sql.literal("")
): Effect.Effect<void, SqlError> =>
  Effect.forEach(chunks(rows), (chunk) => sql`INSERT INTO ${sql(table)} ${sql.insert(chunk)} ${onConflict}`, {
    discard: true
  })

/** Runs a statement for lists that together hold all the values. */
export const forEachChunk = <A extends string | number>(
  values: ReadonlyArray<A>,
  statement: (values: ReadonlyArray<A>) => Effect.Effect<unknown, SqlError>
): Effect.Effect<void, SqlError> => Effect.forEach(chunks(values), statement, { discard: true })

/** 50 rows a statement are as fast as it gets, and far from every database's limit of parameters. */
const chunks = <A>(all: ReadonlyArray<A>): ReadonlyArray<readonly [A, ...Array<A>]> =>
  Array.from({ length: Math.ceil(all.length / 50) }, (_, index) => {
    const [head, ...tail] = all.slice(index * 50, (index + 1) * 50)
    return [head!, ...tail]
  })
