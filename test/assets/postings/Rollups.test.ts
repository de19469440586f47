/**
 * The whole chain from landed lines to rollups and features, against plain SQL
 * over the raw lines. `STRATA_TEST_POSTINGS` names a folder of real files to
 * take besides the generated ones.
 */
import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { DailyTitleCounts } from "../../../assets/postings/DailyTitleCounts.ts"
import { Features } from "../../../assets/postings/Features.ts"
import { Monthly } from "../../../assets/postings/Monthly.ts"
import { Quarterly } from "../../../assets/postings/Quarterly.ts"
import { QuarterlyTitleCounts } from "../../../assets/postings/QuarterlyTitleCounts.ts"
import { QuarterlyTitles } from "../../../assets/postings/QuarterlyTitles.ts"
import { states } from "../../../data/cities.ts"
import { files, type Options } from "../../../data/postings.ts"
import { postings as sample } from "../../../data/samples.ts"
import * as words from "../../../data/words.ts"
import * as CachedRoles from "../../../resources/CachedRoles.ts"
import * as EmbeddedSeniorityModel from "../../../resources/EmbeddedSeniorityModel.ts"
import { layerMemory } from "../../../resources/RoleCache.ts"
import { Asset, PartitionSet, PartitionsDefinition, type Sql, sql } from "../../../runtime/index.ts"
import { temporaryFolder } from "../../record/temporary.ts"
import * as Project from "../Project.ts"

const withUpstream = (asset: Asset.Any): ReadonlyArray<Asset.Any> => [
  asset,
  ...[...Asset.dependencies(asset).values()].flatMap(({ asset }) => withUpstream(asset))
]

const all = [DailyTitleCounts, Monthly, Quarterly, QuarterlyTitleCounts, QuarterlyTitles, Features]

const repository = join(import.meta.dirname, "../../..")

const small = join(repository, "test/cases/reference")

/** A project of these assets with all that they are made from; without a folder of reference tables, they are small. */
const rollups = (assets: ReadonlyArray<Asset.Any>, reference = small) =>
  Project.make(
    [...new Set(assets.flatMap(withUpstream))],
    "STRATA_POSTINGS_SOURCE",
    CachedRoles.layer.pipe(Layer.provide([layerMemory, EmbeddedSeniorityModel.layer])),
    { STRATA_REFERENCE: reference }
  )

const test = <A, E>(name: string, body: Effect.Effect<A, E, Project.Runtime | Scope>) =>
  it.effect(name, () => body.pipe(Effect.provide(Project.layer)))

/** The second at which a day begins, of days counted from 2025-04-01. */
const midnight = (day: number) => 1_743_465_600 + day * 86_400
const dayKey = (day: number) => PartitionsDefinition.dayOfSeconds(midnight(day))

const line = (fields: object = {}) =>
  JSON.stringify({
    url: "u",
    company: "Acme",
    title: "Registered Nurse",
    location: "Boise, ID",
    scraped_on: midnight(0),
    ...fields
  })

const land = (
  project: Project.Project,
  options: Partial<Options>,
  change: (line: string) => string = (line) => line
) => {
  for (const { content, name } of files({ ...sample, malformed: 0, ...options })) {
    project.land(name, [...content].join("").split("\n").slice(0, -1).map(change))
  }
}

