/**
 * The prices as typed rows, one a symbol and day.
 *
 * Prices are doubles, as the files write them, and volumes whole numbers. A row
 * without prices is set aside; where a file has a day twice, the later row holds.
 */
import * as Effect from "effect/Effect"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as Delimited from "../../resources/readers/Delimited.ts"
import { Asset, AssetCheck, Metadata, Quarantine, type Sql, sql, Table } from "../../runtime/index.ts"
import * as Letters from "./Letters.ts"
import { Listings } from "./Listings.ts"
import { Price, PriceLine } from "./Price.ts"
import { Raw } from "./Raw.ts"

export const Prices = Asset.make("market/prices", {
  description: "Open, high, low, close, adjusted close and volume of each symbol and day",
  kinds: ["duckdb"],
  partitions: Letters.byLetter,
  deps: { raw: Raw, listings: Listings },
  output: Table.of(Price),
  // A row without prices is common, and some letters have few rows.
  checks: [AssetCheck.errorRate({ below: 0.2 })],
  materialize: Effect.fn("market/prices")(function* ({ listings, raw }) {
    const listed = new Set((yield* listings.collect).map(({ file }) => file))
    const files = raw.files.filter(({ name }) => listed.has(name))
    const read = yield* Delimited.read({ files, row: PriceLine, dialect: Delimited.csv, onRefused: "fail" })
    const odd = (yield* hasOddRows(read.rows)) ? yield* oddRows(read.rows) : undefined
    yield* Quarantine.add(read.quarantine)
    if (odd !== undefined) yield* Quarantine.add(odd.rows)
    const { blank, good, lines, quarantined } = read.counts
    yield* Metadata.add({
      files: files.length,
      "files without a symbol": raw.files.length - files.length,
      lines,
      good: good - (odd?.count ?? 0),
      quarantined: quarantined + (odd?.count ?? 0),
      blank,
      "rows without prices": yield* emptyRows(read.quarantine),
      "repeated dates": odd?.repeated ?? 0
    })
    const rows =
      odd === undefined ? read.rows : sql`(SELECT * FROM ${read.rows} ANTI JOIN ${odd.rows} USING (file, line))`
    return sql`
      SELECT
        Symbol, "Security Name", Date, Open, High, Low, Close, "Adj Close", CAST(Volume AS BIGINT) AS Volume
      FROM ${rows} JOIN ${listings} USING (file)`
  })
})

const isWhole = sql`(Volume = trunc(Volume) AND Volume BETWEEN 0 AND ${2 ** 53})`

/** Whether there may be any: most letters have none, and to name them costs twice as much. */
const hasOddRows = (rows: Sql.Relation) =>
  DuckDB.use((duckdb) =>
    duckdb.query(sql`
      SELECT 1 FROM ${rows} GROUP BY hash(file, Date) HAVING count(*) > 1 OR NOT bool_and(${isWhole}) LIMIT 1`)
  ).pipe(Effect.map((found) => found.length > 0))

/** Good lines that are no prices: those whose day comes again, and volumes with a part of one. */
const oddRows = Effect.fnUntraced(function* (rows: Sql.Relation) {
  const duckdb = yield* DuckDB
  const text = sql`concat_ws(',', Date, Open, High, Low, Close, "Adj Close", Volume)`
  const odd = yield* duckdb.table(sql`
    WITH
      again AS (SELECT file, Date FROM ${rows} WHERE ${isWhole} GROUP BY ALL HAVING count(*) > 1),
      copies AS (SELECT * FROM ${rows} SEMI JOIN again USING (file, Date) WHERE ${isWhole}),
      placed AS (SELECT *, lead(line) OVER (PARTITION BY file, Date ORDER BY line) AS next FROM copies)
    SELECT file, line, CAST(NULL AS BIGINT) AS byte_offset, 'its day comes again in a later line' AS reason, ${text} AS raw
    FROM placed WHERE next IS NOT NULL
    UNION ALL
    SELECT file, line, NULL, '"Volume" is not a whole number', ${text} FROM ${rows} WHERE NOT ${isWhole}`)
  const [found] = yield* duckdb.query(
    sql`SELECT count(*) AS count, count(*) FILTER (reason LIKE 'its day%') AS repeated FROM ${odd}`
  )
  return { rows: odd, count: Number(found!.count), repeated: Number(found!.repeated) }
})

/** Rows of a day and nothing else. */
const emptyRows = (quarantine: Sql.Relation) =>
  DuckDB.use((duckdb) =>
    duckdb.query(sql`SELECT count(*) AS count FROM ${quarantine} WHERE regexp_full_match(raw, '[0-9-]{10},+\\s*')`)
  ).pipe(Effect.map(([found]) => Number(found!.count)))
