/** Several processes, and several connections of one, on one state. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { RunId } from "../../runtime/event/Run.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import * as ProcessLiveness from "../../runtime/record/ProcessLiveness.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Sqlite from "../../runtime/record/Sqlite.ts"
import * as State from "../../runtime/record/State.ts"
import { attemptStarted, begin, daily, environment, live, planned, publish } from "../suites/sampleRun.ts"
import { temporaryFolder } from "./temporary.ts"

const open = (filename: string) => Layer.build(Layer.provide(State.layerSql, Sqlite.layer({ filename })))

const start = (program: "append" | "publish", filename: string, id: string, count: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const path = join(import.meta.dirname, "programs", `${program}.ts`)
      return spawn(process.execPath, [path, filename, id, `${count}`], { stdio: ["ignore", "pipe", "pipe"] })
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** What the process says until it ends, or until `enough` says so: then it is killed at once. */
const acknowledged = Effect.fnUntraced(function* (child: ChildProcess, enough: (lines: number) => boolean) {
  const lines: Array<string> = []
  const errors: Array<string> = []
  createInterface(child.stderr!).on("line", (line) => errors.push(line))
  createInterface(child.stdout!).on("line", (line) => {
    lines.push(line)
    if (enough(lines.length)) child.kill("SIGKILL")
  })
  yield* Effect.promise(() => once(child, "close"))
  return { lines, errors }
})

describe("eight processes that append to one log", () => {
  it.live("lose nothing, write nothing twice, and never hear that it is locked", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const each = 150
      const ids = Array.from({ length: 8 }, (_, index) => `t1-${index}`)
      const said = yield* Effect.forEach(
        ids,
        Effect.fnUntraced(function* (id) {
          return yield* acknowledged(yield* start("append", filename, id, each), () => false)
        }),
        { concurrency: "unbounded" }
      )
      const all = Array.from({ length: each }, (_, step) => step)
      for (const { errors, lines } of said) {
        assert.deepStrictEqual(errors, [])
        assert.deepStrictEqual(lines.map(Number), all)
      }
      const log = Context.get(yield* open(filename), EventLog)
      for (const id of ids) {
        const events = yield* log.ofRun(RunId.make(id))
        assert.deepStrictEqual(
          events.map(({ event, sequence }) => [sequence, "step" in event ? event.step : undefined]),
          all.map((step) => [step + 1, step])
        )
      }
    })
  )
})

describe("four processes that publish the same partition", () => {
  it.live("take turns: no two of them replace the same object", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const each = 40
      const said = yield* Effect.forEach(
        ["t1-0", "t1-1", "t1-2", "t1-3"],
        Effect.fnUntraced(function* (id) {
          return yield* acknowledged(yield* start("publish", filename, id, each), () => false)
        }),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        said.flatMap(({ errors }) => errors),
        []
      )
      const successor = new Map(
        said.flatMap(({ lines }) => lines.map((line) => line.split(" ").toReversed() as [string, string]))
      )
      assert.strictEqual(successor.size, 4 * each)
      let last = "nothing"
      for (let turn = 0; turn < 4 * each; turn++) last = successor.get(last)!
      assert.deepStrictEqual(yield* Effect.provideContext(live(), yield* open(filename)), [`${last}: 0 1`])
    })
  )
})

describe("a process that is killed while it appends", () => {
  it.live("leaves every append that it was told of, and a run that the next command closes", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const kills = [1, 7, 40, 90]
      yield* Effect.forEach(
        kills,
        Effect.fnUntraced(function* (kill) {
          const { lines } = yield* acknowledged(
            yield* start("append", filename, `t1-${kill}`, 1e6),
            (count) => count >= kill
          )
          const state = yield* open(filename)
          const events = yield* Context.get(state, EventLog).ofRun(RunId.make(`t1-${kill}`))
          assert.isAtLeast(lines.length, kill)
          assert.isAtLeast(events.length, lines.length)
          assert.isAtMost(events.length, lines.length + 1)
          assert.isTrue(events.every(({ sequence }, index) => sequence === index + 1))
          const ledger = Context.get(state, RunLedger)
          const judge = yield* ProcessLiveness.judge(Duration.minutes(1))
          const closed = yield* ledger.closeDead((run) => judge(run) !== "Gone", Date.now())
          assert.deepStrictEqual(
            closed.map(({ id, status }) => [id as string, status]),
            [[`t1-${kill}`, "Lost"]]
          )
          assert.isTrue((yield* ledger.steps(RunId.make(`t1-${kill}`))).every(({ status }) => status === "Canceled"))
        }, Effect.scoped)
      )
    })
  )
})

