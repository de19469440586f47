/**
 * Which file holds the prices of which symbol.
 *
 * It stands between the symbol table and the prices: a new table makes again
 * only the letters in which a symbol, its name or its folder has changed.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../runtime/index.ts"
import * as Letters from "./Letters.ts"
import { Raw } from "./Raw.ts"
import * as Source from "./Source.ts"
import { Symbols } from "./Symbols.ts"

const ListedFile = Schema.Struct({
  file: Schema.String,
  Symbol: Schema.String,
  "Security Name": Schema.String
})

export const Listings = Asset.make("market/listings", {
  description: "Each file of prices with the symbol that the symbol table gives it",
  kinds: ["duckdb"],
  partitions: Letters.byLetter,
  backfillPolicy: BackfillPolicy.singleRun,
  deps: { raw: Raw, symbols: Symbols },
  output: Table.of(ListedFile),
  materialize: Effect.fn("market/listings")(function* ({ partitions, raw, symbols }) {
    const duckdb = yield* DuckDB
    const files = yield* duckdb.table(sql`
      SELECT
        unnest(${raw.files.map(({ name }) => name)}) AS file,
        unnest(${raw.files.map(({ name }) => Source.symbolOf(name))}) AS Symbol,
        unnest(${raw.files.map(({ partition }) => partition.key)}) AS partition_key`)
    const listed = sql`
      FROM ${files} AS files JOIN ${symbols} AS symbols USING (Symbol)
      WHERE starts_with(file, CASE WHEN ETF THEN 'etfs/' ELSE 'stocks/' END)`
    const [unlisted] = yield* duckdb.query(sql`
      SELECT count(*) AS count, coalesce(string_agg(file, ', ' ORDER BY file) FILTER (place <= 20), '') AS names
      FROM (SELECT file, row_number() OVER (ORDER BY file) AS place FROM ${files} WHERE file NOT IN (SELECT file ${listed}))`)
    const letters = new Set<string>(partitions.map(({ key }) => key))
    const known = yield* symbols.collect
    const landed = new Set(raw.files.map(({ name }) => Source.symbolOf(name)))
    const absent = known.filter(({ Symbol }) => letters.has(Letters.of(Symbol)) && !landed.has(Symbol))
    yield* Metadata.add({
      "files without a symbol": Number(unlisted!.count),
      "symbols without a file": absent.length,
      ...(Number(unlisted!.count) === 0 ? {} : { "left out": String(unlisted!.names) })
    })
    return sql`SELECT partition_key, file, Symbol, "Security Name" ${listed}`
  })
})
