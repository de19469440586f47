/** Several processes that make the same partitions, and one that was stopped while others went on. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { NodeFileSystem } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PartitionSet } from "../../runtime/index.ts"
import { main } from "../../runtime/event/Run.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { ObjectStore } from "../../runtime/record/ObjectStore.ts"
import * as State from "../../runtime/record/State.ts"
import * as Process from "./Process.ts"
import * as Store from "./Store.ts"

/** How often all processes make everything at the same time. */
const races = Number(process.env.STRATA_TEST_RACES ?? "12")
/** How often a process is stopped past its lease. */
const stops = Number(process.env.STRATA_TEST_STOPS ?? "1")

interface Went {
  readonly run: string | null
  readonly status: string
  readonly steps: ReadonlyArray<{ readonly step: string; readonly status: string; readonly error: string | null }>
}

const racer = (home: string, folder: string) => {
  const program = resolve("test/e2e/programs/race.ts")
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, home, folder], {
    env: { ...process.env, STRATA_HOME: home, STRATA_DUCKDB_THREADS: "1" }
  })
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ask = async (words: string): Promise<string> => {
    child.stdin.write(`${words}\n`)
    const { done, value } = await lines.next()
    if (done) throw new Error(`it ended at "${words}": ${errors}`)
    return value
  }
  return {
    end: () => child.stdin.end(),
    plan: (how: "plan" | "settle") => ask(how),
    go: async (payload: string): Promise<Went> => JSON.parse(await ask(`go ${payload}`))
  }
}

describe("three processes that make everything again at the same time", () => {
  const folder = Process.folder()
  const home = join(folder, "home")
  const racers = ["x", "y", "z"].map((name) => ({ name, ...racer(home, folder) }))
  afterAll(() => {
    for (const { end } of racers) end()
  })

  it(
    `have one winner for every step in each of ${races} rounds, tell the others, and mix nothing`,
    async () => {
      let refused = 0
      for (let round = 0; round < races; round++) {
        await Promise.all(racers.map(({ plan }) => plan("plan")))
        const went = await Promise.all(racers.map(({ go, name }) => go(`${round}-${name}`)))
        for (const step of ["race/left[0]", "race/left[1]", "race/left[2]", "race/papers[0]", "race/papers[2]"]) {
          const ends = went.flatMap(({ steps }) => steps.filter((one) => one.step === step))
          const losers = ends.filter(({ status }) => status !== "Succeeded")
          assert.strictEqual(ends.length - losers.length, 1, JSON.stringify({ round, step, ends }))
          assert.isTrue(losers.every(({ error, status }) => status === "Failed" && error === "PublicationConflict"))
          refused += losers.length
        }
        await mixesNothing(home)
        const [settler] = racers
        await settler!.plan("settle")
        assert.strictEqual((await settler!.go(`${round}-s`)).status, "Succeeded")
        await mixesNothing(home)
        await isOfOnePiece(home)
      }
      assert.isAbove(refused, races)
      const { damage, runs, staged } = await Store.contents(home)
      assert.deepStrictEqual(
        { damage, staged, open: runs.includes("Started") },
        { damage: [], staged: [], open: false }
      )
    },
    60_000 + races * 5_000
  )
})

