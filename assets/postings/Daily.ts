/** Postings of a day counted by place and title, in numbers that can be added up over days. */
import * as Effect from "effect/Effect"
import { Asset, BackfillPolicy, Table } from "../../runtime/index.ts"
import { Cbsa } from "./attributes/Cbsa.ts"
import { SkillsOnet } from "./attributes/SkillsOnet.ts"
import { SocCode } from "./attributes/SocCode.ts"
import { TitleClean } from "./attributes/TitleClean.ts"
import { daily, week } from "./Days.ts"
import { Enriched } from "./Enriched.ts"
import * as DailyCounts from "./rollup/DailyCounts.ts"

export const Daily = Asset.make("postings/daily", {
  description: "Postings by state, CBSA and clean title, with seniorities, skills and occupations",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { enriched: Enriched, titles: TitleClean, skills: SkillsOnet, socs: SocCode, places: Cbsa },
  output: Table.of(DailyCounts.Row),
  materialize: (postings) => Effect.succeed(DailyCounts.query(postings))
})
