/**
 * Applies a function of JavaScript to the distinct rows of a relation.
 *
 * What SQL cannot say (ask a model, normalize Unicode) is said once for each
 * distinct row, and joined back in the engine, so a relation of a billion rows
 * costs the number of its distinct ones. They cross in pieces, in the order of
 * their ids: as bytes (see TextRows.ts), and back as digits where digits are
 * enough. Rows that hold NULL are left out.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sql from "../runtime/definition/Sql.ts"
import { DuckDB } from "./DuckDB.ts"
import * as TextRows from "./TextRows.ts"

const { sql } = Sql

/** The distinct rows, each with what the function said of it. */
export interface DistinctRows extends Sql.Relation {
  readonly count: number
  /** Milliseconds in which the engine was waited for; added up over statements at once. */
  readonly engineMillis: number
}

export interface Options<Column extends string, Value extends string | number, Rows, E, R> {
  /** Columns of text. */
  readonly columns: ReadonlyArray<Column>
  /** The column that holds the results. */
  readonly into: string
  readonly type: Value extends string ? "VARCHAR" : "TINYINT" | "INTEGER" | "BIGINT" | "DOUBLE"
  /** One result a row, in their order; another number is a bug and dies. It may be called for several pieces at once. */
  readonly apply: (rows: Rows) => Effect.Effect<ReadonlyArray<Value>, E, R>
  /** Rows that are in JavaScript at a time, 50,000 by default: fewer where they are long, of more than 168 bytes. */
  readonly rowsAtOnce?: number
}

type Row<Column extends string> = TextRows.TextRow<Column>

/** Of rows as objects. */
export const map = <const Column extends string, Value extends string | number, E, R>(
  relation: Sql.Relation,
  options: Options<Column, Value, ReadonlyArray<Row<Column>>, E, R>
) => mapTexts(relation, { ...options, apply: (rows) => options.apply(rows.map((row) => row)) })

/** Of rows that may stay bytes. */
export const mapTexts = Effect.fn("DistinctRows.map")(function* <
  const Column extends string,
  Value extends string | number,
  E,
  R
>(
  relation: Sql.Relation,
  { apply, columns, into, rowsAtOnce = 50_000, type }: Options<Column, Value, TextRows.TextRows<Column>, E, R>
) {
  const duckdb = yield* DuckDB
  const names = columns.map(Sql.identifier)
  const list = Sql.join(names, ", ")
  const known = Sql.join(
    names.map((name) => sql`${name} IS NOT NULL`),
    " AND "
  )
  let engineMillis = 0
  const timed = <A, E, R>(statement: Effect.Effect<A, E, R>) =>
    Effect.map(Effect.timed(statement), ([took, result]) => {
      engineMillis += Duration.toMillis(took)
      return result
    })

  // Rows of a new table are numbered from 0 on, without gaps.
  const rows = yield* timed(duckdb.table(sql`SELECT DISTINCT ${list} FROM ${relation} WHERE ${known}`))
  const lengths = Sql.join(
    names.map((name) => sql`strlen(${name})`),
    " + "
  )
  const [counted] = yield* timed(duckdb.query(sql`SELECT count(*) AS count, avg(${lengths}) AS length FROM ${rows}`))
  const count = Number(counted!.count)
  const length = Math.max(bytesARow, Number(counted!.length))
  const piece = Math.max(1, Math.floor((rowsAtOnce * bytesARow) / length))

  const read = Effect.fnUntraced(function* (start: number, end: number) {
    const texts = TextRows.select(names, sql`(rowid - ${start}) % ${inPart}`)
    const parts = yield* timed(
      duckdb.query(
        sql`SELECT ${texts} AS texts, count(*) AS count FROM ${rows} WHERE rowid >= ${start} AND rowid < ${end}
          GROUP BY (rowid - ${start}) // ${inPart} ORDER BY min(rowid)`
      )
    )
    return parts.map((part) => TextRows.part(part.texts as Uint8Array, Number(part.count), columns.length))
  })

  const results = yield* Effect.forEach(
    Array.from({ length: Math.ceil(count / piece) }, (_, index) => index * piece),
    Effect.fnUntraced(function* (start) {
      const parts = yield* read(start, Math.min(count, start + piece))
      const asked = TextRows.make(columns, parts)
      const values = yield* apply(asked)
      if (values.length !== asked.length) {
        return yield* Effect.die(new RangeError(`${into} has ${values.length} values for ${asked.length} rows`))
      }
      return yield* timed(
        duckdb.table(values.every(isDigit) ? fromDigits(start, values) : fromJson(start, values, type))
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
    engineMillis,
    sql: sql`(SELECT ${list}, CAST(value AS ${Sql.literal(type)}) AS ${Sql.identifier(into)}
      FROM ${rows} r JOIN ${values} ON r.rowid = "strata id")`
  }
  return distinct
})

/** Rows whose texts cross as one. */
const inPart = 50_000

const bytesARow = 168

const isDigit = (value: string | number): boolean =>
  typeof value === "number" && value >= 0 && value <= 9 && Number.isInteger(value)

/** One text, of which the place of a character says its row. */
const fromDigits = (start: number, values: ReadonlyArray<string | number>): Sql.Sql =>
  sql`SELECT ${start} + place AS "strata id", ord(substr(${values.join("")}, CAST(place + 1 AS INTEGER), 1)) - 48 AS value
    FROM range(${values.length}) AS places(place)`

const fromJson = (start: number, values: ReadonlyArray<string | number>, type: string): Sql.Sql =>
  sql`SELECT ${start} + unnest(range(${values.length})) AS "strata id",
    unnest(from_json(${JSON.stringify(values)}, ${JSON.stringify([type])})) AS value`