/** The lines of the landed files, as the engine's own reader reads them, with the quarter of their file's name. */
const rawLines = (source: string): Sql.Relation => ({
  sql: sql`(
    SELECT *, epoch_ms(CAST(regexp_extract(filename, '([0-9]+)[.]jsonl', 1) AS BIGINT) * 1000) AS landed,
      year(landed) || 'Q' || quarter(landed) AS quarter, strftime(landed, '%Y-%m') AS month,
      regexp_replace(lower(title || ' ' || coalesce(description, '')), '[^\\pL\\pN]+', ' ', 'g') AS words
    FROM read_json(${`${source}/*.jsonl*`}, format = 'newline_delimited', filename = true,
      columns = {url: 'VARCHAR', company: 'VARCHAR', title: 'VARCHAR', location: 'VARCHAR', scraped_on: 'BIGINT', description: 'VARCHAR'})
  )`
})

type Assets = (key: string) => Sql.Relation

/** What the assets say of all postings is what their lines say. */
const agrees = Effect.fnUntraced(function* (project: Project.Project) {
  const lines = rawLines(project.source)
  const same = Effect.fnUntraced(function* (name: string, sides: (asset: Assets) => readonly [Sql.Sql, Sql.Sql]) {
    const [[counted], differences] = [
      yield* project.query((asset) => sql`SELECT count(*) AS rows FROM (${sides(asset)[0]})`),
      yield* project.query((asset) => {
        const [found, expected] = sides(asset)
        return sql`(${found} EXCEPT ALL ${expected}) UNION ALL (${expected} EXCEPT ALL ${found}) LIMIT 5`
      })
    ]
    assert.deepStrictEqual(differences, [], name)
    assert.isAbove(Number(counted!.rows), 0, name)
  })
  yield* same("postings of the nation by quarter and title", (asset) => [
    sql`SELECT period, title, postings FROM ${asset("postings/quarterly_titles")} WHERE title SIMILAR TO '[ -~]*'`,
    sql`SELECT quarter, cleaned, count(*) FROM (
        SELECT quarter, trim(regexp_replace(replace(lower(title), chr(39), ''), '[\\pP\\pS\\pZ\\s]+', ' ', 'g')) AS cleaned
        FROM ${lines}
      ) WHERE cleaned SIMILAR TO '[ -~]*' GROUP BY ALL`
  ])
  yield* same("postings by month and state", (asset) => [
    sql`SELECT period, place, sum(postings) FROM ${asset("postings/monthly")}
      WHERE list_contains(CAST(${states.map(({ code }) => code)} AS VARCHAR[]), place) GROUP BY ALL`,
    sql`SELECT month, code, count(*) FROM ${lines}, ${stateNames} WHERE ends_with(location, ', ' || name) GROUP BY ALL`
  ])
  for (const key of ["postings/quarterly", "postings/quarterly_titles"]) {
    yield* same(`postings of ${key} by quarter`, (asset) => [
      sql`SELECT period, sum(postings), sum(soc_1_postings + coalesce(soc_2_postings, 0)) FROM ${asset(key)} GROUP BY ALL`,
      sql`SELECT quarter, count(*), count(*) FROM ${lines} GROUP BY ALL`
    ])
  }
  // Some names of one word that no other name holds, so that the longest match is the only one.
  yield* same("postings by quarter and skill", (asset) => [
    sql`SELECT quarter, counted.key, sum(counted.value) FROM (
        SELECT quarter, unnest(map_entries(each.skill_counts)) AS counted
        FROM (SELECT quarter, unnest(title_counts) AS each FROM ${asset("postings/quarterly_title_counts")})
      ) WHERE counted.key IN (FROM ${alone(asset)}) GROUP BY ALL`,
    sql`SELECT quarter, name, count(*) FROM ${lines}, ${alone(asset)}
      WHERE contains(' ' || words || ' ', ' ' || lower(name) || ' ') GROUP BY ALL`
  ])
  yield* same("postings of the last 7 and 90 days", (asset) => [
    sql`SELECT date, sum(postings_7), sum(postings_90) FROM ${asset("postings/features")} GROUP BY ALL`,
    sql`SELECT strftime(day, '%Y-%m-%d'), count(*) FILTER (landed > day - INTERVAL 7 DAY),
        count(*) FILTER (landed > day - INTERVAL 90 DAY)
      FROM (SELECT DISTINCT CAST(partition_key AS DATE) AS day FROM ${asset("postings/features")})
        JOIN (SELECT CAST(landed AS DATE) AS landed FROM ${lines}) ON landed BETWEEN day - INTERVAL 179 DAY AND day
      GROUP BY day`
  ])
})

const stateNames = sql`(SELECT unnest(CAST(${states.flatMap(({ code }) => [code, code])} AS VARCHAR[])) AS code,
  unnest(CAST(${states.flatMap(({ code, name }) => [code, name])} AS VARCHAR[])) AS name)`

const alone = (asset: Assets) => sql`(
  SELECT a.name FROM ${asset("postings/reference/skills")} AS a JOIN ${asset("postings/reference/skills")} AS b
    ON contains(lower(b.name), lower(a.name))
  WHERE a.name SIMILAR TO '[A-Za-z]{3,}' AND list_contains(CAST(${words.skill} AS VARCHAR[]), a.name) GROUP BY a.name HAVING count(*) = 1
)`

/** `postings/daily 2025-04-01` and so on: what a plan makes. */
const planned = ({ plan }: { readonly plan: { readonly steps: ReadonlyArray<Step> } }, key: string) =>
  plan.steps.flatMap(({ assets, partitions }) =>
    assets[0] === key ? [...PartitionSet.ordinals(partitions)].map(PartitionsDefinition.dayKey) : []
  )

interface Step {
  readonly assets: ReadonlyArray<string>
  readonly partitions: PartitionSet.PartitionSet
}

const assetsOf = ({ plan }: { readonly plan: { readonly steps: ReadonlyArray<Step> } }) => [
  ...new Set(plan.steps.map(({ assets }) => assets[0]))
]

/** The days from one to another, both counted from 2025-04-01. */
const days = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, day) => dayKey(first + day))

