import { assert, describe, it, layer } from "@effect/vitest"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { setTimeout } from "node:timers/promises"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Isolation from "../../cli/Isolation.ts"
import * as OpenProject from "../../cli/OpenProject.ts"
import * as Project from "../../cli/Project.ts"
import * as Wiring from "../../cli/Wiring.ts"
import { main } from "../../runtime/event/Run.ts"
import * as Materialization from "../../runtime/execute/Materialization.ts"
import { RunListener } from "../../runtime/execute/RunListener.ts"
import { AssetKey } from "../../runtime/index.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import { StepLog } from "../../runtime/record/StepLog.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Harness from "./Harness.ts"

/** The project of `isolated/`, with a state of its own and warm threads and processes. */
class Trial extends Context.Service<
  Trial,
  {
    /** Makes these assets, whose keys come after `prefix`. */
    readonly materialize: (prefix: string, names: ReadonlyArray<string>) => Effect.Effect<Made, unknown>
    /** What bodies said, line by line. */
    readonly said: (name: string) => ReadonlyArray<string>
  }
>()("test/Trial") {
  static readonly layerOf = (config: string) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const home = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "strata-isolation-"))),
          (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
        )
        process.env.STRATA_TEST_NOTES = home
        const loaded = yield* Project.load({ cwd: process.cwd(), definitions: config, home: join(home, "state") })
        const wired = Layer.mergeAll(Wiring.state(loaded), Wiring.engine, Isolation.layer(loaded))
        return Layer.effect(
          Trial,
          Effect.gen(function* () {
            const resources = yield* Layer.build(Wiring.resources(loaded.definitions))
            const project = { graph: loaded.graph, resources, ...(yield* OpenProject.versioned(loaded)) }
            const services = yield* Effect.context<NodeServices.NodeServices>()
            const built = yield* Layer.build(wired)
            return Trial.of({
              materialize: (prefix, names) =>
                Effect.provideContext(
                  perform(
                    project,
                    names.map((name) => AssetKey.make(prefix + name))
                  ),
                  Context.merge(services, built)
                ),
              said: (name) => readFileSync(join(home, name), "utf8").trim().split("\n")
            })
          })
        )
      })
    ).pipe(Layer.provide(NodeServices.layer))

  static readonly layer = Trial.layerOf(resolve("test/execute/isolated/strata.config.ts"))
}

const perform = Effect.fnUntraced(function* (project: Materialization.Project, keys: ReadonlyArray<AssetKey.AssetKey>) {
  const planned = yield* Materialization.plan(project, {
    environment: main,
    assets: new Set(keys),
    narrow: (view, key) => view.existing.get(key)!,
    force: true
  })
  const waited: Array<string> = []
  const { run, status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: "test",
    git: null,
    process: Harness.process,
    concurrency: 4
  }).pipe(
    Effect.provideService(RunListener, {
      on: () => Effect.void,
      waiting: ({ for: names }) => Effect.sync(() => void waited.push(...names))
    })
  )
  const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
  const { lines } = yield* StepLog.use((log) => log.read(run.id))
  return { status, waited, steps, lines }
})

type Made = Effect.Success<ReturnType<typeof perform>>

const assetModule = (value: number) => `import { Asset, Value } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
export const One = Asset.make("one", {
  isolation: "process",
  output: Value.of(Schema.Int),
  materialize: () => Effect.succeed(${value})
})`

const attemptsOf = ({ steps }: Made, asset: string) => steps.find(({ assets }) => assets[0] === asset)!.attempts
const errorOf = (made: Made, asset: string) => attemptsOf(made, asset).at(-1)!.error!
const outcomesOf = (made: Made, asset: string) =>
  attemptsOf(made, asset)
    .map(({ outcome }) => outcome[0])
    .join("")

