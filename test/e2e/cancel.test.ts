import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Process from "./Process.ts"
import * as Store from "./Store.ts"

/** How many runs are canceled; a seed gives the moments. */
const cancels = Number(process.env.STRATA_TEST_CANCELS ?? "4")
const cancelsOfAHome = 2

/** A project whose one asset counts in the engine for minutes. */
const project = (): string => {
  const folder = Process.folder()
  const from = (path: string) => JSON.stringify(resolve(path))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  writeFileSync(
    join(folder, "strata.config.ts"),
    `import * as Effect from ${from("node_modules/effect/dist/Effect.js")}
import * as Schema from ${from("node_modules/effect/dist/Schema.js")}
import { Asset, Definitions, sql, Table } from ${from("runtime/index.ts")}

export const Slow = Asset.make("slow", {
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  materialize: () => Effect.succeed(sql\`SELECT count(*) AS n FROM range(3000000) a, range(3000000) b WHERE a.range * b.range % 7 = 3\`)
})

export default Definitions.make({ assets: [Slow] })
`
  )
  return folder
}

/** Resolves when the run has begun its step. */
const begun = async (home: string): Promise<void> => {
  for (;;) {
    await new Promise((done) => setTimeout(done, 100))
    const contents = await Store.contents(home).catch(() => undefined)
    if (contents?.runs.includes("Started") && contents.staged.length > 0) return
  }
}

describe("a run in the middle of a query of minutes", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const) {
    it(`is canceled within two seconds by ${signal}, and exits with ${code}`, async () => {
      const folder = project()
      const home = join(folder, ".strata")
      const run = Process.start(["materialize"], { cwd: folder })
      await begun(home)
      const at = performance.now()
      process.kill(-run.pid, signal)
      const ended = await run.ended
      assert.isBelow(performance.now() - at, 2000)
      assert.strictEqual(ended.code, code, ended.stderr)
      const { runs, staged, versions } = await Store.contents(home)
      assert.deepStrictEqual(runs, ["Canceled"])
      assert.deepStrictEqual(staged, [])
      assert.deepStrictEqual(versions, {})
    })
  }
})

/** Parts of the time from start to end, spread evenly by the square root of two. */
const moment = (n: number): number => (n * 0.41421356 + 0.23) % 1

describe("a materialization that is told to end", () => {
  const folder = Process.folder()
  const source = join(folder, "landed")
  const materialize = (home: string) =>
    Process.start(["materialize"], { env: { STRATA_HOME: join(folder, home), STRATA_POSTINGS_SOURCE: source } })
  let undisturbed: Store.Contents
  let millis: number
  let millisOfRun: number

  beforeAll(async () => {
    const words = ["generate", "postings", "--out", source, "--rows", "400", "--days", "4", "--files-per-day", "2"]
    assert.strictEqual((await Process.run(words)).code, 0)
    assert.strictEqual((await materialize("undisturbed").ended).code, 0)
    undisturbed = await Store.contents(join(folder, "undisturbed"))
    // Again, with everything cached: the moments are to fall into such a run.
    const warm = materialize("warm")
    millis = (await warm.ended).millis
    millisOfRun = millis - (await warm.spoke)
  })

  for (let home = 0; home < cancels / cancelsOfAHome; home++) {
    const numbers = Array.from({ length: cancelsOfAHome }, (_, n) => home * cancelsOfAHome + n)
    const parts = numbers.map((n) => moment(n).toFixed(2)).join(", ")
    it(`at ${parts} of its time is canceled within two seconds, leaves nothing, and goes on as if undisturbed`, async () => {
      const path = join(folder, `home-${home}`)
      for (const number of numbers) {
        const [signal, code] = number % 4 < 2 ? (["SIGINT", 130] as const) : (["SIGTERM", 143] as const)
        const before = await runsIn(path)
        const run = materialize(`home-${home}`)
        // Every other moment is one of the run itself, which is the smaller part of the time of the process.
        if (number % 2 === 0) await run.spoke
        const whole = number % 2 === 0 ? millisOfRun : millis
        await new Promise((done) => setTimeout(done, moment(number) * whole))
        const at = performance.now()
        tell(run.pid, signal)
        const ended = await run.ended
        const took = performance.now() - at
        const [status, ...others] = await runsIn(path)
        const hasBegun = others.length === before.length && status !== undefined
        if (ended.code === 0) {
          assert.deepStrictEqual((await Store.contents(path)).versions, undisturbed.versions)
        } else if (hasBegun && status !== "Succeeded") {
          assert.deepStrictEqual([ended.code, status], [code, "Canceled"])
          assert.isBelow(took, 2000)
        } else {
          // Before it listens to signals, the signal itself ends it; a shell sees the same code.
          assert.strictEqual(ended.code ?? ended.signal, ended.code === null ? signal : code)
        }
        await isClean(run.pid, path)
      }
      const last = await materialize(`home-${home}`).ended
      assert.strictEqual(last.code, 0, last.stderr)
      assert.notMatch(last.stderr, /closed as lost/)
      const { damage, runs, versions } = await Store.contents(path)
      assert.deepStrictEqual(versions, undisturbed.versions)
      assert.deepStrictEqual(damage, [])
      assert.isTrue(
        runs.every((status) => status === "Canceled" || status === "Succeeded"),
        runs.join()
      )
    })
  }
})

/** As a terminal does it, to all; it may be done already. */
const tell = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    assert.strictEqual((error as NodeJS.ErrnoException).code, "ESRCH")
  }
}

/** Newest first; none while there is no state. */
const runsIn = async (home: string): Promise<ReadonlyArray<string>> =>
  existsSync(join(home, "state.db")) ? (await Store.contents(home)).runs : []

/** No process of the group, nothing staged and nothing of the engine is left. */
const isClean = async (pid: number, home: string): Promise<void> => {
  assert.throws(() => process.kill(-pid, 0), /ESRCH/)
  for (const name of ["_staging", "tmp"]) {
    if (existsSync(join(home, name))) assert.deepStrictEqual(readdirSync(join(home, name)), [], name)
  }
}
