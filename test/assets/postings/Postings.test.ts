import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { files, type Options } from "../../../data/postings.ts"
import { postings as sample } from "../../../data/samples.ts"
import { Enriched } from "../../../assets/postings/Enriched.ts"
import { Parsed } from "../../../assets/postings/Parsed.ts"
import { Raw } from "../../../assets/postings/Raw.ts"
import { SeniorityModel as ModelVersion } from "../../../assets/postings/SeniorityModel.ts"
import * as CachedRoles from "../../../resources/CachedRoles.ts"
import { read as seniorityOf } from "../../../resources/EmbeddedSeniorityModel.ts"
import * as Role from "../../../resources/Role.ts"
import { layerMemory } from "../../../resources/RoleCache.ts"
import { SeniorityModel } from "../../../resources/SeniorityModel.ts"
import type { Event } from "../../../runtime/event/Event.ts"
import { type Metadata, PartitionSet, PartitionsDefinition, sql } from "../../../runtime/index.ts"
import * as Project from "../Project.ts"

const assets = [Raw, ModelVersion, Parsed, Enriched]

/** 2025-06-02 and so on. */
const midnight = (day: number) => 1_748_822_400 + day * 86_400

const line = (fields: object = {}) =>
  JSON.stringify({
    url: "https://example.com/1",
    company: "Acme",
    title: "Clerk",
    location: "Boise, ID",
    scraped_on: midnight(0),
    ...fields
  })

/** Good lines, next to which a few bad ones may be. */
const enough = Array.from({ length: 200 }, () => line())

const generated = (options: Partial<Options>) =>
  [...files({ ...sample, ...options })].map(({ content, name }) => ({
    name,
    lines: [...content].join("").split("\n").slice(0, -1)
  }))

/** A project of the postings, and the roles that its model was asked for. */
const postings = Effect.gen(function* () {
  const asked: Array<string> = []
  const model = Layer.succeed(SeniorityModel, {
    version: "test",
    batch: 1000,
    infer: (roles) =>
      Effect.sync(() => {
        asked.push(...roles.map(Role.key))
        return roles.map((role) => seniorityOf(role.title))
      })
  })
  const roles = CachedRoles.layer.pipe(Layer.provide([layerMemory, model]))
  const project = yield* Project.make(assets, "STRATA_POSTINGS_SOURCE", roles)
  return { ...project, asked }
})

const test = <A, E>(name: string, body: Effect.Effect<A, E, Project.Runtime | Scope>) =>
  it.effect(name, () => body.pipe(Effect.provide(Project.layer)))