for (const mode of ["fiber", "thread", "process"] as const) {
  describe(`a body in a ${mode}`, () => {
    layer(Trial.layer, { excludeTestServices: true })((it) => {
      const materialize = (...names: ReadonlyArray<string>) =>
        Trial.use((trial) => trial.materialize(`${mode}/`, names))

      it.effect("gets inputs, parameters and partitions, and says metadata and what it set aside", () =>
        Effect.gen(function* () {
          const made = yield* materialize("numbers", "rows", "total")
          assert.strictEqual(
            made.status,
            "Succeeded",
            JSON.stringify(made.steps.flatMap(({ attempts }) => attempts.map(({ error }) => error)))
          )
          const rows = made.steps.filter(({ assets }) => assets[0] === `${mode}/rows`)
          const said = rows.map(({ attempts: [attempt] }) => {
            const { of, seen, "strata/quarantined": quarantined, "strata/rows": rows } = attempt!.metadata
            return [of, seen, quarantined, rows].map((entry) => entry!.value).join(" ")
          })
          assert.deepStrictEqual(said, ["a 0 1 1", "b 1 1 1", "c 2 1 1", "d 3 1 1"])
          const { metadata } = attemptsOf(made, `${mode}/total`)[0]!
          assert.strictEqual(metadata.total!.value, "abcd 60 8100")
          for (const name of ["strata/wall", "strata/cpu", "strata/peak_memory"]) {
            assert.isAbove(Number(metadata[name]!.value), 0, name)
          }
        })
      )

      it.effect("gives up a partition by its key, and the others are published", () =>
        Effect.gen(function* () {
          const made = yield* materialize("some")
          assert.strictEqual(made.status, "Failed")
          assert.deepInclude(errorOf(made, `${mode}/some`), { tag: "BadValue", message: "b is not a number" })
          assert.strictEqual(attemptsOf(made, `${mode}/some`)[0]!.metadata["strata/rows"]!.value, 3)
        })
      )

      it.effect("fails for the data of one partition, which is found by halves", () =>
        Effect.gen(function* () {
          assert.strictEqual(outcomesOf(yield* materialize("halves"), `${mode}/halves`), "FSFFS")
        })
      )

      it.effect("is tried again by the tag of its error, not before the error says", () =>
        Effect.gen(function* () {
          const made = yield* materialize("patient")
          assert.strictEqual(outcomesOf(made, `${mode}/patient`), "FFS")
          const [first, second, third] = (yield* Trial).said(`${mode}-patient`).map(Number)
          assert.isAbove(second! - first!, 39)
          assert.isAbove(third! - second!, 39)
        })
      )

      it.effect("has defects that say where they come from, without frames of the framework", () =>
        Effect.gen(function* () {
          const { detail, message, tag } = errorOf(yield* materialize("broken"), `${mode}/broken`)
          assert.deepStrictEqual([tag, message], ["Defect", "it is undefined"])
          assert.match(detail, /isolated\/contract\.ts/)
          assert.notMatch(detail, /node_modules|runtime\/execute|node:internal/)
        })
      )

      it.effect("fails when it returns something else than its asset declares", () =>
        Effect.gen(function* () {
          const { message, tag } = errorOf(yield* materialize("wrong"), `${mode}/wrong`)
          assert.strictEqual(tag, "InvalidOutput")
          assert.match(message, new RegExp(`^${mode}/wrong returned something else`))
        })
      )

      it.effect("is heard: its log, and what it waits for, which does not count against its timeout", () =>
        Effect.gen(function* () {
          const made = yield* materialize("talking")
          assert.strictEqual(made.status, "Succeeded")
          assert.include(made.waited, "a slow limit")
          assert.deepStrictEqual(
            made.lines.map(({ attempt, level, step, text }) => ({ attempt, level, step, text: text.slice(0, 3) })),
            [{ attempt: 1, level: "WARN", step: 0, text: "one" }]
          )
          assert.match(made.lines[0]!.text, /two/)
          assert.match(made.lines[0]!.text, /place=here/)
        })
      )

      it.effect("is stopped at its timeout, after its finalizers", () =>
        Effect.gen(function* () {
          const made = yield* materialize("sleeping")
          assert.strictEqual(errorOf(made, `${mode}/sleeping`).tag, "AttemptTimeout")
          assert.deepStrictEqual((yield* Trial).said(`${mode}-finalized`), ["x"])
        })
      )
    })
  })
}

