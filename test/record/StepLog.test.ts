import { spawn } from "node:child_process"
import { existsSync, readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { RunId } from "../../runtime/event/Run.ts"
import * as FileStepLog from "../../runtime/record/FileStepLog.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as StepLog from "../../runtime/record/StepLog.ts"
import { temporaryFolder } from "./temporary.ts"

const run = RunId.make("t5zk2q-00000")
const line = (text: string, step = 0): StepLog.LogLine => ({ at: 1, step, attempt: 1, level: "INFO", text })

const written = (lines: ReadonlyArray<StepLog.LogLine>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* StepLog.StepLog
      const { write } = yield* log.writer(run)
      for (const one of lines) write(one)
    })
  )

const texts = (page: StepLog.Page) => page.lines.map(({ text }) => text)

const suite = (name: string, in_: <A, E>(test: Effect.Effect<A, E, StepLog.StepLog>) => Effect.Effect<A, E>) =>
  describe(name, () => {
    it.effect("gives back what was logged, in order, and goes on where a page ended", () =>
      in_(
        Effect.gen(function* () {
          const log = yield* StepLog.StepLog
          yield* written([line("one"), line("two\nlines", 3)])
          const first = yield* log.read(run)
          assert.deepStrictEqual(first.lines, [line("one"), line("two\nlines", 3)])
          assert.deepStrictEqual(texts(yield* log.read(run, first.next)), [])
          yield* written([line("drei – ✓")])
          const second = yield* log.read(run, first.next)
          assert.deepStrictEqual(texts(second), ["drei – ✓"])
          assert.deepStrictEqual((yield* log.read(run, second.next)).next, second.next)
        })
      )
    )

    it.effect("has nothing of runs that logged nothing", () =>
      in_(
        Effect.gen(function* () {
          yield* written([])
          assert.deepStrictEqual(yield* (yield* StepLog.StepLog).read(run), { lines: [], next: 0 })
        })
      )
    )
  })

suite("the log in memory", Effect.provide(StepLog.layerMemory))

const inFiles =
  (limits?: StepLog.Limits) =>
  <A, E>(test: Effect.Effect<A, E, StepLog.StepLog>, look: (home: string) => void = () => {}) =>
    Effect.scoped(
      Effect.gen(function* () {
        const home = yield* temporaryFolder
        const layer = FileStepLog.layer({ home, ...(limits === undefined ? {} : { limits }) })
        const result = yield* Effect.provide(test, layer)
        look(home)
        return result
      })
    ).pipe(Effect.provide(NodeFileSystem.layer))

suite("the log in files", inFiles())

describe("a file of logs", () => {
  it.effect("cuts long lines, and tells once that a step or a run has logged enough", () =>
    inFiles({ line: 10, step: 200, run: 500, runs: 10 })(
      Effect.gen(function* () {
        const log = yield* StepLog.StepLog
        const many = Array.from({ length: 10 }, (_, n) => line(`line ${n}`))
        yield* written([
          line("x".repeat(20)),
          ...many,
          ...many.map((one) => ({ ...one, step: 1 })),
          ...many.map((one) => ({ ...one, step: 2 }))
        ])
        const { lines } = yield* log.read(run)
        assert.strictEqual(lines[0]!.text, "xxxxxxxxxx… (cut)")
        const full = lines.filter(({ level }) => level === "WARN").map(({ step, text }) => [step, text])
        assert.deepStrictEqual(full, [
          [0, "the log of this step is full: the rest of it is not kept"],
          [1, "the log of this step is full: the rest of it is not kept"],
          [2, "the log of this run is full: the rest of it is not kept"]
        ])
        assert.isBelow(lines.length, 14)
      })
    )
  )

  it.effect("goes with its run: of the oldest only so many are kept", () =>
    inFiles({ ...StepLog.limits, runs: 2 })(
      Effect.gen(function* () {
        const log = yield* StepLog.StepLog
        for (const id of ["t5zk2q-00000", "t5zk2r-00000", "t5zk2s-00000"]) {
          yield* Effect.scoped(Effect.map(log.writer(RunId.make(id)), ({ write }) => write(line(id))))
        }
        yield* log.sweep
        assert.deepStrictEqual(texts(yield* log.read(RunId.make("t5zk2q-00000"))), [])
        assert.deepStrictEqual(texts(yield* log.read(RunId.make("t5zk2s-00000"))), ["t5zk2s-00000"])
      }),
      (home) => assert.strictEqual(readdirSync(join(home, "logs")).length, 2)
    )
  )

  it.effect("costs no step when it cannot be written", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const home = yield* temporaryFolder
        writeFileSync(join(home, "logs"), "a file where the folder should be")
        const log = Effect.andThen(
          written([line("lost")]),
          StepLog.StepLog.use(({ read }) => read(run))
        )
        assert.deepStrictEqual(yield* Effect.provide(log, FileStepLog.layer({ home })), { lines: [], next: 0 })
      })
    ).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("leaves half a line to the reader who comes when it is whole", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const home = yield* temporaryFolder
        mkdirSync(join(home, "logs"))
        const file = join(home, "logs", `${run}.jsonl`)
        const whole = `${JSON.stringify(line("one"))}\n`
        writeFileSync(file, `${whole}{"at":1,"st`)
        const page = yield* Effect.provide(
          StepLog.StepLog.use(({ read }) => read(run)),
          FileStepLog.layer({ home })
        )
        assert.deepStrictEqual([texts(page), page.next], [["one"], whole.length])
      })
    ).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("holds no secret of the settings", () =>
    inFiles()(
      Effect.gen(function* () {
        yield* written([line("the token is 8fNotForYou, of https://me:hunter2x@example.org/")])
        assert.deepStrictEqual(texts(yield* (yield* StepLog.StepLog).read(run)), [
          "the token is …, of https://…@example.org/"
        ])
      })
    ).pipe(Effect.provideService(Secrets.Secrets, Secrets.make({ SHOP_TOKEN: "8fNotForYou" })))
  )

  it.effect("has every line that a process went on after, when the process is killed", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const home = yield* temporaryFolder
        const program = join(import.meta.dirname, "programs/log.ts")
        const acknowledged = yield* Effect.promise(
          () =>
            new Promise<number>((done) => {
              const child = spawn(process.execPath, [program, home, run], { stdio: ["ignore", "pipe", "inherit"] })
              let output = ""
              child.stdout.setEncoding("utf8").on("data", (text: string) => {
                output += text
                if (output.length > 2_000) child.kill("SIGKILL")
              })
              child.on("close", () => done(Number(output.slice(0, output.lastIndexOf("\n")).split("\n").at(-1))))
            })
        )
        const page = yield* Effect.provide(
          StepLog.StepLog.use(({ read }) => read(run)),
          FileStepLog.layer({ home })
        )
        assert.isAbove(acknowledged, 100)
        assert.isAtLeast(page.lines.length, acknowledged)
        assert.deepStrictEqual(
          texts(page).slice(0, acknowledged),
          Array.from({ length: acknowledged }, (_, n) => `line ${n + 1}`)
        )
        assert.isTrue(existsSync(join(home, "logs", `${run}.jsonl`)))
        assert.isTrue(readFileSync(join(home, "logs", `${run}.jsonl`), "utf8").startsWith("{"))
      })
    ).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
