/**
 * Applies a function of JavaScript to the distinct rows of a relation.
 *
 * What SQL cannot say (ask a model, normalize Unicode) is said once for each
 * distinct row, and joined back in the engine, so a relation of a billion rows
 * costs the number of its distinct ones. They cross in pieces, as JSON lists in
 * the order of their ids: fast (over a million rows a second each way) and safe
 * for any text, as a separator is not. Rows that hold NULL are left out.
 */
import * as Effect from "effect/Effect"
import * as Sql from "../runtime/definition/Sql.ts"
import { DuckDB } from "./DuckDB.ts"

const { sql } = Sql

/** The distinct rows, each with what the function said of it. */
export interface DistinctRows extends Sql.Relation {
  readonly count: number
}

export interface Options<Column extends string, Value extends string | number, E, R> {
  /** Columns of text. */
  readonly columns: ReadonlyArray<Column>
  /** The column that holds the results. */
  readonly into: string
  readonly type: Value extends string ? "VARCHAR" : "TINYINT" | "INTEGER" | "BIGINT" | "DOUBLE"
  /** One result a row, in their order; another number is a bug and dies. It may be called for several pieces at once. */
  readonly apply: (rows: ReadonlyArray<Readonly<Record<Column, string>>>) => Effect.Effect<ReadonlyArray<Value>, E, R>
}

/** Rows that are in JavaScript at a time: fewer of long texts, so that they are about so many bytes at most. */
const rowsAtOnce = 50_000
const bytesAtOnce = 8 * 2 ** 20

export const map = Effect.fn("DistinctRows.map")(function* <
  const Column extends string,
  Value extends string | number,
  E,
  R
>(relation: Sql.Relation, { apply, columns, into, type }: Options<Column, Value, E, R>) {
  const duckdb = yield* DuckDB
  const names = columns.map(Sql.identifier)
  const list = Sql.join(names, ", ")
  const known = Sql.join(
    names.map((name) => sql`${name} IS NOT NULL`),
    " AND "
  )
  const rows = yield* duckdb.table(
    sql`SELECT row_number() OVER () - 1 AS "strata id", * FROM (SELECT DISTINCT ${list} FROM ${relation} WHERE ${known})`
  )
  const lengths = Sql.join(
    names.map((name) => sql`strlen(${name})`),
    " + "
  )
  const [counted] = yield* duckdb.query(sql`SELECT count(*) AS count, avg(${lengths}) AS length FROM ${rows}`)
  const count = Number(counted!.count)
  const piece = Math.max(1, Math.min(rowsAtOnce, Math.floor(bytesAtOnce / Math.max(1, Number(counted!.length)))))

  const read = Effect.fnUntraced(function* (start: number) {
    const lists = names.map((name, index) => {
      const alias = Sql.identifier(`list ${index}`)
      return sql`CAST(to_json(list(${name} ORDER BY "strata id")) AS VARCHAR) AS ${alias}`
    })
    const [row] = yield* duckdb.query(
      sql`SELECT ${Sql.join(lists, ", ")} FROM ${rows} WHERE "strata id" >= ${start} AND "strata id" < ${start + piece}`
    )
    const parsed = columns.map((_, index) => JSON.parse(row![`list ${index}`] as string) as ReadonlyArray<string>)
    return parsed[0]!.map((_, at) => record(columns, (index) => parsed[index]![at]!))
  })

  const results = yield* Effect.forEach(
    Array.from({ length: Math.ceil(count / piece) }, (_, index) => index * piece),
    Effect.fnUntraced(function* (start) {
      const asked = yield* read(start)
      const values = yield* apply(asked)
      if (values.length !== asked.length) {
        return yield* Effect.die(new RangeError(`${into} has ${values.length} values for ${asked.length} rows`))
      }
      const decoded = sql`from_json(${JSON.stringify(values)}, ${JSON.stringify([type])})`
      return yield* duckdb.table(
        sql`SELECT ${start} + unnest(range(${values.length})) AS "strata id", unnest(${decoded}) AS value`
      )
    }),
    { concurrency: 2 }
  )

  const values =
    results.length === 0
      ? sql`(SELECT NULL AS "strata id", NULL AS value)`
      : sql`(${Sql.join(
          results.map((result) => sql`SELECT * FROM ${result}`),
          " UNION ALL "
        )})`
  const distinct: DistinctRows = {
    count,
    sql: sql`(SELECT ${list}, CAST(value AS ${Sql.literal(type)}) AS ${Sql.identifier(into)}
      FROM ${rows} JOIN ${values} USING ("strata id"))`
  }
  return distinct
})

const record = <Column extends string>(columns: ReadonlyArray<Column>, value: (index: number) => string) => {
  const row: Record<string, string> = {}
  for (const [index, column] of columns.entries()) row[column] = value(index)
  return row as Readonly<Record<Column, string>>
}
