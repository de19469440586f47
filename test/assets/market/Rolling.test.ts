/** The rolling features against the engine's own windows, over rows in any order. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Rolling from "../../../assets/market/Rolling.ts"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { type Sql, sql } from "../../../runtime/index.ts"
import { engine } from "../../resources/readers/landing.ts"

/** So many rows of each symbol, of which some are alike, that several threads read them. */
const prices = (symbols: number, days: number) => sql`
  SELECT
    'S' || s.range AS Symbol, DATE '2000-01-01' + CAST(d.range AS INTEGER) AS Date,
    hash(s.range, d.range) % 1000000 AS Volume, (hash(d.range, s.range) % 500) / 7 AS "Adj Close"
  FROM range(${symbols}) AS s, range(${days}) AS d`

/** Rows that differ from what the engine's windows say, and how many there are. */
const compared = Effect.fnUntraced(function* (ordered: Sql.Sql, window: number) {
  const duckdb = yield* DuckDB
  const rows = yield* duckdb.table(sql`SELECT * REPLACE (CAST(Volume AS BIGINT) AS Volume) FROM (${ordered})`)
  const values = yield* Rolling.over({ sql: sql`(SELECT *, rowid AS row_number FROM ${rows})` }, window)
  const rolled = yield* duckdb.table(
    sql`SELECT p.*, mean, median FROM ${rows} AS p JOIN ${values} AS v ON p.rowid = v.row_number`
  )
  const [found] = yield* duckdb.query(sql`
    WITH expected AS (
      SELECT
        Symbol, Date, Volume, "Adj Close",
        CASE WHEN count(*) OVER w = ${window} THEN avg(Volume) OVER w END AS mean,
        CASE WHEN count(*) OVER w = ${window} THEN median("Adj Close") OVER w END AS median
      FROM ${rows}
      WINDOW w AS (
        PARTITION BY Symbol ORDER BY Date
        ROWS BETWEEN CAST(${window} - 1 AS BIGINT) PRECEDING AND CURRENT ROW))
    SELECT
      (SELECT count(*) FROM ${rolled}) AS rows,
      (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM ${rolled})) AS other`)
  return { rows: Number(found!.rows), other: Number(found!.other) }
})

layer(engine)("means and medians of the last rows", (it) => {
  it.effect("are those of the engine's windows where symbols and days lie in order, whatever threads read them", () =>
    Effect.gen(function* () {
      const found = yield* compared(sql`${prices(250, 2000)} ORDER BY ALL`, 30)
      assert.deepStrictEqual(found, { rows: 500_000, other: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("are the same where a symbol lies in several places", () =>
    Effect.gen(function* () {
      const found = yield* compared(sql`${prices(40, 500)} ORDER BY d.range // 170 DESC, s.range, d.range`, 7)
      assert.deepStrictEqual(found, { rows: 20_000, other: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("are the same where rows lie in no order", () =>
    Effect.gen(function* () {
      for (const window of [1, 2, 31]) {
        const found = yield* compared(sql`${prices(30, 200)} ORDER BY hash(d.range + 1000 * s.range)`, window)
        assert.deepStrictEqual(found, { rows: 6_000, other: 0 })
      }
    }).pipe(Effect.scoped)
  )

  it.effect("of no rows are none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* compared(prices(0, 0), 30), { rows: 0, other: 0 })
    }).pipe(Effect.scoped)
  )
})
