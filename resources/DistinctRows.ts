/**
 * Applies a function of JavaScript to the distinct rows of a relation.
 *
 * What SQL cannot say (ask a model, normalize Unicode) is said once for each
 * distinct row, and joined back in the engine, so a relation of a billion rows
 * costs the number of its distinct ones. They cross in pieces, in the order of
 * their ids: as texts with a separator that none of them holds, or else as JSON,
 * and back as digits where digits are enough. Rows that hold NULL are left out.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sql from "../runtime/definition/Sql.ts"
import { DuckDB } from "./DuckDB.ts"

const { sql } = Sql

/** The distinct rows, each with what the function said of it. */
export interface DistinctRows extends Sql.Relation {
  readonly count: number
  /** Milliseconds in which the engine was waited for; added up over statements at once. */
  readonly engineMillis: number
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
  const mayHoldSeparator = Sql.join(
    names.map((name) => sql`contains(${name}, chr(31))`),
    " OR "
  )
  const [counted] = yield* timed(
    duckdb.query(
      sql`SELECT count(*) AS count, avg(${lengths}) AS length, bool_or(${mayHoldSeparator}) AS separated FROM ${rows}`
    )
  )
  const count = Number(counted!.count)
  const piece = Math.max(1, Math.min(rowsAtOnce, Math.floor(bytesAtOnce / Math.max(1, Number(counted!.length)))))
  const crossing = counted!.separated === true ? asJson : asTexts

  const read = Effect.fnUntraced(function* (start: number) {
    const selected = names.map((name, index) => sql`${crossing.select(name)} AS ${Sql.identifier(`list ${index}`)}`)
    const groups = yield* timed(
      duckdb.query(
        sql`SELECT ${Sql.join(selected, ", ")} FROM ${rows} WHERE rowid >= ${start} AND rowid < ${start + piece}
          GROUP BY rowid // ${group} ORDER BY min(rowid)`
      )
    )
    return groups.flatMap((texts) => {
      const lists = columns.map((_, index) => crossing.split(texts[`list ${index}`] as string))
      return lists[0]!.map((_, at) => record(columns, (index) => lists[index]![at]!))
    })
  })

  const results = yield* Effect.forEach(
    Array.from({ length: Math.ceil(count / piece) }, (_, index) => index * piece),
    Effect.fnUntraced(function* (start) {
      const asked = yield* read(start)
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
const group = 10_000

/** How the texts of a column leave the engine as one, in the order of their rows, and are taken apart again. */
interface Crossing {
  readonly select: (column: Sql.Sql) => Sql.Sql
  readonly split: (text: string) => ReadonlyArray<string>
}

const asTexts: Crossing = {
  select: (column) => sql`string_agg(${column}, chr(31) ORDER BY rowid)`,
  split: (text) => text.split("\u001f")
}

/** For any text, and half as fast. */
const asJson: Crossing = {
  select: (column) => sql`CAST(to_json(list(${column} ORDER BY rowid)) AS VARCHAR)`,
  split: (text) => JSON.parse(text) as ReadonlyArray<string>
}

const isDigit = (value: string | number): boolean =>
  typeof value === "number" && value >= 0 && value <= 9 && Number.isInteger(value)

/** One text, of which the place of a character says its row. */
const fromDigits = (start: number, values: ReadonlyArray<string | number>): Sql.Sql =>
  sql`SELECT ${start} + place AS "strata id", ord(substr(${values.join("")}, CAST(place + 1 AS INTEGER), 1)) - 48 AS value
    FROM range(${values.length}) AS places(place)`

const fromJson = (start: number, values: ReadonlyArray<string | number>, type: string): Sql.Sql =>
  sql`SELECT ${start} + unnest(range(${values.length})) AS "strata id",
    unnest(from_json(${JSON.stringify(values)}, ${JSON.stringify([type])})) AS value`

const record = <Column extends string>(columns: ReadonlyArray<Column>, value: (index: number) => string) => {
  const row: Record<string, string> = {}
  for (const [index, column] of columns.entries()) row[column] = value(index)
  return row as Readonly<Record<Column, string>>
}
