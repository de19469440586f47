import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Strata from "../cli/strata.ts"
import { temporaryFolder } from "../record/temporary.ts"

/** Clients of servers, and what a single body needs. */
const heavy = /node_modules\/(@grpc|ioredis|protobufjs|ml-matrix)\//

/** The project of this repository with one landed file; gives what the command loaded of them, and its code. */
const project = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const posting = { url: "https://a.example/1", company: "a", title: "Vice President", location: "x", scraped_on: 1 }
  writeFileSync(join(folder, "1748822400.jsonl"), `${JSON.stringify(posting)}\n`)
  return Effect.fnUntraced(function* (args: ReadonlyArray<string>, settings: Readonly<Record<string, string>> = {}) {
    const record = join(folder, "imports.txt")
    writeFileSync(record, "")
    const recorder = pathToFileURL(join(import.meta.dirname, "../cli/recordImports.mjs")).href
    const { code, stderr } = yield* Strata.run(args, {
      cwd: process.cwd(),
      env: {
        RECORD_IMPORTS: record,
        NODE_OPTIONS: `--import=${recorder}`,
        STRATA_HOME: join(folder, "home"),
        STRATA_POSTINGS_SOURCE: folder,
        ...settings
      }
    })
    const loaded = readFileSync(record, "utf8")
      .split("\n")
      .filter((url) => heavy.test(url))
    return { code, stderr, loaded }
  })
})

const nobody = { STRATA_SENIORITY_URL: "http://127.0.0.1:1", STRATA_REDIS_URL: "redis://127.0.0.1:1" }

describe("clients of servers, and what a single body needs,", () => {
  it.live("are not loaded where the settings name no server", () =>
    Effect.gen(function* () {
      const strata = yield* project
      const { code, loaded, stderr } = yield* strata(["materialize", "+postings/enriched"])
      assert.deepStrictEqual([code, loaded], [0, []], stderr)
    }).pipe(Effect.scoped)
  )

  it.live("are neither loaded nor called to plan, wherever the servers are", () =>
    Effect.gen(function* () {
      const strata = yield* project
      const { code, loaded, stderr } = yield* strata(["plan", "+postings/enriched"], nobody)
      assert.deepStrictEqual([code, loaded], [0, []], stderr)
    }).pipe(Effect.scoped)
  )
})
