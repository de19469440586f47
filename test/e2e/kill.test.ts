import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as Process from "./Process.ts"
import * as Store from "./Store.ts"

/** How many times a process is killed; a seed gives the moments. */
const kills = Number(process.env.STRATA_TEST_KILLS ?? "36")
const killsOfAHome = 3

/** Parts of the time from start to end, spread evenly by the golden ratio. */
const moment = (n: number): number => (n * 0.618034 + 0.31) % 1

describe("a materialization that is killed with everything it started", () => {
  const folder = Process.folder()
  const source = join(folder, "landed")
  const materialize = (home: string) =>
    Process.start(["materialize"], { env: { STRATA_HOME: join(folder, home), STRATA_POSTINGS_SOURCE: source } })
  let undisturbed: Store.Contents
  let millis: number

  beforeAll(async () => {
    const words = ["generate", "postings", "--out", source, "--rows", "400", "--days", "4", "--files-per-day", "2"]
    assert.strictEqual((await Process.run(words)).code, 0)
    const first = await materialize("undisturbed").ended
    assert.strictEqual(first.code, 0, first.stderr)
    undisturbed = await Store.contents(join(folder, "undisturbed"))
    assert.isAbove(Object.keys(undisturbed.versions).length, 8)
    // Again, with everything cached: the moments are to fall into such a run.
    millis = (await materialize("warm").ended).millis
  })

  for (let home = 0; home < kills / killsOfAHome; home++) {
    const first = home * killsOfAHome
    const moments = Array.from({ length: killsOfAHome }, (_, n) => moment(first + n))
    it(`at ${moments.map((part) => part.toFixed(2)).join(", ")} of its time ends as if undisturbed`, async () => {
      const name = `home-${home}`
      for (const part of moments) {
        const run = materialize(name)
        await new Promise((done) => setTimeout(done, part * millis))
        kill(run.pid)
        const { signal } = await run.ended
        if (!existsSync(join(folder, name, "state.db"))) continue
        const between = await Store.contents(join(folder, name))
        assert.deepStrictEqual(between.damage, [])
        for (const [partition, version] of Object.entries(between.versions)) {
          assert.strictEqual(version, undisturbed.versions[partition], `${partition} after ${signal}`)
        }
      }
      const open = existsSync(join(folder, name, "state.db"))
        ? (await Store.contents(join(folder, name))).runs.filter((status) => status === "Started").length
        : 0
      const last = await materialize(name).ended
      assert.strictEqual(last.code, 0, last.stderr)
      assert.strictEqual(last.stderr.match(/ended without a word/g)?.length ?? 0, open, last.stderr)
      const ended = await Store.contents(join(folder, name))
      assert.deepStrictEqual(ended.versions, undisturbed.versions)
      assert.deepStrictEqual(ended.damage, [])
      assert.deepStrictEqual(ended.staged, [])
      assert.notInclude(ended.runs, "Started")
    })
  }
})

/** The group may be gone already. */
const kill = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL")
  } catch (error) {
    assert.strictEqual((error as NodeJS.ErrnoException).code, "ESRCH")
  }
}
