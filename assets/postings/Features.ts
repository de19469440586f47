/** Features of each day by title and place: what the last 7, 28 and 90 days say of them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, BackfillPolicy, PartitionMapping, RunConfig, sql, Table } from "../../runtime/index.ts"
import { Daily } from "./Daily.ts"
import { daily } from "./Days.ts"
import * as Counts from "./rollup/Counts.ts"
import * as Geography from "./rollup/Geography.ts"
import * as RollingFeatures from "./rollup/RollingFeatures.ts"
import * as ReferenceTable from "./reference/ReferenceTable.ts"
import { StateRegions } from "./reference/StateRegions.ts"

const Feature = Schema.Struct({
  date: Schema.String,
  title: Schema.String,
  geography: Geography.Geography,
  /** As of a rollup. */
  place: Schema.NullOr(Schema.String),
  place_name: Schema.NullOr(Schema.String),
  ...RollingFeatures.fields
})

const Parameters = Schema.Struct({
  geography: Geography.Geography,
  /** The lowest seniority that is senior: 4 is Manager. */
  seniorFrom: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })),
  /** Titles of fewer postings in a place, in the 180 days of the look-back, are left out. */
  minimumPostings: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
})

/** About a quarter: a year is four steps, each of which reads the half year before it as well. */
const quarter = 92

export const Features = Asset.make("postings/features", {
  description: "By day, title and place: postings of the last 7, 28 and 90 days, their growth and their seniority",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(quarter),
  deps: {
    counts: Asset.through(Daily, PartitionMapping.lookback(RollingFeatures.lookback)),
    regions: StateRegions
  },
  config: RunConfig.of(Parameters, { geography: "cbsa", seniorFrom: 4, minimumPostings: 1 }),
  output: Table.of(Feature),
  materialize: Effect.fn("postings/features")(function* ({ config, counts, partitions, regions }) {
    const { geography, minimumPostings, seniorFrom } = config
    const table = geography === "region" ? yield* ReferenceTable.read(regions, ["state", "region"]) : counts
    const placed = Geography.place(geography, sql`d`, table)
    const relation = sql`(
      SELECT
        CAST(d.date AS DATE) - DATE '1970-01-01' AS date, title_clean AS title, ${placed.columns},
        postings, ${Counts.from(seniorFrom)} AS senior
      FROM ${counts} AS d ${placed.join}
    )`
    const features = yield* RollingFeatures.make({ sql: relation }, { days: partitions, minimumPostings })
    return sql`SELECT *, partition_key AS date, ${geography} AS geography FROM (${features})`
  })
})
