/**
 * The symbols with their names and whether they are funds.
 *
 * Whether a symbol is an ETF says in which folder its prices lie, so a value
 * that is neither Y nor N fails the whole table, with its place.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as Delimited from "../../resources/readers/Delimited.ts"
import { Asset, AssetCheck, Metadata, Quarantine, sql, Table } from "../../runtime/index.ts"
import { columns, Listing, ListingLine } from "./Listing.ts"
import { RawSymbols } from "./RawSymbols.ts"

/** The symbol table does not say in which folder the prices of a symbol lie. */
class UnknownFolder extends Schema.TaggedError<UnknownFolder>()("UnknownFolder", {
  file: Schema.String,
  line: Schema.Int,
  symbol: Schema.String,
  value: Schema.String,
  count: Schema.Int
}) {
  override get message() {
    const more = this.count > 1 ? `, and of ${this.count - 1} more` : ""
    return `line ${this.line} of ${this.file}: the ETF column of ${this.symbol} says "${this.value}"${more}; correct it to Y for a file in etfs/, or N for one in stocks/`
  }
}

export const Symbols = Asset.make("market/symbols", {
  description: "The symbols with their names, and which of them are ETFs",
  kinds: ["duckdb"],
  deps: { raw: RawSymbols },
  output: Table.of(Listing),
  checks: [AssetCheck.errorRate({ below: 0.05 })],
  materialize: Effect.fn("market/symbols")(function* ({ raw }) {
    const duckdb = yield* DuckDB
    const dialect = Delimited.csv
    const read = yield* Delimited.read({ files: raw.files, row: ListingLine, columns, dialect, onRefused: "fail" })
    const [wrong] = yield* duckdb.query(sql`
      SELECT file, line, "NASDAQ Symbol" AS symbol, coalesce(ETF, '') AS value, count(*) OVER () AS count
      FROM ${read.rows} WHERE coalesce(ETF, '') NOT IN ('Y', 'N') ORDER BY file, line LIMIT 1`)
    if (wrong !== undefined) {
      const { file, symbol, value } = wrong as Readonly<Record<string, string>>
      const place = { file: file!, symbol: symbol!, value: value! }
      return yield* new UnknownFolder({ ...place, line: Number(wrong.line), count: Number(wrong.count) })
    }
    const listed = yield* duckdb.table(sql`
      SELECT *, row_number() OVER (PARTITION BY "NASDAQ Symbol" ORDER BY file, line) AS nth FROM ${read.rows}`)
    yield* Quarantine.add(read.quarantine)
    yield* Quarantine.add({
      sql: sql`(
        SELECT file, line, 0 AS byte_offset, 'the symbol stands in a line before' AS reason, "NASDAQ Symbol" AS raw
        FROM ${listed} WHERE nth > 1)`
    })
    const { blank, good, lines, quarantined } = read.counts
    yield* Metadata.add({ lines, good, quarantined, blank })
    return sql`
      SELECT "NASDAQ Symbol" AS Symbol, trim("Security Name") AS "Security Name", ETF = 'Y' AS ETF
      FROM ${listed} WHERE nth = 1`
  })
})
