/**
 * What every error of the framework says, read aloud: `messages.txt` holds each
 * message once. The errors are found in the sources, so that none is forgotten.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"

const root = join(import.meta.dirname, "../..")

/** The framework: what is published of the resources, and what that is made of. */
const sources = globSync(
  [
    "runtime/**/*.ts",
    "cli/**/*.ts",
    "resources/{duckdb,objects,readers}/*.ts",
    "resources/{Columns,ColumnShape,DistinctRows,DuckDB,LandedFiles,ParquetIOManager,StoredColumns}.ts"
  ],
  { cwd: root }
).sort()

const found = sources.flatMap((path) =>
  [...readFileSync(join(root, path), "utf8").matchAll(/^export class (\w+)\s+extends Schema\.TaggedError</gm)].map(
    ([, name]) => ({ name: name!, path })
  )
)

const asset = AssetKey.make("postings/daily")

/** What a field holds, by its name. */
const samples: Readonly<Record<string, unknown>> = {
  after: "10m",
  asset,
  at: 4,
  available: 4,
  code: 139,
  cause: new Error("connect ECONNREFUSED 127.0.0.1:6379"),
  check: "not_null(title)",
  column: "title",
  config: "strata.config.ts",
  count: 3,
  cwd: "/home/me/project",
  definition: "daily from 2025-06-01",
  definitions: null,
  detail: "permission denied",
  downstream: "quarterly",
  expected: "a day such as 2025-06-01",
  field: "tags",
  file: "2025-06-01.json.gz",
  files: 12,
  first: "2025-06-01",
  folder: "/data/postings",
  found: "there is no default export",
  frames: ["assets/Daily.ts:12:3"],
  judged: "good",
  key: asset,
  keys: [asset, AssetKey.make("postings/parsed"), asset],
  line: 12,
  loaded: "set aside",
  mapping: "identity",
  nearest: ["postings/parsed"],
  needed: 8,
  neededBy: AssetKey.make("postings/quarterly"),
  operation: "read",
  outcome: "Failed",
  partitions: "2025-06",
  path: "/data/postings/2025-06-01.json.gz",
  pattern: "postings/dialy",
  pool: "gpu",
  pools: ["cores", "memory"],
  problems: [{ asset, reason: 'there is no parameter "tops"; there are top' }],
  reason: "the reason",
  remedy: "upgrade strata",
  row: 7,
  runId: "t5zk2q-7f3a1",
  side: "process",
  signal: "SIGSEGV",
  state: ".strata/state.db",
  statement: "SELECT 1",
  text: "postings/daily and",
  upstream: "daily",
  value: "postngs",
  attribute: "group"
}

/** What is other than the name of the field says. */
const special: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  DefinitionsNotLoaded: { at: "assets/Daily.ts:12:3", reason: "cannot read properties of null" },
  InvalidMapping: { reason: "a year has no days" },
  MappingRequired: { upstream: AssetKey.make("postings/parsed"), reason: "days and products are of different kinds" },
  UnknownPartition: { key: "2025-13-01" },
  UnknownPartitionInVerdict: { key: "2025-13-01" },
  FileRefused: { reason: { _tag: "Changed", detail: "observed with 7 bytes, now 16" } }
}

/** Errors that only bring another one along, or are always taken in: nobody reads them. */
const unread: ReadonlySet<string> = new Set(["Told", "NotStored"])

/** Errors whose words are those of whoever raises them, which other tests read. */
const spoken: ReadonlySet<string> = new Set(["Usage", "QueryRefused", "DuckDBError"])

/** Errors whose reason is a sentence that says what fits, or whose cause is an error with a remedy of its own. */
const reasoned: ReadonlySet<string> = new Set([
  "CheckFailed",
  "DefinitionsNotLoaded",
  "FileRefused",
  "ForeignPartitions",
  "InvalidCheck",
  "InvalidConfig",
  "InvalidFreshnessPolicy",
  "InvalidMapping",
  "InvalidOutput",
  "InvalidPartitions",
  "IOManagerError",
  "NoDefaultMapping",
  "StoredAssetsError",
  "UnfitValue",
  "UnreadableColumn",
  "UnsupportedColumn"
])

interface ErrorClass {
  new (fields: Readonly<Record<string, unknown>>): Error
  readonly fields: Readonly<Record<string, unknown>>
}

/** `reason`, `expected` and `detail` say what is wrong in words of their own. */
const places = ["asset", "key", "path", "file", "folder", "column", "field", "config", "cwd", "pool", "runId", "state"]

const messages: Array<string> = []

describe("the message of", () => {
  for (const { name, path } of found.filter(({ name }) => !unread.has(name))) {
    it(`${name} names the place, gives the reason, and says what helps`, async () => {
      const module: Readonly<Record<string, unknown>> = await import(join(root, path))
      const Class = module[name] as ErrorClass
      const names = Object.keys(Class.fields).filter((field) => field !== "_tag")
      const fields: Record<string, unknown> = Object.fromEntries(
        names.map((field) => [field, special[name]?.[field] ?? (field in samples ? samples[field] : field)])
      )
      if (name === "FilesRefused")
        fields.refused = [
          new (module.FileRefused as ErrorClass)({ file: samples.file, path: samples.path, ...special.FileRefused })
        ]
      const { message } = new Class(fields)
      messages.push(`${name}\n    ${message.replaceAll("\n", "\n    ")}\n`)
      if (spoken.has(name)) return
      const first = message[0]!
      assert.isTrue(
        first === first.toLowerCase() || names.some((field) => message.startsWith(String(fields[field]))),
        message
      )
      assert.notMatch(message, /\.$|undefined|\[object|invariant/i)
      for (const field of places.filter(
        (place) => names.includes(place) && !(name === "FileRefused" && place === "path")
      ))
        assert.include(message, String(fields[field]))
      if (names.includes("reason") && typeof fields.reason === "string") assert.include(message, fields.reason)
      if (names.includes("cause")) assert.match(message, /ECONNREFUSED|cannot read/)
      if (!reasoned.has(name)) assert.match(message, remedies, message)
    })
  }

  it("each is in messages.txt (renew it with vitest -u)", async () => {
    const sorted = messages.toSorted()
    assert.strictEqual(sorted.length, found.length - unread.size)
    await expect(sorted.join("\n")).toMatchFileSnapshot("messages.txt")
  })
})

/** Words that tell somebody what to do, or what there is to choose from. */
const remedies =
  /strata \w+|\b(run|give|name|say|use|take|write|declare|export|return|raise|lower|remove|rename|fix|check|ask|make|map|free|upgrade|move|add|wait|end|see|set|land|create|report|materialize|let|select|log|did you mean|expected|there (is|are)|such as)\b/i
