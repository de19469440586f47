/**
 * US cities with the CBSA that their county belongs to.
 *
 * The two sources write counties in different ways ("Saint Louis City" and
 * "St. Louis city", "De Kalb" and "DeKalb County"), so they meet in a form
 * without what they differ in. A city's county may stand for the independent
 * city of the same name where there is no county of that name.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../../resources/DistinctRows.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import { Asset, type Sql, sql, Table } from "../../../runtime/index.ts"
import * as County from "../County.ts"
import * as Place from "../Place.ts"
import { Geography } from "./Geography.ts"
import * as ReferenceFile from "./ReferenceFile.ts"

const City = Schema.Struct({
  /** State and city in the form in which they are looked up. */
  place: Schema.String,
  state: Schema.String,
  city: Schema.String,
  /** Null where the source names none. */
  county: Schema.NullOr(Schema.String),
  /** Counties that the city lies in; the first one listed counts. */
  counties: Schema.Int,
  /** Null where the county is outside any. */
  cbsa: Schema.NullOr(Schema.String),
  cbsa_name: Schema.NullOr(Schema.String)
})

export const Cities = Asset.make("postings/reference/cities", {
  description: "US cities, each once, with their county and its CBSA",
  kinds: ["duckdb"],
  deps: { geography: Geography },
  output: Table.of(City),
  materialize: Effect.fn("postings/reference/cities")(function* ({ geography: { files } }) {
    const listed = yield* ReferenceFile.read({ files, name: "us cities", row: CityRow, dialect: Delimited.csv })
    // A county in quotes with nothing between them is a text, and no county all the same.
    const cities = { sql: sql`(SELECT * REPLACE (nullif(trim("COUNTY"), '') AS "COUNTY") FROM ${listed})` }
    const crosswalk = yield* ReferenceFile.read({ files, name: "cbsa2fipsxw", row: CountyRow, dialect: Delimited.csv })
    const places = yield* DistinctRows.map(cities, {
      columns: ["STATE_CODE", "CITY"],
      into: "place",
      type: "VARCHAR",
      apply: (rows) =>
        Effect.sync(() => rows.map(({ CITY, STATE_CODE }) => Place.key({ state: STATE_CODE, city: Place.city(CITY) })))
    })
    const counties = yield* countyKeys(cities, "COUNTY")
    const crossed = yield* countyKeys(crosswalk, "countycountyequivalent")
    return sql`
      WITH listed AS (
        SELECT
          place,
          min_by("STATE_CODE", (file, line)) AS state,
          min_by("STATE_NAME", (file, line)) AS state_name,
          min_by("CITY", (file, line)) AS city,
          min_by("COUNTY", (file, line)) AS county,
          min_by(county_key, (file, line)) AS county_key,
          count(DISTINCT "COUNTY") AS counties
        FROM ${cities} JOIN ${places} USING ("STATE_CODE", "CITY") LEFT JOIN ${counties} USING ("COUNTY")
        GROUP BY place
      ),
      known AS (
        SELECT statename AS state_name, county_key, min(cbsacode) AS cbsa, min_by(cbsatitle, cbsacode) AS cbsa_name
        FROM ${crosswalk} JOIN ${crossed} USING (countycountyequivalent)
        GROUP BY ALL
      )
      SELECT
        place, state, city, county, counties,
        coalesce(own.cbsa, independent.cbsa) AS cbsa,
        coalesce(own.cbsa_name, independent.cbsa_name) AS cbsa_name
      FROM listed
      LEFT JOIN known AS own USING (state_name, county_key)
      LEFT JOIN known AS independent
        ON independent.state_name = listed.state_name AND independent.county_key = listed.county_key || 'city'`
  })
})

const countyKeys = (rows: Sql.Relation, column: string) =>
  DistinctRows.map(rows, {
    columns: [column],
    into: "county_key",
    type: "VARCHAR",
    apply: (rows) => Effect.sync(() => rows.map((row) => County.key(row[column]!)))
  })

const CityRow = Schema.Struct({
  STATE_CODE: Schema.String,
  STATE_NAME: Schema.String,
  CITY: Schema.String,
  COUNTY: Schema.NullOr(Schema.String)
})

const CountyRow = Schema.Struct({
  cbsacode: Schema.String,
  cbsatitle: Schema.String,
  countycountyequivalent: Schema.String,
  statename: Schema.String
})
