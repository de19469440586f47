import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { Cbsa } from "../../../../assets/postings/attributes/Cbsa.ts"
import { SkillsAcronym } from "../../../../assets/postings/attributes/SkillsAcronym.ts"
import { SkillsOnet } from "../../../../assets/postings/attributes/SkillsOnet.ts"
import { SocCode } from "../../../../assets/postings/attributes/SocCode.ts"
import { TitleClean } from "../../../../assets/postings/attributes/TitleClean.ts"
import { Parsed } from "../../../../assets/postings/Parsed.ts"
import { Raw } from "../../../../assets/postings/Raw.ts"
import { Cities } from "../../../../assets/postings/reference/Cities.ts"
import { Geography } from "../../../../assets/postings/reference/Geography.ts"
import { Occupations } from "../../../../assets/postings/reference/Occupations.ts"
import { Onet } from "../../../../assets/postings/reference/Onet.ts"
import { Skills } from "../../../../assets/postings/reference/Skills.ts"
import type { Event } from "../../../../runtime/event/Event.ts"
import { sql } from "../../../../runtime/index.ts"
import { temporaryFolder } from "../../../record/temporary.ts"
import * as Project from "../../Project.ts"
import { published, text } from "./published.ts"

const assets = [
  Raw,
  Parsed,
  Onet,
  Geography,
  Skills,
  Occupations,
  Cities,
  TitleClean,
  SkillsOnet,
  SkillsAcronym,
  SocCode,
  Cbsa
]

const attributes = Effect.gen(function* () {
  const reference = yield* temporaryFolder
  const publish = (name: string, lines: ReadonlyArray<string>) => {
    mkdirSync(join(reference, name, ".."), { recursive: true })
    writeFileSync(join(reference, name), text(lines))
  }
  for (const [name, lines] of Object.entries(published)) publish(name, lines)
  const project = yield* Project.make(assets, "STRATA_POSTINGS_SOURCE", Layer.empty, { STRATA_REFERENCE: reference })
  /** Rows in the order of the postings' lines, without keys. */
  const rows = (attribute: string) =>
    project.query(
      (asset) => sql`
        SELECT attribute.* EXCLUDE (row_id, partition_key)
        FROM ${asset("postings/parsed")} JOIN ${asset(`postings/attributes/${attribute}`)} AS attribute USING (row_id)
        ORDER BY CAST(split_part(row_id, '-', 2) AS INTEGER), attribute`
    )
  return {
    ...project,
    publish,
    remove: (name: string) => rmSync(join(reference, name)),
    landPostings: (...postings: ReadonlyArray<object>) => project.land("1748822400.jsonl", postings.map(line)),
    rows: (attribute: string) => Effect.map(rows(attribute), (rows) => rows.map((row) => Object.values(row).map(plain)))
  }
})

const plain = (value: unknown) => (typeof value === "bigint" ? Number(value) : value)

const line = (fields: object, index = 0) =>
  JSON.stringify({
    url: `https://example.com/${index}`,
    company: "Acme",
    title: "Clerk",
    location: "Boise, ID",
    scraped_on: 1_748_822_400,
    ...fields
  })

/** What the step of an asset said. */
const said = (heard: ReadonlyArray<Event>, asset: string) => {
  const steps = heard.flatMap((event) =>
    event._tag === "StepPlanned" && event.assets.some((key) => key === asset) ? [event.step] : []
  )
  const entries = heard.flatMap((event) =>
    event._tag === "StepSucceeded" && steps.includes(event.step) ? Object.entries(event.metadata) : []
  )
  return Object.fromEntries(
    entries.filter(([name]) => !name.startsWith("strata/")).map(([name, { value }]) => [name, value])
  )
}

const test = <A, E>(name: string, body: Effect.Effect<A, E, Project.Runtime | Scope>) =>
  it.effect(name, () => body.pipe(Effect.provide(Project.layer)))

