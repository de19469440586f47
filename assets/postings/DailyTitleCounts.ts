/** The counts of a day as a nested document: `strata export postings/daily_title_counts --format jsonl`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, BackfillPolicy, Table } from "../../runtime/index.ts"
import { Daily } from "./Daily.ts"
import { daily, week } from "./Days.ts"
import * as TitleCounts from "./rollup/TitleCounts.ts"

export const DailyTitleCounts = Asset.make("postings/daily_title_counts", {
  description: "All counts of a day by title and CBSA, nested for exports",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { daily: Daily },
  output: Table.of(Schema.Struct({ date: Schema.String, title_counts: TitleCounts.titleCounts })),
  materialize: ({ daily }) => Effect.succeed(TitleCounts.query(daily, "date", (day) => day))
})
