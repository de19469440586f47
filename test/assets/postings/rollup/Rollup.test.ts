import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Period from "../../../../assets/postings/rollup/Period.ts"
import * as Rollup from "../../../../assets/postings/rollup/Rollup.ts"
import { DuckDB } from "../../../../resources/DuckDB.ts"
import { type Sql, sql } from "../../../../runtime/index.ts"
import * as Counted from "./Counted.ts"

const regionOf: Readonly<Record<string, string>> = { NY: "Northeast", NJ: "Northeast", CA: "West" }
const regions = {
  sql: sql`(SELECT 'NY' AS state, 'Northeast' AS region UNION ALL SELECT 'NJ', 'Northeast' UNION ALL SELECT 'CA', 'West')`
}
const merges = { sql: sql`(SELECT 'rn' AS title, 'registered nurse' AS merged)` }

const geographies = ["cbsa", "state", "region", "nation"] as const
const quarterOf = (day: number) => (day < 20_270 ? "2025Q2" : "2025Q3")

const question = (parameters: Partial<Rollup.Parameters>): Rollup.Question => ({
  ...Rollup.defaults,
  ...parameters,
  period: Period.quarter.keyOf,
  regions,
  merges: parameters.titles === "merged" ? merges : undefined
})

const rows = Effect.fnUntraced(function* (daily: Sql.Relation, parameters: Partial<Rollup.Parameters>) {
  const duckdb = yield* DuckDB
  const found = yield* duckdb.query(
    sql`SELECT to_json(r) AS row FROM (${Rollup.query(daily, question(parameters))}) AS r`
  )
  return found.map(({ row }) => JSON.parse(String(row)))
})

/** The same from the postings themselves, counted one by one. */
const counted = (postings: ReadonlyArray<Counted.Posting>, parameters: Rollup.Parameters) => {
  const groups = Map.groupBy(postings, (posting) => {
    const title = parameters.titles === "merged" && posting.title === "rn" ? "registered nurse" : posting.title
    return JSON.stringify([quarterOf(posting.day), placeOf(posting, parameters.geography), title])
  })
  return Array.from(groups, ([key, group]) => {
    const [period, place, title] = JSON.parse(key)
    const skills = ["C++", "SQL", "O'Reilly", "word"].flatMap((skill) => {
      const mentions = group.map((posting) => posting.skills[skill as keyof Counted.Posting["skills"]])
      const postings = mentions.filter((times) => times > 0).length
      return postings === 0
        ? []
        : [{ skill, postings, mentions: mentions.reduce<number>((sum, times) => sum + times, 0) }]
    })
    const socs = Array.from(
      Map.groupBy(group, ({ soc }) => socOf(soc, parameters.socLevel)),
      ([soc, group]) => ({ soc, postings: group.length })
    ).sort((a, b) => b.postings - a.postings || (a.soc < b.soc ? -1 : 1))
    return {
      partition_key: period,
      period,
      geography: parameters.geography,
      place,
      place_name:
        parameters.geography === "nation"
          ? "United States"
          : parameters.geography === "cbsa" && place !== null
            ? `around ${place}`
            : place,
      title,
      postings: group.length,
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6, 7].map((level) => [
          `seniority_${level}`,
          group.filter((posting) => posting.seniority === level).length
        ])
      ),
      skills: skills
        .sort((a, b) => b.postings - a.postings || b.mentions - a.mentions || (a.skill < b.skill ? -1 : 1))
        .slice(0, parameters.topSkills),
      soc_1: socs[0]!.soc,
      soc_1_postings: socs[0]!.postings,
      soc_2: socs[1]?.soc ?? null,
      soc_2_postings: socs[1]?.postings ?? null
    }
  })
}

const placeOf = ({ cbsa, state }: Counted.Posting, geography: Rollup.Parameters["geography"]) => {
  switch (geography) {
    case "cbsa":
      return cbsa
    case "state":
      return state
    case "region":
      return state === null ? null : (regionOf[state] ?? null)
    case "nation":
      return "US"
  }
}

const groups: Readonly<Record<string, ReadonlyArray<string>>> = {
  "15-1252.00": ["15-1252", "15-1250", "15-1200", "15-0000"],
  "15-1253.00": ["15-1253", "15-1250", "15-1200", "15-0000"],
  "29-1141.00": ["29-1141", "29-1140", "29-1000", "29-0000"]
}

const socOf = (soc: string, level: Rollup.Parameters["socLevel"]) =>
  groups[soc]?.[["detailed", "broad", "minor", "major"].indexOf(level)] ?? soc

const sorted = (rows: ReadonlyArray<object>) => rows.map((row) => JSON.stringify(row)).sort()

const Asked = Schema.Struct({
  topSkills: Schema.Literals([0, 1, 3, 10]),
  geography: Schema.Literals(geographies),
  socLevel: Schema.Literals(["detailed", "broad", "minor", "major"]),
  titles: Schema.Literals(["clean", "merged"])
})

layer(DuckDB.layer)("a rollup", (it) => {
  describe("of daily counts", () => {
    it.effect.prop(
      "says of any days what their postings say, whatever is asked",
      [Counted.Postings, Schema.Array(Schema.Literals([20_241, 20_242, 20_268, 20_269, 20_270, 20_300])), Asked],
      ([postings, days, asked]) =>
        Effect.gen(function* () {
          const daily = yield* Counted.daily(postings)
          const keys = days.map(Counted.key)
          const some = {
            sql: sql`(SELECT * FROM ${daily} WHERE list_contains(CAST(${keys} AS VARCHAR[]), partition_key))`
          }
          const found = yield* rows(some, asked)
          assert.deepStrictEqual(
            sorted(found),
            sorted(
              counted(
                postings.filter(({ day }) => days.includes(day)),
                asked
              )
            )
          )
        }).pipe(Effect.scoped),
      { arbitrary: { runs: 60 } }
    )

    it.effect.prop(
      "counts as many postings in every geography, at every level of occupations and with merged titles",
      [Counted.Postings],
      ([postings]) =>
        Effect.gen(function* () {
          const daily = yield* Counted.daily(postings)
          for (const geography of geographies) {
            for (const titles of ["clean", "merged"] as const) {
              const found = yield* rows(daily, { geography, titles, topSkills: 100 })
              assert.strictEqual(
                total(found, (row) => row.postings),
                postings.length
              )
              assert.strictEqual(
                total(found, (row) => total<{ readonly mentions: number }>(row.skills, ({ mentions }) => mentions)),
                total(postings, ({ skills }) => total(Object.values(skills), Number))
              )
            }
          }
        }).pipe(Effect.scoped),
      { arbitrary: { runs: 15 } }
    )

    it.effect("is of no rows where there are no days", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* rows(yield* Counted.daily([]), {}), [])
      }).pipe(Effect.scoped)
    )
  })
})

const total = <A>(items: ReadonlyArray<A>, of: (item: A) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)