/** What the steps said of themselves, added up. */
const total = (heard: ReadonlyArray<Event>, name: string) => {
  const values = heard.flatMap((event) => {
    const metadata: Metadata.MetadataEntries = event._tag === "StepSucceeded" ? event.metadata : {}
    return metadata[name]?._tag === "Int" ? [metadata[name].value] : []
  })
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

/** `postings/parsed 2025-06-02` and so on: what a plan makes. */
const planned = (run: { readonly plan: { readonly steps: ReadonlyArray<Step> } }) =>
  run.plan.steps.flatMap(({ assets, partitions }) =>
    [...PartitionSet.ordinals(partitions)].map((day) => `${assets[0]} ${PartitionsDefinition.dayKey(day)}`)
  )

interface Step {
  readonly assets: ReadonlyArray<string>
  readonly partitions: PartitionSet.PartitionSet
}

const days = (...keys: ReadonlyArray<string>) =>
  ["postings/parsed", "postings/enriched"].flatMap((asset) => keys.map((day) => `${asset} ${day}`))

describe("the postings", () => {
  test(
    "hold every good line of generated files once, and set aside the others",
    Effect.gen(function* () {
      const project = yield* postings
      const landed = generated({ rows: 6000, days: 3, malformed: 0.02, repeated: 0.02, unique: 0.05 })
      for (const { lines, name } of landed) project.land(name, lines)
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Succeeded")

      const good = landed.flatMap(({ lines, name }) =>
        lines.flatMap((text) => (text.endsWith("}") && /"title".*"scraped_on":\d/.test(text) ? [{ name, text }] : []))
      )
      const expected = good.map(({ name, text }) => {
        const { company, description = null, location, scraped_on, title, url } = JSON.parse(text)
        const posting_id = createHash("md5").update(`${scraped_on} ${url}`).digest("hex").slice(0, 20)
        const partition_key = new Date(Number.parseInt(name, 10) * 1000).toISOString().slice(0, 10)
        return { company, description, location, partition_key, posting_id, scraped_on, title, url }
      })
      const rows = yield* project.query((asset) => sql`SELECT * FROM ${asset("postings/parsed")}`)
      const found = rows.map(({ row_id: _, ...row }) => ({ ...row, scraped_on: Number(row.scraped_on) }))
      assert.deepStrictEqual(found.map(text).sort(), expected.map(text).sort())
      assert.strictEqual(new Set(rows.map((row) => row.row_id)).size, rows.length)

      const quarantined = yield* project.quarantine("postings/parsed")
      assert.strictEqual(quarantined.length, 6000 - good.length)
      for (const { file, line, raw } of quarantined) {
        assert.strictEqual(landed.find(({ name }) => name === file)?.lines[Number(line) - 1], raw)
      }
      assert.strictEqual(total(heard, "lines"), 6000)
      assert.strictEqual(total(heard, "good"), good.length)
      assert.strictEqual(total(heard, "quarantined"), 6000 - good.length)
      assert.strictEqual(
        total(heard, "repeated postings"),
        good.length - new Set(expected.map((row) => row.partition_key + row.posting_id)).size
      )
    })
  )

  test(
    "are each enriched with the seniority of their role, asked once",
    Effect.gen(function* () {
      const project = yield* postings
      for (const { lines, name } of generated({ rows: 4000, days: 20, filesPerDay: 1, unique: 0.1 })) {
        project.land(name, lines)
      }
      const { heard } = yield* project.materialize()
      const rows = yield* project.query((asset) => sql`SELECT * FROM ${asset("postings/enriched")}`)
      const parsed = yield* project.query((asset) => sql`SELECT * FROM ${asset("postings/parsed")}`)
      const without = rows.map(({ seniority: _, ...row }) => text(row))
      assert.deepStrictEqual(without.sort(), parsed.map(text).sort())
      for (const row of rows) assert.strictEqual(Number(row.seniority), seniorityOf(String(row.title)))

      const roles = new Set(rows.map((row) => Role.key(row as unknown as Role.Role)))
      assert.deepStrictEqual([...project.asked].sort(), [...roles].sort())
      const [hits, misses, shared] = ["cache hits", "cache misses", "shared with other steps"].map(
        (name) => total(heard, name)!
      )
      assert.strictEqual(misses, roles.size)
      assert.strictEqual(hits! + misses! + shared!, total(heard, "distinct pairs"))
    })
  )

  test(
    "belong to the day of their file's name, and files of equal content are different postings",
    Effect.gen(function* () {
      const project = yield* postings
      project.land(`${midnight(1) - 1}.jsonl`, [line({ scraped_on: midnight(5) })])
      project.land(`${midnight(1)}.jsonl.gz`, [line({ scraped_on: midnight(5) })])
      project.land(`${midnight(1) + 60}.jsonl`, [line({ scraped_on: midnight(5) })])
      project.land(`${midnight(1) + 61}.jsonl`, [line({ scraped_on: midnight(5) })])
      project.land("notes.txt", "not a posting")
      project.land("1748908861.jsonl.part", "not yet")
      const { heard } = yield* project.materialize()
      const rows = yield* project.query(
        (asset) => sql`
          SELECT partition_key, count(*) AS n, count(DISTINCT row_id) AS rows, count(DISTINCT posting_id) AS postings
          FROM ${asset("postings/parsed")} GROUP BY ALL ORDER BY ALL`
      )
      assert.deepStrictEqual(
        rows.map((row) => Object.values(row).map(String)),
        [
          ["2025-06-02", "1", "1", "1"],
          ["2025-06-03", "3", "3", "1"]
        ]
      )
      assert.strictEqual(total(heard, "repeated postings"), 2)
    })
  )

  test(
    "need all of their columns but the description, of the right types",
    Effect.gen(function* () {
      const project = yield* postings
      project.land(`${midnight(0)}.jsonl`, [
        line(),
        line({ description: null }),
        line({ description: "Yes", more: 1 }),
        "",
        line({ description: 1 }),
        line({ company: undefined }),
        line({ location: null }),
        line({ scraped_on: "1748822400" }),
        line({ scraped_on: 1.5 }),
        ...enough
      ])
      const { heard } = yield* project.materialize()
      const counts = ["lines", "good", "quarantined", "blank", "unknown keys"].map((name) => total(heard, name))
      assert.deepStrictEqual(counts, [209, 203, 5, 1, 1])
      const rows = yield* project.query(
        (asset) =>
          sql`SELECT description FROM ${asset("postings/parsed")} WHERE row_id SIMILAR TO '.*-[123]' ORDER BY row_id`
      )
      assert.deepStrictEqual(
        rows.map((row) => row.description),
        [null, null, "Yes"]
      )
      const lines = (yield* project.quarantine("postings/parsed")).map((row) => Number(row.line))
      assert.deepStrictEqual(lines, [5, 6, 7, 8, 9])
    })
  )

  test(
    "of a day with a damaged file fail, and the other days are made",
    Effect.gen(function* () {
      const project = yield* postings
      for (const day of [0, 1, 2]) project.land(`${midnight(day)}.jsonl`, [...enough, "bad"])
      const damaged = gzipSync(`${line()}\n`.repeat(100)).subarray(0, 60)
      project.land(`${midnight(1) + 1}.jsonl`, [line()])
      writeFileSync(`${project.source}/${midnight(1) + 2}.jsonl.gz`, damaged)
      const { status } = yield* project.materialize()
      assert.strictEqual(status, "Failed")
      for (const key of ["postings/parsed", "postings/enriched"]) {
        const made = yield* project.query((asset) => sql`SELECT DISTINCT partition_key FROM ${asset(key)} ORDER BY 1`)
        assert.deepStrictEqual(
          made.map((row) => row.partition_key),
          ["2025-06-02", "2025-06-04"],
          key
        )
      }
      assert.strictEqual((yield* project.quarantine("postings/parsed")).length, 2)

      project.land(`${midnight(1) + 2}.jsonl.gz`, [line(), line()])
      const again = yield* project.materialize()
      assert.strictEqual(again.status, "Succeeded")
      assert.deepStrictEqual(planned(again), days("2025-06-03"))
    })
  )

  test(
    "are not published where one line in twenty is no posting",
    Effect.gen(function* () {
      const project = yield* postings
      project.land(`${midnight(0)}.jsonl`, [...enough.slice(0, 19), "bad"])
      assert.strictEqual((yield* project.materialize()).status, "Failed")
      project.land(`${midnight(0)}.jsonl`, [...enough.slice(0, 20), "bad"])
      assert.strictEqual((yield* project.materialize()).status, "Succeeded")
    })
  )

  test(
    "of a day are made again when a file lands late, and of no other day",
    Effect.gen(function* () {
      const project = yield* postings
      for (const day of [0, 1, 2]) project.land(`${midnight(day)}.jsonl`, [line()])
      yield* project.materialize()
      assert.deepStrictEqual(planned(yield* project.materialize()), [])
      project.land(`${midnight(1) + 60}.jsonl.gz`, [line({ title: "Chief" })])
      assert.deepStrictEqual(planned(yield* project.materialize()), days("2025-06-03"))
      const [row] = yield* project.query((asset) => sql`SELECT count(*) AS n FROM ${asset("postings/enriched")}`)
      assert.strictEqual(Number(row!.n), 4)
    })
  )

  test(
    "cannot be observed where there is no folder, rather than taken for gone",
    Effect.gen(function* () {
      const project = yield* postings
      const error = yield* Effect.flip(project.materialize())
      assert.include(error.message, `${project.source} cannot be listed: it does not exist; create the folder`)
      mkdirSync(project.source)
      const run = yield* project.materialize()
      assert.deepStrictEqual([run.status, planned(run)], ["Succeeded", []])
    })
  )
})

/** A row as one text, so that rows can be sorted. */
const text = (row: object) =>
  JSON.stringify(
    Object.entries(row)
      .map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  )