describe("two connections", () => {
  it.live("that publish the same partitions at once: one of them wins, the other is told", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const states = [yield* open(filename), yield* open(filename), yield* open(filename)]
      const runs = yield* Effect.forEach(states, (state, index) => Effect.provideContext(begin(`t1-${index}`), state))
      let winner: string | undefined
      for (let round = 0; round < 60; round++) {
        const replaces = winner === undefined ? [] : [{ object: winner, partitions: PartitionSet.range(0, 10) }]
        const exits = yield* Effect.forEach(
          states,
          (state, index) =>
            publish(runs[index]!, `o${round}-${index}`, PartitionSet.range(0, 10), replaces).pipe(
              Effect.provideContext(state),
              Effect.as("Published"),
              Effect.catch((error) => Effect.succeed(error._tag))
            ),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(exits.toSorted(), ["PublicationConflict", "PublicationConflict", "Published"])
        winner = `o${round}-${exits.indexOf("Published")}`
        assert.deepStrictEqual(yield* Effect.provideContext(live(), states[0]!), [`${winner}: 0 10`])
      }
    })
  )

  it.live("that publish different partitions at once: both win", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const states = [yield* open(filename), yield* open(filename)]
      yield* Effect.forEach(
        states,
        Effect.fnUntraced(function* (state, index) {
          const run = yield* Effect.provideContext(begin(`t1-${index}`), state)
          for (let round = 0; round < 30; round++) {
            const day = PartitionSet.of(round * 2 + index)
            yield* Effect.provideContext(publish(run, `o${index}-${round}`, day), state)
          }
        }),
        { concurrency: "unbounded" }
      )
      const manifests = yield* Context.get(states[0]!, Catalog).manifests(environment, [daily])
      const pieces = manifests.get(daily)!
      assert.strictEqual(pieces.length, 60)
      assert.deepStrictEqual(PartitionSet.unionAll(pieces.map(({ live }) => live)), PartitionSet.range(0, 60))
    })
  )

  it.live("that end and close one run at once: the first decides, and it is never changed", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const [worker, monitor] = [yield* open(filename), yield* open(filename)]
      const ledger = Context.get(worker, RunLedger)
      for (let round = 0; round < 60; round++) {
        const run = yield* Effect.provideContext(begin(`t1-${round}`), worker)
        yield* Context.get(worker, EventLog).append([planned(run.id, 0), attemptStarted(run.id, 0)])
        const [ended, closed] = yield* Effect.all(
          [ledger.end(run.id, "Failed", 2), Context.get(monitor, RunLedger).closeDead(() => false, 1)],
          { concurrency: "unbounded" }
        )
        const [after] = yield* ledger.list(1)
        assert.strictEqual(closed.length, ended ? 0 : 1)
        assert.strictEqual(after!.status, ended ? "Failed" : "Lost")
        assert.strictEqual(after!.endedAt, ended ? 2 : 1)
        const events = yield* Context.get(worker, EventLog).ofRun(run.id)
        assert.strictEqual(events.filter(({ event }) => event._tag === "RunEnded").length, 1)
      }
    })
  )

  it.live("leave alone a run that says that it lives while it is being closed", () =>
    Effect.gen(function* () {
      const state = yield* open(join(yield* temporaryFolder, "state.db"))
      const ledger = Context.get(state, RunLedger)
      const run = yield* Effect.provideContext(begin("t1-a"), state)
      let judged = 0
      assert.deepStrictEqual(yield* ledger.closeDead(() => judged++ > 0, 1), [])
      assert.strictEqual(judged, 2)
      assert.isTrue(yield* ledger.beat(run.id, 2))
    })
  )

  it.live("give the same ordinals to the same partition keys", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const states = [yield* open(filename), yield* open(filename), yield* open(filename)]
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`)
      const orders = [keys, keys.toReversed(), keys.toSorted()]
      yield* Effect.forEach(keys, (_, index) =>
        Effect.forEach(states, (state, which) => Context.get(state, Catalog).dictionary([orders[which]![index]!]), {
          concurrency: "unbounded"
        })
      )
      const [first, ...others] = yield* Effect.forEach(states, (state) => Context.get(state, Catalog).dictionary([]))
      assert.sameMembers([...first!.keys], keys)
      for (const other of others) assert.deepStrictEqual(other, first)
    })
  )
})
