import { createHash } from "node:crypto"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Copy from "../assets/postings/attributes/copy.ts"
import { published, text } from "../assets/postings/attributes/published.ts"

const line = (fields: object) =>
  JSON.stringify({
    url: "https://example.com/1",
    company: "Acme",
    title: "Chief",
    location: "Portland, OR",
    scraped_on: 1_748_822_400,
    ...fields
  })

const lines = [
  line({ description: "C++ and SQL,\u0007 C++" }),
  '{"url": "https://example.com/2"',
  ...Array.from({ length: 40 }, (_, index) => line({ url: `https://example.com/same${index % 39}` }))
]

/** A project whose one day is made. */
const project = Effect.gen(function* () {
  const project = yield* Copy.make
  for (const [name, lines] of Object.entries(published)) project.write(`reference/${name}`, text(lines))
  project.write("landed/1748822400.jsonl", `${lines.join("\n")}\n`)
  const { code, stderr } = yield* project.strata("materialize")
  assert.strictEqual(code, 0, stderr)
  const inspect = (...args: ReadonlyArray<string>) => project.strata("inspect", "posting", ...args)
  const inspectJson = (id: string) =>
    Effect.map(inspect(id, "--json"), ({ code, stderr, stdout }) => {
      assert.strictEqual(code, 0, stderr)
      return JSON.parse(stdout)
    })
  return { ...project, inspect, inspectJson }
})

describe("strata inspect posting", () => {
  it.effect("says everything that is known of a posting, and nothing changes by it", () =>
    Effect.gen(function* () {
      const { inspect, inspectJson, root, strata } = yield* project
      const [posting] = yield* inspectJson("1748822400.jsonl:1")
      assert.strictEqual(posting.raw, lines[0])
      assert.strictEqual(posting.parsed.description, "C++ and SQL,\u0007 C++")
      assert.deepStrictEqual([posting.day, posting.file, posting.line], ["2025-06-02", "1748822400.jsonl", 1])
      assert.deepStrictEqual([posting.seniority, posting.quarantine], [5, null])
      assert.deepStrictEqual(posting.attributes, {
        "postings/attributes/title_clean": [{ title_clean: "chief" }],
        "postings/attributes/skills_onet": [{ skill: "C++", mentions: 2 }],
        "postings/attributes/skills_acronym": [{ skill: "Structured query language SQL", mentions: 1 }],
        "postings/attributes/soc_code": [{ soc_code: "11-1011.00", candidates: 2 }],
        "postings/attributes/cbsa": [{ state: "OR", cbsa: "38900", cbsa_name: "Portland-Vancouver-Hillsboro, OR-WA" }]
      })

      // The version is the one that the asset's page shows.
      const { codeVersion, run, stale } = posting.made["postings/attributes/cbsa"]
      const shown = yield* strata("show", "postings/attributes/cbsa", "--json")
      assert.include(shown.stdout, codeVersion)
      assert.isFalse(stale)

      const { stdout } = yield* inspect(posting.row_id)
      for (const part of [
        posting.row_id,
        "title_clean chief",
        "C++",
        "seniority  5",
        `code ${codeVersion}, run ${run}`
      ]) {
        assert.include(stdout, part)
      }
      assert.notInclude(stdout, "\u0007")

      const [bad] = yield* inspectJson("1748822400.jsonl:2")
      assert.deepStrictEqual([bad.raw, bad.parsed, bad.seniority], [lines[1], null, null])
      assert.deepStrictEqual([bad.quarantine.raw, bad.quarantine.byte_offset], [lines[1], lines[0]!.length + 1])

      const aside = (yield* inspect("1748822400.jsonl:2")).stdout
      assert.include(aside, "set aside")
      assert.notInclude(aside, "postings/attributes")
      assert.notInclude(aside, "postings/enriched")

      const same = yield* inspectJson(
        createHash("md5").update("1748822400 https://example.com/same0").digest("hex").slice(0, 20)
      )
      assert.deepStrictEqual(
        same.map(({ line }: { line: number }) => line),
        [3, 42]
      )

      const unknown = yield* inspect("1748822400.jsonl:43")
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.stderr, "no posting that is materialized has the id 1748822400.jsonl:43")

      rmSync(join(root, "landed/1748822400.jsonl"))
      const [gone] = yield* inspectJson(posting.row_id)
      assert.deepStrictEqual([gone.raw, gone.parsed], [null, posting.parsed])
      assert.match(gone.unread, /1748822400\.jsonl.* gone/)
    }).pipe(Effect.scoped)
  )

  it.effect("makes no state where there is none", () =>
    Effect.gen(function* () {
      const { root, strata } = yield* Copy.make
      const { code, stderr } = yield* strata("inspect", "posting", "1748822400.jsonl:1")
      assert.strictEqual(code, 1)
      assert.include(stderr, "no posting that is materialized")
      assert.isFalse(existsSync(join(root, "home/state.db")))
    }).pipe(Effect.scoped)
  )
})