/** Of every published partition, the texts in the files of its object. */
const held = (home: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> =>
  Effect.gen(function* () {
    const store = yield* ObjectStore
    const result = new Map<string, ReadonlySet<string>>()
    for (const [asset, manifest] of yield* Catalog.use((catalog) => catalog.manifests(main))) {
      for (const { live, object } of manifest) {
        const texts = object.files
          .filter((name) => name !== "files.json")
          .flatMap((name) => readFileSync(join(store.directory(object), name), "utf8").match(/\d+-[xyzs]\b/g) ?? [])
        for (const ordinal of PartitionSet.ordinals(live)) result.set(`${asset}[${ordinal}]`, new Set(texts))
      }
    }
    return result
  }).pipe(Effect.provide(Layer.provideMerge(State.layer({ home }), NodeFileSystem.layer)), Effect.runPromise)

/** One run made the two values of a pair, one the two files, and who read them read them of two runs at most. */
const mixesNothing = async (home: string) => {
  const all = await held(home)
  for (const ordinal of [0, 1, 2]) {
    const textsOf = (asset: string) => [...(all.get(`race/${asset}[${ordinal}]`) ?? [])]
    assert.deepStrictEqual(textsOf("left"), textsOf("right"))
    assert.lengthOf(textsOf("papers"), 1)
    assert.isAtMost(textsOf("all").length, 2)
  }
}

/** What was read is what is there. */
const isOfOnePiece = async (home: string) => {
  const all = await held(home)
  for (const ordinal of [0, 1, 2]) {
    const textsOf = (asset: string) => [...all.get(`race/${asset}[${ordinal}]`)!]
    assert.sameMembers(textsOf("all"), [...new Set([...textsOf("left"), ...textsOf("papers")])])
  }
}

/** A project of two chains, each with a body in the middle that waits until it finds a file. */
const waiting = (): string => {
  const folder = Process.folder()
  const from = (path: string) => JSON.stringify(resolve(path))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  writeFileSync(
    join(folder, "strata.config.ts"),
    `import { existsSync, writeFileSync } from "node:fs"
import * as Effect from ${from("node_modules/effect/dist/Effect.js")}
import * as Schedule from ${from("node_modules/effect/dist/Schedule.js")}
import * as Schema from ${from("node_modules/effect/dist/Schema.js")}
import { Asset, Definitions, Value } from ${from("runtime/index.ts")}

const until = (name) => Effect.suspend(() => {
  writeFileSync(name + ".begun", "")
  return Effect.repeat(Effect.sync(() => existsSync(name)), { until: (found) => found, schedule: Schedule.spaced("10 millis") })
})
const chain = (name) => {
  const first = Asset.make(name + "/first", { codeVersion: "1", output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
  const waits = Asset.make(name + "/waits", { deps: { first }, codeVersion: "1", output: Value.of(Schema.Int), materialize: () => Effect.as(until(name), 2) })
  const last = Asset.make(name + "/last", { deps: { waits }, codeVersion: "1", output: Value.of(Schema.Int), materialize: () => Effect.succeed(3) })
  return [first, waits, last]
}
export default Definitions.make({ assets: [...chain("one"), ...chain("two")] })
`
  )
  return folder
}

const lease = { STRATA_LEASE: "1 second" }

describe("a process that was stopped past its lease", () => {
  for (let round = 0; round < stops; round++) {
    it(`is closed as lost, and publishes nothing when it wakes (${round})`, async () => {
      const folder = waiting()
      const home = join(folder, ".strata")
      const start = (...words: ReadonlyArray<string>) => Process.start(words, { cwd: folder, env: lease })
      const stopped = start("materialize", "one/*")
      const watching = start("materialize", "two/*")
      await Promise.all([becomes(join(folder, "one.begun")), becomes(join(folder, "two.begun"))])
      process.kill(-stopped.pid, "SIGSTOP")
      // Beside it another run goes on, which looks for the likes of it.
      await Store.become(home, ({ runs }) => runs.includes("Lost"))
      writeFileSync(join(folder, "two"), "")
      const watched = await watching.ended
      assert.strictEqual(watched.code, 0, watched.stderr)
      assert.match(
        watched.stderr,
        /run \S+ of \S+ has said nothing since \S+ \(its process \d+ is stopped\) and is closed as lost: strata retry \S+ goes on/
      )
      // What it staged is gone already, so it cannot even be mistaken for what comes now.
      assert.deepStrictEqual((await Store.contents(home)).staged, [])
      writeFileSync(join(folder, "one"), "")
      const next = await start("materialize", "one/*").ended
      assert.strictEqual(next.code, 0, next.stderr)
      const before = await Store.contents(home)
      process.kill(-stopped.pid, "SIGCONT")
      const woken = await stopped.ended
      assert.strictEqual(woken.code, 1, woken.stderr)
      assert.match(woken.stderr, /run \S+ was closed by another process, .* strata retry \S+ goes on/)
      const after = await Store.contents(home)
      assert.deepStrictEqual(after, before)
      assert.deepStrictEqual(after.runs.toSorted(), ["Lost", "Succeeded", "Succeeded"])
      assert.lengthOf(Object.keys(after.versions), 6)
    })

    it(`is closed by the next command, and killed then leaves nothing (${round})`, async () => {
      const folder = waiting()
      const home = join(folder, ".strata")
      const start = (...words: ReadonlyArray<string>) => Process.start(words, { cwd: folder, env: lease })
      const stopped = start("materialize", "one/*")
      await becomes(join(folder, "one.begun"))
      process.kill(-stopped.pid, "SIGSTOP")
      let said = ""
      while (!(await Store.contents(home)).runs.includes("Lost")) said = (await start("runs").ended).stderr
      assert.match(said, /\(its process \d+ is stopped\) and is closed as lost/)
      process.kill(-stopped.pid, "SIGKILL")
      await stopped.ended
      writeFileSync(join(folder, "one"), "")
      assert.strictEqual((await start("materialize", "one/*").ended).code, 0)
      const { damage, runs, staged } = await Store.contents(home)
      assert.deepStrictEqual({ damage, runs, staged }, { damage: [], runs: ["Succeeded", "Lost"], staged: [] })
    })
  }
})

const becomes = async (path: string): Promise<void> => {
  while (!existsSync(path)) await new Promise((done) => setTimeout(done, 20))
}