describe("rollups and features", () => {
  test(
    "say of generated postings what their lines say",
    Effect.gen(function* () {
      const project = yield* rollups(all, join(repository, "data/reference"))
      land(project, { rows: 1500, days: 60, filesPerDay: 1, start: "2025-06-01", unique: 0.05, repeated: 0.02 })
      assert.strictEqual((yield* project.materialize()).status, "Succeeded")
      yield* agrees(project)
    })
  )

  test(
    "count postings whose urls are all equal, each of them",
    Effect.gen(function* () {
      const project = yield* rollups(all)
      land(project, { rows: 500, days: 20, filesPerDay: 1, start: "2025-06-20" }, (line) =>
        line.replace(/"url":"[^"]*"/, `"url":"https://example.com"`).replace(/"scraped_on":\d+/, `"scraped_on":0`)
      )
      assert.strictEqual((yield* project.materialize()).status, "Succeeded")
      yield* agrees(project)
    })
  )

  const folder = process.env.STRATA_TEST_POSTINGS
  if (folder !== undefined) {
    test(
      "say of the real postings what their lines say",
      Effect.gen(function* () {
        const project = yield* rollups(all, process.env.STRATA_REFERENCE ?? join(repository, "data/reference"))
        mkdirSync(project.source)
        for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(project.source, name))
        assert.strictEqual((yield* project.materialize()).status, "Succeeded")
        yield* agrees(project)
      })
    )
  }

  test(
    "are asked other questions without counting a day again",
    Effect.gen(function* () {
      const project = yield* rollups([Quarterly, Features])
      for (const day of [0, 1, 100]) project.land(`${midnight(day)}.jsonl`, [line()])
      yield* project.materialize()
      const asked = (config: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
        Effect.map(project.materialize({ config: [config] }), assetsOf)
      const quarterly = (parameter: object) => asked({ "postings/quarterly": { ...parameter } })
      for (const parameter of [
        { topSkills: 15 },
        { geography: "region" },
        { socLevel: "major" },
        { titles: "merged" }
      ]) {
        assert.deepStrictEqual(yield* quarterly(parameter), ["postings/quarterly"], JSON.stringify(parameter))
      }
      yield* project.materialize()
      assert.deepStrictEqual(yield* asked({ "postings/features": { seniorFrom: 5 } }), ["postings/features"])
      yield* project.materialize()
      assert.deepStrictEqual(assetsOf(yield* project.materialize()), [])
    })
  )

  test(
    "of a day that changes are stale within its windows: 179 days on, and not 180",
    Effect.gen(function* () {
      const project = yield* rollups([Quarterly, Features])
      for (const day of [0, 5, 200]) project.land(`${midnight(day)}.jsonl`, [line()])
      yield* project.materialize()
      project.land(`${midnight(5) + 60}.jsonl`, [line()])
      const late = yield* project.materialize()
      assert.deepStrictEqual(planned(late, "postings/features"), days(5, 5 + 179))
      assert.deepStrictEqual(planned(late, "postings/daily"), days(5, 5))
      project.land(`${midnight(0)}.jsonl`, [line({ title: "Chief Executive" })])
      assert.deepStrictEqual(planned(yield* project.materialize(), "postings/features"), days(0, 179))
      const [row] = yield* project.query(
        (asset) => sql`SELECT max(days_since_last_seen) AS days, count(*) FILTER (date = ${dayKey(180)}) AS rows
          FROM ${asset("postings/features")} WHERE title = 'chief executive'`
      )
      assert.deepStrictEqual([Number(row!.days), Number(row!.rows)], [179, 0])
    })
  )

  test(
    "follow an extractor that says something else, and nothing where it says the same",
    Effect.gen(function* () {
      const project = yield* rollups([Quarterly, Features])
      for (const day of [0, 1]) project.land(`${midnight(day)}.jsonl`, [line()])
      yield* project.materialize()
      const code = { "postings/attributes/soc_code": "1" }
      const changed = yield* project.materialize({ code })
      assert.deepStrictEqual(assetsOf(changed), [
        "postings/attributes/soc_code",
        "postings/daily",
        "postings/features",
        "postings/quarterly"
      ])
      const made = changed.heard.flatMap((event) => (event._tag === "StepSucceeded" ? [event.step] : []))
      assert.strictEqual(made.length, 1)
    })
  )

  test(
    "take merged titles from a file, whose change is no change of a day",
    Effect.gen(function* () {
      const reference = yield* temporaryFolder
      cpSync(small, reference, { recursive: true })
      const merge = (...lines: ReadonlyArray<string>) =>
        writeFileSync(join(reference, "title_merges.csv"), ["title,merged", ...lines, ""].join("\n"))
      const project = yield* rollups([Quarterly], reference)
      const merged = project.materialize({ config: [{ "postings/quarterly": { titles: "merged" } }] })
      const titles = Effect.map(
        project.query((asset) => sql`SELECT title, postings FROM ${asset("postings/quarterly")} ORDER BY title`),
        (rows) => rows.map(({ postings, title }) => [title, Number(postings)])
      )
      project.land(`${midnight(0)}.jsonl`, [line(), line({ title: "RN" }), line({ title: "R.N." })])
      merge("rn,registered nurse")
      yield* merged
      assert.deepStrictEqual(yield* titles, [
        ["r n", 1],
        ["registered nurse", 2]
      ])
      merge("rn,registered nurse", "r n,registered nurse")
      assert.deepStrictEqual(assetsOf(yield* merged), ["postings/quarterly"])
      assert.deepStrictEqual(yield* titles, [["registered nurse", 3]])
      merge("rn,registered nurse", "rn,nurse")
      const failed = yield* merged
      assert.strictEqual(failed.status, "Failed")
      assert.include(
        JSON.stringify(failed.heard),
        'title_merges.csv cannot be looked up in: \\"rn\\" stands in it more than once'
      )
    })
  )

  test(
    "nest the counts of a quarter and of a day as documents",
    Effect.gen(function* () {
      const project = yield* rollups([DailyTitleCounts, QuarterlyTitleCounts])
      const developer = { title: "Software Developer", description: "Python, python and C++", location: "Newark, NJ" }
      project.land(`${midnight(0)}.jsonl`, [line(developer), line({ ...developer, description: null }), line()])
      project.land(`${midnight(1)}.jsonl`, [line({ ...developer, location: "Nowhere" })])
      yield* project.materialize()
      const documents = (key: string, name: string) =>
        Effect.map(
          project.query(
            (asset) =>
              sql`SELECT to_json(d) AS document FROM (SELECT * EXCLUDE (partition_key) FROM ${asset(key)} ORDER BY partition_key) AS d`
          ),
          (rows) => rows.map(({ document }) => JSON.parse(String(document)) as Record<typeof name, unknown>)
        )
      const nurses = { cbsa: "14260", title: "registered nurse", skill_counts: {}, soc_counts: { "29-1141.00": 1 } }
      const soc_counts = { "15-1252.00": 2 }
      const nowhere = {
        cbsa: null,
        title: "software developer",
        skill_counts: { "C++": 1, Python: 1 },
        soc_counts: { "15-1252.00": 1 }
      }
      const newark = { cbsa: "35620", title: "software developer", skill_counts: { "C++": 1, Python: 1 }, soc_counts }
      assert.deepStrictEqual(yield* documents("postings/quarterly_title_counts", "quarter"), [
        { quarter: "2025Q2", title_counts: [nurses, newark, nowhere] }
      ])
      assert.deepStrictEqual(yield* documents("postings/daily_title_counts", "date"), [
        { date: dayKey(0), title_counts: [nurses, newark] },
        { date: dayKey(1), title_counts: [nowhere] }
      ])
    })
  )
})
