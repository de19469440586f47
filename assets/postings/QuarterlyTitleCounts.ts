/** The counts of a quarter as a nested document: `strata export postings/quarterly_title_counts --format jsonl`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Table } from "../../runtime/index.ts"
import { Daily } from "./Daily.ts"
import * as Period from "./rollup/Period.ts"
import * as TitleCounts from "./rollup/TitleCounts.ts"

export const QuarterlyTitleCounts = Asset.make("postings/quarterly_title_counts", {
  description: "All counts of a quarter by title and CBSA, nested for exports",
  kinds: ["duckdb"],
  partitions: Period.quarter.partitions,
  backfillPolicy: Period.quarter.backfillPolicy,
  deps: { daily: Daily },
  output: Table.of(Schema.Struct({ quarter: Schema.String, title_counts: TitleCounts.titleCounts })),
  materialize: ({ daily }) => Effect.succeed(TitleCounts.query(daily, "quarter", Period.quarter.keyOf))
})
