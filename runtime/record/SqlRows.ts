/**
 * Many rows in few statements. Texts of the tables that are read by people are
 * kept without secrets.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Secrets } from "./Secrets.ts"

export type Row = Readonly<Record<string, string | number | null | Uint8Array>>

/** Inserts rows of the same columns in the same order; `onConflict` says what to do with those that are there. */
export const insert = (
  sql: SqlClient,
  table: string,
  rows: ReadonlyArray<Row>,
  onConflict = ""
): Effect.Effect<void, SqlError> =>
  Effect.flatMap(Secrets, ({ scrub }) =>
    Effect.forEach(
      chunks(scrubbed.has(table) ? rows.map((row) => withoutSecrets(row, scrub)) : rows),
      (chunk) => sql.unsafe(textOf(sql, table, chunk, onConflict), valuesOf(chunk)),
      { discard: true }
    )
  )

const valuesOf = (rows: ReadonlyArray<Row>): ReadonlyArray<unknown> => {
  const values: Array<unknown> = []
  for (const row of rows) for (const column in row) values.push(row[column])
  return values
}

/** The statement, compiled once for a number of rows. */
const textOf = (sql: SqlClient, table: string, rows: readonly [Row, ...Array<Row>], onConflict: string): string => {
  const known = texts.get(sql) ?? new Map<string, string>()
  texts.set(sql, known)
  const key = `${rows.length} ${table} ${Object.keys(rows[0])} ${onConflict}`
  const text =
    known.get(key) ?? sql`INSERT INTO ${sql(table)} ${sql.insert(rows)} ${sql.literal(onConflict)}`.compile()[0]
  known.set(key, text)
  return text
}

const texts = new WeakMap<SqlClient, Map<string, string>>()

/** What happened, in words; other tables say what is decided by. */
const scrubbed: ReadonlySet<string> = new Set(["event", "attempt", "check_result"])

const withoutSecrets = (row: Row, scrub: (text: string) => string): Row => {
  let clean = row
  for (const name in row) {
    const value = row[name]
    const text = typeof value === "string" ? scrub(value) : value
    if (text !== value) clean = { ...clean, [name]: text! }
  }
  return clean
}

/** All rows of a query that is asked for lists which together hold all the values. */
export const selectChunks = <A extends string | number, B>(
  values: ReadonlyArray<A>,
  query: (values: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, SqlError>
): Effect.Effect<ReadonlyArray<B>, SqlError> =>
  Effect.map(Effect.forEach(chunks(values), query), (results) => results.flat())

/** Runs a statement for lists that together hold all the values. */
export const forEachChunk = <A extends string | number>(
  values: ReadonlyArray<A>,
  statement: (values: ReadonlyArray<A>) => Effect.Effect<unknown, SqlError>
): Effect.Effect<void, SqlError> => Effect.forEach(chunks(values), statement, { discard: true })

/**
 * 64 rows a statement are as fast as it gets, and far from every database's
 * limit of parameters. There are four sizes, so that a table has four
 * statements to prepare and not one for each number of rows.
 */
const sizes = [64, 16, 4, 1]

const chunks = <A>(all: ReadonlyArray<A>): ReadonlyArray<readonly [A, ...Array<A>]> => {
  const result: Array<readonly [A, ...Array<A>]> = []
  let start = 0
  for (const size of sizes) {
    for (; start + size <= all.length; start += size) {
      const [head, ...tail] = all.slice(start, start + size)
      result.push([head!, ...tail])
    }
  }
  return result
}
