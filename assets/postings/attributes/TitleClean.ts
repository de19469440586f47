/** The title of each posting in the form in which titles are counted and looked up. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../../resources/DistinctRows.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../../runtime/index.ts"
import { daily, week } from "../Days.ts"
import { Parsed } from "../Parsed.ts"
import * as Title from "../Title.ts"

const CleanTitle = Schema.Struct({
  row_id: Schema.String,
  /** Empty where the title holds nothing but punctuation. */
  title_clean: Schema.String
})

export const TitleClean = Asset.make("postings/attributes/title_clean", {
  description: "The clean title of each posting",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Parsed },
  output: Table.of(CleanTitle),
  materialize: Effect.fn("postings/attributes/title_clean")(function* ({ postings }) {
    const titles = yield* DistinctRows.map(postings, {
      columns: ["title"],
      into: "title_clean",
      type: "VARCHAR",
      apply: (rows) => Effect.sync(() => rows.map(({ title }) => Title.clean(title)))
    })
    yield* Metadata.add({ "distinct titles": titles.count })
    return sql`SELECT partition_key, row_id, title_clean FROM ${postings} JOIN ${titles} USING (title)`
  })
})
