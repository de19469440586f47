/** O*NET's skills and technologies that each posting names, in title and description. */
import * as Effect from "effect/Effect"
import { Asset, BackfillPolicy, sql, Table } from "../../../runtime/index.ts"
import { daily, week } from "../Days.ts"
import { Parsed } from "../Parsed.ts"
import { Skills } from "../reference/Skills.ts"
import * as NameMatcher from "./NameMatcher.ts"
import * as PostingSkills from "./PostingSkills.ts"

export const SkillsOnet = Asset.make("postings/attributes/skills_onet", {
  description: "The O*NET skills and technologies that each posting names, by exact match",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Parsed, skills: Skills },
  output: Table.of(PostingSkills.PostingSkill),
  materialize: Effect.fn("postings/attributes/skills_onet")(function* ({ postings, skills }) {
    const names = (yield* skills.collect).map(({ name }) => name)
    const matcher = NameMatcher.make(names)
    return sql`SELECT * FROM ${yield* PostingSkills.make(postings, (text) => NameMatcher.mentions(matcher, text))}`
  })
})