describe("the attributes of a posting", () => {
  test(
    "are its clean title",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings({ title: "Chief – R&D" }, { title: "chief r d" }, { title: "…" })
      const { heard } = yield* project.materialize()
      assert.deepStrictEqual(yield* project.rows("title_clean"), [["chief r d"], ["chief r d"], [""]])
      assert.deepStrictEqual(said(heard, "postings/attributes/title_clean"), { "distinct titles": 3 })
    })
  )

  test(
    "are the skills that title and description name, each with its mentions",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings(
        { title: "C++ Writing", description: "writing, microsoft WORD, C\nC. Javascript" },
        { title: "C++ Writing" },
        { title: "Clerk", description: "Microsoft" }
      )
      const { heard } = yield* project.materialize()
      assert.deepStrictEqual(yield* project.rows("skills_onet"), [
        ["C", 1],
        ["C++", 1],
        ["Microsoft Word", 1],
        ["Writing", 2],
        ["C++", 1],
        ["Writing", 1]
      ])
      assert.deepStrictEqual(said(heard, "postings/attributes/skills_onet"), {
        "distinct titles": 2,
        "distinct descriptions": 2,
        hits: 2,
        misses: 1,
        mentions: 7
      })
    })
  )

  test(
    "are its occupation: by its own title, else the lowest of those with that title, else unknown",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings(
        { title: "CHIEF EXECUTIVES" },
        { title: "Chief" },
        { title: "R&D Cook" },
        { title: "Chief Clerk" },
        { title: "…" }
      )
      const { heard } = yield* project.materialize()
      assert.deepStrictEqual(yield* project.rows("soc_code"), [
        ["11-1011.00", 2],
        ["11-1011.00", 2],
        ["35-1011.00", 1],
        ["99-9999.00", 0],
        ["99-9999.00", 0]
      ])
      assert.deepStrictEqual(said(heard, "postings/attributes/soc_code"), {
        hits: 3,
        misses: 2,
        "by the occupation's own title": 1,
        "of several occupations": 2
      })
    })
  )

  test(
    "are state and CBSA: of the county that is listed first, the state even where the city is unknown or outside any",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings(
        { location: "Portland, Oregon" },
        { location: "St. Louis, MO" },
        { location: "Radford, va" },
        { location: "Boise, Idaho" },
        { location: "Burns, OR" },
        { location: "Nowhere, OR" },
        { location: "Portland, Belgium" }
      )
      const { heard } = yield* project.materialize()
      assert.deepStrictEqual(yield* project.rows("cbsa"), [
        ["OR", "38900", "Portland-Vancouver-Hillsboro, OR-WA"],
        ["MO", "41180", "St. Louis, MO-IL"],
        ["VA", "13980", "Blacksburg-Christiansburg, VA"],
        ["ID", "14260", "Boise City, ID"],
        ["OR", null, null],
        ["OR", null, null],
        [null, null, null]
      ])
      assert.deepStrictEqual(said(heard, "postings/attributes/cbsa"), {
        "distinct locations": 7,
        hits: 4,
        misses: 3,
        "without a state": 1,
        "in an unknown city": 1,
        "outside any CBSA": 1,
        "in a city of several counties": 1
      })
    })
  )

  test(
    "are the technologies whose acronyms it names, in their exact case",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings(
        { title: "SQL Clerk", description: "Structured query language SQL; MySQL, sql. SQL." },
        { title: "Clerk" }
      )
      yield* project.materialize()
      assert.deepStrictEqual(yield* project.rows("skills_acronym"), [["Structured query language SQL", 3]])
      assert.deepStrictEqual(yield* project.rows("skills_onet"), [["Structured query language SQL", 1]])
    })
  )

  test(
    "are looked up again when a reference file changes, where that changes anything",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings({ title: "Chief" })
      yield* project.materialize()
      const made = (run: Effect.Success<ReturnType<typeof project.materialize>>) =>
        run.plan.steps.flatMap(({ assets }, index) =>
          run.heard.some((event) => event._tag === "StepSucceeded" && event.step === index) ? assets : []
        )
      project.publish("geo/us_cities.csv", [...published["geo/us_cities.csv"]!, "6,ID,Idaho,Eagle,Ada,43"])
      assert.deepStrictEqual(made(yield* project.materialize()), [
        "postings/reference/cities",
        "postings/attributes/cbsa"
      ])
      const titles = "onet/alternate_titles.txt"
      project.publish(titles, [...published[titles]!, published[titles]!.at(-1)!])
      const run = yield* project.materialize()
      const unchanged = run.heard.flatMap((event) =>
        event._tag === "StepUnchanged" ? run.plan.steps[event.step]!.assets : []
      )
      assert.deepStrictEqual(made(run).sort(), ["postings/reference/occupations", "postings/reference/skills"])
      assert.includeMembers(unchanged as ReadonlyArray<string> as Array<string>, ["postings/attributes/soc_code"])
    })
  )

  test(
    "need the reference files with their columns, and say which is missing",
    Effect.gen(function* () {
      const project = yield* attributes
      project.landPostings({})
      project.publish("geo/cbsa2fipsxw.csv", ["cbsacode,cbsatitle,statename", "1,Boise,Idaho"])
      project.remove("onet/skills.tsv")
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Failed")
      const errors = heard.flatMap((event) => (event._tag === "AttemptFailed" ? [event.error.message] : []))
      assert.deepStrictEqual(errors.sort(), [
        "cbsa2fipsxw.csv has no column countycountyequivalent, only cbsacode, cbsatitle, statename: take the file as it is published",
        "there is no skills.txt among the reference files: put it there, or name their folder in STRATA_REFERENCE"
      ])
      assert.deepStrictEqual(yield* project.rows("title_clean"), [["clerk"]])
    })
  )
})
