/**
 * O*NET's technologies that each posting names by their acronyms.
 *
 * People write "SQL" where O*NET says "Structured query language SQL". This finds
 * more than exact names do, and some things that are none: an acronym may mean
 * something else, though it has to stand in its exact case.
 */
import * as Effect from "effect/Effect"
import { Asset, BackfillPolicy, sql, Table } from "../../../runtime/index.ts"
import { daily, week } from "../Days.ts"
import { Parsed } from "../Parsed.ts"
import { Skills } from "../reference/Skills.ts"
import * as Acronym from "./Acronym.ts"
import * as NameMatcher from "./NameMatcher.ts"
import * as PostingSkills from "./PostingSkills.ts"

export const SkillsAcronym = Asset.make("postings/attributes/skills_acronym", {
  description: "The O*NET technologies whose acronym each posting names",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Parsed, skills: Skills },
  output: Table.of(PostingSkills.PostingSkill),
  materialize: Effect.fn("postings/attributes/skills_acronym")(function* ({ postings, skills }) {
    const names = byAcronym((yield* skills.collect).map(({ name }) => name))
    const matcher = NameMatcher.make(names.keys())
    const extract = (text: string) => {
      const mentions = new Map<string, number>()
      for (const { end, start } of NameMatcher.find(matcher, text)) {
        const name = names.get(text.slice(start, end))
        if (name !== undefined) mentions.set(name, (mentions.get(name) ?? 0) + 1)
      }
      return mentions
    }
    return sql`SELECT * FROM ${yield* PostingSkills.make(postings, extract)}`
  })
})

/** The name that each acronym is short for: of several the shortest, and of those the first. */
const byAcronym = (names: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const sorted = names.toSorted((a, b) => b.length - a.length || (a < b ? 1 : -1))
  return new Map(
    sorted.flatMap((name) => {
      const acronym = Acronym.of(name)
      return acronym === undefined ? [] : [[acronym, name] as const]
    })
  )
}
