import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { type Options, files, role, write } from "../../data/postings.ts"
import { postings as sample } from "../../data/samples.ts"

interface Posting {
  readonly url: string
  readonly company: string
  readonly title: string
  readonly location: string
  readonly scraped_on: number
  readonly description?: string
}

const clean: Partial<Options> = { malformed: 0, repeated: 0 }

/** Every line of every file. */
const linesOf = (options: Partial<Options>) =>
  [...files({ ...sample, ...options })].flatMap((file) => [...file.content].join("").split("\n").slice(0, -1))

const postingsOf = (options: Partial<Options>) =>
  linesOf({ ...clean, ...options }).map((line) => JSON.parse(line) as Posting)

const rolesOf = (options: Partial<Options>) =>
  postingsOf(options).map((posting) => `${posting.company}|${posting.title}`)

/** A line that is a posting. */
const isPosting = (line: string) => {
  try {
    const { company, location, scraped_on, title, url } = JSON.parse(line)
    return [company, location, title, url].every((text) => typeof text === "string") && Number.isInteger(scraped_on)
  } catch {
    return false
  }
}

describe("generated postings", () => {
  it("are the same for the same options, to the byte", () => {
    const digest = createHash("sha256").update(linesOf({}).join("\n")).digest("hex")
    assert.strictEqual(digest, "99485aadbad6fc53166b0b3a58f0dae2bd1b948189d284eab8b83f141e3c8e02")
    assert.notDeepEqual(linesOf({ rows: 100, seed: 2 }), linesOf({ rows: 100 }))
  })

  it("land in files named by seconds that are spread over each day", () => {
    const names = [...files({ ...sample, rows: 10, days: 2, filesPerDay: 3 })].map((file) => [file.name, file.lines])
    assert.deepStrictEqual(names, [
      ["1748822400.jsonl", 1],
      ["1748851200.jsonl", 2],
      ["1748880000.jsonl", 2],
      ["1748908800.jsonl", 1],
      ["1748937600.jsonl", 2],
      ["1748966400.jsonl", 2]
    ])
  })

  it("have exactly as many lines as asked for", () => {
    assert.strictEqual(linesOf({ rows: 12_345 }).length, 12_345)
    assert.strictEqual(linesOf({ rows: 0 }).length, 0)
  })

  it("were scraped while their file was open", () => {
    for (const file of files({ ...sample, ...clean, rows: 2000 })) {
      const second = Number(file.name.split(".")[0])
      for (const line of [...file.content].join("").split("\n").slice(0, -1)) {
        const { scraped_on } = JSON.parse(line) as Posting
        assert.isTrue(scraped_on >= second && scraped_on < second + 21_600)
      }
    }
  })

  it("bring one new role in so many lines", () => {
    for (const popularity of ["uniform", "normal", "zipf"] as const) {
      assert.strictEqual(new Set(rolesOf({ rows: 9000, unique: 1 / 90, popularity })).size, 100, popularity)
    }
    assert.strictEqual(new Set(rolesOf({ rows: 1000, unique: 1 })).size, 1000)
    assert.strictEqual(new Set(rolesOf({ rows: 1000, unique: 0 })).size, 1)
  })

  it("draw from the roles that were known before", () => {
    const known = new Set(Array.from({ length: 50 }, (_, i) => role(1, i)).map((r) => `${r.company}|${r.title}`))
    const roles = rolesOf({ rows: 2000, unique: 0, known: 50, popularity: "uniform" })
    assert.isTrue(roles.every((role) => known.has(role)))
    assert.strictEqual(new Set(roles).size, 50)
    assert.isAbove(new Set(rolesOf({ rows: 1000, unique: 1 / 90, known: 20_000_000, popularity: "uniform" })).size, 990)
  })

  it("prefer some roles as their popularity says", () => {
    const most = (popularity: Options["popularity"]) => {
      const counts = new Map<string, number>()
      const roles = rolesOf({ rows: 20_000, unique: 0, known: 1000, popularity })
      for (const role of roles) counts.set(role, (counts.get(role) ?? 0) + 1)
      return Math.max(...counts.values()) / roles.length
    }
    assert.isBelow(most("uniform"), 0.003)
    assert.isAbove(most("normal"), 0.002)
    assert.isBelow(most("normal"), 0.01)
    assert.isAbove(most("zipf"), 0.08)
  })

  it("never give two indexes the same role", () => {
    const roles = Array.from({ length: 300_000 }, (_, i) => role(1, i * 1471))
    assert.strictEqual(new Set(roles.map((role) => `${role.company}|${role.title}`)).size, roles.length)
  })

  it("hold the share of malformed lines that is asked for, and count them", () => {
    let counted = 0
    let found = 0
    for (const file of files({ ...sample, rows: 20_000, malformed: 0.05 })) {
      let text = ""
      for (let next = file.content.next(); ; next = file.content.next()) {
        if (next.done) {
          counted += next.value.malformed
          break
        }
        text += next.value
      }
      found += text
        .split("\n")
        .slice(0, -1)
        .filter((line) => !isPosting(line)).length
    }
    assert.strictEqual(found, counted)
    assert.isTrue(found > 800 && found < 1200, `${found}`)
    assert.isTrue(linesOf({ rows: 2000, malformed: 1 }).every((line) => !isPosting(line)))
  })

  it("repeat as many as asked for", () => {
    const lines = linesOf({ rows: 20_000, malformed: 0, repeated: 0.1 })
    const repeated = lines.length - new Set(lines).size
    assert.isTrue(repeated > 1700 && repeated < 2300, `${repeated}`)
    assert.strictEqual(new Set(linesOf({ rows: 5000, ...clean })).size, 5000)
  })

  it("have descriptions in the share asked for", () => {
    const share = (descriptions: number) =>
      postingsOf({ rows: 5000, descriptions }).filter((posting) => posting.description !== undefined).length / 5000
    assert.strictEqual(share(0), 0)
    assert.strictEqual(share(1), 1)
    assert.closeTo(share(0.25), 0.25, 0.03)
  })

  it.effect("are written whole, gzipped where asked for", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const folder = yield* fileSystem.makeTempDirectoryScoped()
      const options = { ...sample, rows: 1000, days: 1, malformed: 0.1 }
      const written = yield* write(`${folder}/plain`, options)
      assert.deepStrictEqual(yield* write(`${folder}/gzip`, { ...options, gzip: true }), written)
      assert.deepStrictEqual(written, { files: 4, lines: 1000, malformed: written.malformed })
      const names = (yield* fileSystem.readDirectory(`${folder}/plain`)).sort()
      assert.deepStrictEqual(
        (yield* fileSystem.readDirectory(`${folder}/gzip`)).sort(),
        names.map((name) => `${name}.gz`)
      )
      for (const name of names) {
        const zipped = yield* fileSystem.readFile(`${folder}/gzip/${name}.gz`)
        assert.strictEqual(gunzipSync(zipped).toString(), yield* fileSystem.readFileString(`${folder}/plain/${name}`))
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
