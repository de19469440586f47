/** The occupation of each posting, looked up by its clean title. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../../runtime/index.ts"
import { daily, week } from "../Days.ts"
import * as Occupation from "../Occupation.ts"
import { Occupations } from "../reference/Occupations.ts"
import { TitleClean } from "./TitleClean.ts"

const PostingOccupation = Schema.Struct({
  row_id: Schema.String,
  /** `99-9999.00` where no occupation has the title. */
  soc_code: Schema.String,
  /** Occupations that have the title; 0 where it is unknown. */
  candidates: Schema.Int
})

export const SocCode = Asset.make("postings/attributes/soc_code", {
  description: "The SOC code of each posting, by its clean title among O*NET's titles",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { titles: TitleClean, occupations: Occupations },
  output: Table.of(PostingOccupation),
  materialize: Effect.fn("postings/attributes/soc_code")(function* ({ occupations, titles }) {
    const duckdb = yield* DuckDB
    const coded = yield* duckdb.table(sql`
      SELECT
        titles.partition_key,
        row_id,
        coalesce(soc_code, ${Occupation.unknown}) AS soc_code,
        coalesce(candidates, 0) AS candidates,
        kind
      FROM ${titles} AS titles LEFT JOIN ${occupations} AS occupations USING (title_clean)`)
    const [found] = yield* duckdb.query(sql`
      SELECT
        count(kind) AS hits,
        count(*) - count(kind) AS misses,
        count(*) FILTER (kind = 'primary') AS by_primary,
        count(*) FILTER (candidates > 1) AS ambiguous
      FROM ${coded}`)
    yield* Metadata.add({
      hits: Number(found!.hits),
      misses: Number(found!.misses),
      "by the occupation's own title": Number(found!.by_primary),
      "of several occupations": Number(found!.ambiguous)
    })
    return sql`SELECT partition_key, row_id, soc_code, candidates FROM ${coded}`
  })
})
