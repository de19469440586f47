/** The state of each posting, and the metropolitan or micropolitan area around its city. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../../resources/DistinctRows.ts"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../../runtime/index.ts"
import { daily, week } from "../Days.ts"
import { Parsed } from "../Parsed.ts"
import * as Place from "../Place.ts"
import { Cities } from "../reference/Cities.ts"

const PostingArea = Schema.Struct({
  row_id: Schema.String,
  /** Two letters; null where the location names none. */
  state: Schema.NullOr(Schema.String),
  /** Null where the city is unknown or lies outside any CBSA. */
  cbsa: Schema.NullOr(Schema.String),
  cbsa_name: Schema.NullOr(Schema.String)
})

export const Cbsa = Asset.make("postings/attributes/cbsa", {
  description: "The state and the CBSA of each posting, by its location",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Parsed, cities: Cities },
  output: Table.of(PostingArea),
  materialize: Effect.fn("postings/attributes/cbsa")(function* ({ cities, postings }) {
    const duckdb = yield* DuckDB
    const places = yield* DistinctRows.map(postings, {
      columns: ["location"],
      into: "place",
      type: "VARCHAR",
      apply: (rows) => Effect.sync(() => rows.map(({ location }) => placeOf(location)))
    })
    const placed = yield* duckdb.table(sql`
      SELECT
        postings.partition_key, row_id,
        CASE WHEN place <> '' THEN left(place, 2) END AS state,
        cities.place AS found, counties, cbsa, cbsa_name
      FROM ${postings} AS postings JOIN ${places} AS places USING (location) LEFT JOIN ${cities} AS cities USING (place)`)
    const [counted] = yield* duckdb.query(sql`
      SELECT
        count(cbsa) AS hits,
        count(*) - count(cbsa) AS misses,
        count(*) - count(state) AS without_state,
        count(state) - count(found) AS unknown_cities,
        count(found) - count(cbsa) AS outside,
        count(*) FILTER (counties > 1) AS several
      FROM ${placed}`)
    yield* Metadata.add({
      "distinct locations": places.count,
      hits: Number(counted!.hits),
      misses: Number(counted!.misses),
      "without a state": Number(counted!.without_state),
      "in an unknown city": Number(counted!.unknown_cities),
      "outside any CBSA": Number(counted!.outside),
      "in a city of several counties": Number(counted!.several)
    })
    return sql`SELECT partition_key, row_id, state, cbsa, cbsa_name FROM ${placed}`
  })
})

const placeOf = (location: string): string => {
  const place = Place.parse(location)
  return place === undefined ? "" : Place.key(place)
}