describe("a body that takes its process along", () => {
  layer(Trial.layer, { excludeTestServices: true })((it) => {
    const names = ["aborts", "segfaults", "killed", "exits", "full", "heap", "throws", "unsendable", "one"]
    const expected: Readonly<Record<string, RegExp>> = {
      aborts: /it was ended by SIGABRT/,
      segfaults: /it was ended by SIGSEGV/,
      killed: /it was killed by signal 9 \(memory limit\?\)/,
      exits: /it exited with code 3/,
      full: /it held \d+ MiB of memory, and its limit is 320 MiB/,
      heap: /the heap of JavaScript was full|and its limit is 256 MiB/,
      throws: /it exited with code 1/
    }

    it.effect("fails its step once with a reason, and the others go on", () =>
      Effect.gen(function* () {
        const made = yield* Trial.use((trial) => trial.materialize("process/", names))
        for (const [name, reason] of Object.entries(expected)) {
          const { message, tag } = errorOf(made, `process/${name}`)
          assert.strictEqual(tag, "StepCrashed", name)
          assert.match(message, reason)
          assert.strictEqual(outcomesOf(made, `process/${name}`), "F", name)
        }
        assert.strictEqual(errorOf(made, "process/unsendable").tag, "AnswerNotSent")
        assert.strictEqual(outcomesOf(made, "process/one"), "S")
        const texts = made.lines.map(({ text }) => text)
        for (const name of ["aborts", "segfaults", "killed", "exits"]) {
          assert.include(texts, `last words of process/${name}`)
        }
        assert.match(texts.join("\n"), /TypeError: nobody handles this/)
      })
    )

    it.effect("is tried again where its asset says so", () =>
      Effect.gen(function* () {
        const made = yield* Trial.use((trial) => trial.materialize("process/", ["again"]))
        assert.strictEqual(outcomesOf(made, "process/again"), "FF")
        assert.deepStrictEqual((yield* Trial).said("again"), ["x", "x"])
      })
    )

    it.effect("fails for the data of one partition, where its asset says that this may be the reason", () =>
      Effect.gen(function* () {
        const made = yield* Trial.use((trial) => trial.materialize("process/", ["fragile"]))
        assert.strictEqual(outcomesOf(made, "process/fragile"), "FSFFS")
      })
    )

    for (const mode of ["thread", "process"] as const) {
      it.effect(`is stopped in an endless loop of a ${mode}, within a second of its timeout`, () =>
        Effect.gen(function* () {
          // A thread or process that is warm: the start does not count against the timeout.
          yield* Trial.use((trial) => trial.materialize(`${mode}/`, ["numbers"]))
          const begun = performance.now()
          const made = yield* Trial.use((trial) => trial.materialize(`${mode}/`, ["loops"]))
          assert.strictEqual(errorOf(made, `${mode}/loops`).tag, "AttemptTimeout")
          assert.isBelow(performance.now() - begun, 2_000)
        })
      )
    }
  })
})

describe("a body that takes its thread along", () => {
  layer(Trial.layer, { excludeTestServices: true })((it) => {
    it.effect("fails its step with a reason", () =>
      Effect.gen(function* () {
        const made = yield* Trial.use((trial) => trial.materialize("thread/", ["exits", "throws", "numbers"]))
        assert.match(errorOf(made, "thread/exits").message, /the thread of thread\/exits .* it exited with code 3/)
        assert.match(errorOf(made, "thread/throws").message, /an error that nobody handled, nobody handles this/)
        assert.strictEqual(outcomesOf(made, "thread/numbers"), "S")
      })
    )
  })
})

describe("processes of isolated bodies", () => {
  layer(Trial.layer, { excludeTestServices: true })((it) => {
    it.effect("are used again by the next step", () =>
      Effect.gen(function* () {
        const pids = []
        for (const name of ["one", "two", "one"]) {
          const made = yield* Trial.use((trial) => trial.materialize("process/", [name]))
          pids.push(attemptsOf(made, `process/${name}`)[0]!.metadata.pid!.value)
        }
        assert.strictEqual(new Set(pids).size, 1)
        assert.notInclude(pids, process.pid)
      })
    )
  })

  const isAlive = (pid: number): boolean => {
    // A process that is dead and not waited for yet has a name and no memory.
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : ""
    return stat !== "" && !/\) Z /.test(stat)
  }

  it.effect("do not run code that was changed after the run began", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "strata.config.ts": `import { Definitions } from "{strata}"
import { One } from "./assets.ts"
export default Definitions.make({ assets: [One] })`,
        "assets.ts": assetModule(1)
      })
      const trial = Context.get(yield* Layer.build(Trial.layerOf(join(project.root, "strata.config.ts"))), Trial)
      project.write("assets.ts", assetModule(2))
      const { message, tag } = errorOf(yield* trial.materialize("", ["one"]), "one")
      assert.strictEqual(tag, "CodeChanged")
      assert.match(message, /the code of one changed/)
    }).pipe(Effect.scoped)
  )

  it.effect("leave nothing behind: what they started is killed with them, also what left their group", () =>
    Effect.gen(function* () {
      const pids = yield* Effect.scoped(
        Effect.gen(function* () {
          const trial = Context.get(yield* Layer.build(Trial.layer), Trial)
          yield* trial.materialize("process/", ["parent"])
          const pids = trial.said("grandchildren").map(Number)
          assert.deepStrictEqual(pids.map(isAlive), [true, true])
          return pids
        })
      )
      yield* Effect.promise(() => setTimeout(50))
      assert.deepStrictEqual(pids.map(isAlive), [false, false])
    })
  )
})
