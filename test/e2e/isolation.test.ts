import { afterEach, assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { setTimeout } from "node:timers/promises"
import * as Process from "./Process.ts"
import * as Store from "./Store.ts"

/** A project whose assets say their processes in `pids` and do not end by themselves. */
const project = (): string => {
  const folder = Process.folder()
  const from = (path: string) => JSON.stringify(resolve(path))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  writeFileSync(
    join(folder, "strata.config.ts"),
    `import * as Effect from ${from("node_modules/effect/dist/Effect.js")}
import * as Schema from ${from("node_modules/effect/dist/Schema.js")}
import { spawn } from "node:child_process"
import { appendFileSync } from "node:fs"
import { Asset, Definitions, sql, Table, Value } from ${from("runtime/index.ts")}

const say = (file, text) => appendFileSync(import.meta.dirname + "/" + file, text + "\\n")
const family = () => {
  const stubborn = 'process.on("SIGTERM", () => {}); process.on("SIGINT", () => {}); setInterval(() => {}, 1000)'
  for (const detached of [false, true]) {
    const child = spawn(process.execPath, ["-e", stubborn], { detached, stdio: "ignore" })
    child.unref()
    say("pids", child.pid)
  }
  say("pids", process.pid)
}
const isolation = { process: { memory: "512 MiB" } }

export const Polite = Asset.make("polite", {
  isolation,
  output: Value.of(Schema.Int),
  materialize: () => Effect.sync(family).pipe(
    Effect.andThen(Effect.sleep("1 hour")),
    Effect.onInterrupt(() => Effect.sync(() => say("finalized", "x"))),
    Effect.as(1)
  )
})
export const Looping = Asset.make("looping", {
  isolation,
  output: Value.of(Schema.Int),
  materialize: () => Effect.sync(() => { family(); for (;;); })
})
export const Querying = Asset.make("querying", {
  isolation,
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  materialize: () => Effect.as(Effect.sync(family), sql\`SELECT count(*) AS n FROM range(3000000) a, range(3000000) b WHERE a.range * b.range % 7 = 3\`)
})

export default Definitions.make({ assets: [Polite, Looping, Querying] })
`
  )
  return folder
}

const pidsIn = (folder: string): ReadonlyArray<number> =>
  existsSync(join(folder, "pids")) ? readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number) : []

/** A process that is dead and not waited for yet has no memory. */
const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

/** Starts a run of the assets, and resolves when all their bodies are in the middle of it. */
const begun = async (folder: string, assets: ReadonlyArray<string>) => {
  const run = Process.start(["materialize", ...assets, "--jobs", String(assets.length)], { cwd: folder })
  while (pidsIn(folder).length < assets.length * 3) await setTimeout(50)
  await setTimeout(100)
  started.push(...pidsIn(folder))
  return run
}

const isGoneWithin = async (pids: ReadonlyArray<number>, millis: number): Promise<boolean> => {
  for (const until = performance.now() + millis; performance.now() < until; await setTimeout(20)) {
    if (!pids.some(isAlive)) return true
  }
  return false
}

const all = ["polite", "looping", "querying"]

/** What a test that fails has found alive. */
afterEach(() => {
  for (const pid of started.splice(0).filter(isAlive)) process.kill(pid, "SIGKILL")
})

const started: Array<number> = []

describe("a run with isolated bodies that have started processes of their own", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const) {
    it(`is canceled within two seconds by ${signal}, and nothing survives`, async () => {
      const folder = project()
      const home = join(folder, ".strata")
      const run = await begun(folder, all)
      const pids = pidsIn(folder)
      assert.deepStrictEqual(
        pids.map(isAlive),
        pids.map(() => true)
      )
      const at = performance.now()
      process.kill(-run.pid, signal)
      const ended = await run.ended
      assert.isBelow(performance.now() - at, 2000)
      assert.strictEqual(ended.code, code, ended.stderr)
      assert.isTrue(await isGoneWithin(pids, 100))
      assert.strictEqual(readFileSync(join(folder, "finalized"), "utf8"), "x\n")
      const { runs, staged } = await Store.contents(home)
      assert.deepStrictEqual(runs, ["Canceled"])
      assert.deepStrictEqual(staged, [])
      assert.deepStrictEqual(readdirSync(join(home, "tmp")), [])
    })
  }

  it("is killed, and so is everything that it started, within five seconds", async () => {
    const folder = project()
    const run = await begun(folder, all)
    const pids = pidsIn(folder)
    process.kill(run.pid, "SIGKILL")
    await run.ended
    assert.isTrue(await isGoneWithin(pids, 5000), JSON.stringify(pids.filter(isAlive)))
  })

  it("ends at once at a second Ctrl-C, and so does everything that it started", async () => {
    const folder = project()
    const run = await begun(folder, ["looping"])
    const pids = pidsIn(folder)
    process.kill(run.pid, "SIGINT")
    await setTimeout(250)
    process.kill(run.pid, "SIGINT")
    assert.strictEqual((await run.ended).code, 130)
    assert.isTrue(await isGoneWithin(pids, 5000), JSON.stringify(pids.filter(isAlive)))
  })
})
