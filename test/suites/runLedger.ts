/** What every run ledger keeps to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import { attemptStarted, begin, newRun, planned, succeeded } from "./sampleRun.ts"

export const suite = <E>(name: string, layer: Layer.Layer<EventLog | RunLedger | Catalog, E>) =>
  describe(`the run ledger ${name}`, () => {
    it.effect("gives a run back as it was begun, with or without a git revision", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        const run = yield* begin("t1-a")
        const { at: startedAt, ...asked } = newRun("t1-a")
        const expected = { ...asked, fencingToken: 1, status: "Started", startedAt, heartbeatAt: null, endedAt: null }
        assert.deepStrictEqual(run, expected as typeof run)
        assert.deepStrictEqual(yield* ledger.list(10), [run])
        const without = yield* begin("t2-b", { git: null })
        assert.deepStrictEqual((yield* ledger.list(1))[0], without)
      }).pipe(Effect.provide(layer))
    )

    it.effect("gives every run a higher fencing token, and lists the newest first", () =>
      Effect.gen(function* () {
        const ids = ["t3-a", "t1-b", "t2-c"]
        const runs = yield* Effect.forEach(ids, (id) => begin(id, { at: 1 }))
        assert.deepStrictEqual(
          runs.map(({ fencingToken }) => fencingToken),
          [1, 2, 3]
        )
        const listed = yield* RunLedger.use((ledger) => ledger.list(2))
        assert.deepStrictEqual(
          listed.map(({ id }) => id as string),
          ["t2-c", "t1-b"]
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("finds a run by the start of its id where one run has it, and the newest as latest", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        assert.isTrue(Option.isNone(yield* ledger.find("latest")))
        yield* Effect.forEach(["t1-abc", "t1-abd", "t1-ab", "t2-x"], (id) => begin(id))
        const found = (text: string) => Effect.map(ledger.find(text), (run) => Option.getOrUndefined(run)?.id as string)
        assert.strictEqual(yield* found("latest"), "t2-x")
        assert.strictEqual(yield* found("t1-abc"), "t1-abc")
        assert.strictEqual(yield* found("t1-ab"), "t1-ab")
        assert.strictEqual(yield* found("t2"), "t2-x")
        assert.isUndefined(yield* found("t1"))
        assert.isUndefined(yield* found("t3"))
        assert.isUndefined(yield* found("%"))
        assert.isUndefined(yield* found("t2_x"))
        assert.isUndefined(yield* found(""))
      }).pipe(Effect.provide(layer))
    )

    it.effect("takes the heartbeats of a run that goes on, and refuses those of one that was closed", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        const { id } = yield* begin("t1-a")
        assert.isTrue(yield* ledger.beat(id, 5_000))
        assert.strictEqual((yield* ledger.list(1))[0]!.heartbeatAt, 5_000)
        yield* ledger.closeDead(() => false, 6_000)
        assert.isFalse(yield* ledger.beat(id, 7_000))
        assert.strictEqual((yield* ledger.list(1))[0]!.heartbeatAt, 5_000)
      }).pipe(Effect.provide(layer))
    )

    it.effect("ends a run once, whoever ends it first", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        const { id } = yield* begin("t1-a")
        const ends = yield* Effect.forEach(
          ["Succeeded", "Failed", "Canceled"] as const,
          (status, index) => ledger.end(id, status, index),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          ends.filter((ended) => ended),
          [true]
        )
        const [run] = yield* ledger.list(1)
        yield* ledger.closeDead(() => false, 99)
        assert.deepStrictEqual(yield* ledger.list(1), [run!])
        assert.isFalse(yield* ledger.end(newRun("t9-unknown").id, "Failed", 1))
        const events = yield* EventLog.use((log) => log.ofRun(id))
        assert.deepStrictEqual(
          events.map(({ event }) => event._tag),
          ["RunEnded"]
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("closes a dead run, also one that never sent a heartbeat, and leaves a living one", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        const log = yield* EventLog
        const dead = yield* begin("t1-dead")
        const silent = yield* begin("t1-silent")
        const living = yield* begin("t1-living")
        yield* ledger.beat(dead.id, 2_000)
        yield* log.append([planned(dead.id, 0), planned(dead.id, 1), planned(dead.id, 2)])
        yield* log.append([attemptStarted(dead.id, 0), succeeded(dead.id, 0), attemptStarted(dead.id, 1)])
        yield* log.append([planned(living.id, 0), attemptStarted(living.id, 0)])

        const closed = yield* ledger.closeDead(({ id }) => id === living.id, 9_000)
        assert.deepStrictEqual(
          closed.map(({ id, status }) => [id as string, status]),
          [
            ["t1-dead", "Lost"],
            ["t1-silent", "Lost"]
          ]
        )
        assert.deepStrictEqual(
          (yield* ledger.list(3)).map(({ endedAt, status }) => [status, endedAt]),
          [
            ["Started", null],
            ["Lost", 9_000],
            ["Lost", 9_000]
          ]
        )
        const steps = yield* ledger.steps(dead.id)
        assert.deepStrictEqual(
          steps.map(({ status }) => status),
          ["Succeeded", "Canceled", "Canceled"]
        )
        assert.strictEqual(steps[1]!.attempts[0]!.outcome, "Canceled")
        assert.strictEqual((yield* ledger.steps(living.id))[0]!.status, "Started")
        const tags = (yield* log.ofRun(dead.id)).map(({ event }) => event._tag)
        assert.deepStrictEqual(tags.slice(-3), ["StepCanceled", "StepCanceled", "RunEnded"])
        assert.strictEqual((yield* log.ofRun(silent.id)).length, 1)
        assert.deepStrictEqual(yield* ledger.closeDead(({ id }) => id === living.id, 9_500), [])
      }).pipe(Effect.provide(layer))
    )
  })
