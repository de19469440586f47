/** Postings of a day counted by title, in numbers that can be added up over days. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../resources/DistinctRows.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../runtime/index.ts"
import { daily, week } from "./Days.ts"
import { Enriched } from "./Enriched.ts"
import * as Title from "./Title.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const DailyCount = Schema.Struct({
  date: Schema.String,
  title_clean: Schema.String,
  postings: Count,
  /** Postings of each seniority; together they are all. */
  seniority_1: Count,
  seniority_2: Count,
  seniority_3: Count,
  seniority_4: Count,
  seniority_5: Count,
  seniority_6: Count,
  seniority_7: Count
})

export const Daily = Asset.make("postings/daily", {
  description: "Postings by day and clean title, with how many of each seniority",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Enriched },
  output: Table.of(DailyCount),
  materialize: Effect.fn("postings/daily")(function* ({ postings }) {
    const titles = yield* DistinctRows.map(postings, {
      columns: ["title"],
      into: "title_clean",
      type: "VARCHAR",
      apply: (rows) => Effect.sync(() => rows.map(({ title }) => Title.clean(title)))
    })
    yield* Metadata.add({ "distinct titles": titles.count })
    return sql`
      SELECT
        partition_key,
        partition_key AS date,
        title_clean,
        count(*) AS postings,
        count(*) FILTER (seniority = 1) AS seniority_1,
        count(*) FILTER (seniority = 2) AS seniority_2,
        count(*) FILTER (seniority = 3) AS seniority_3,
        count(*) FILTER (seniority = 4) AS seniority_4,
        count(*) FILTER (seniority = 5) AS seniority_5,
        count(*) FILTER (seniority = 6) AS seniority_6,
        count(*) FILTER (seniority = 7) AS seniority_7
      FROM ${postings} JOIN ${titles} USING (title)
      GROUP BY partition_key, title_clean`
  })
})
