import { assert, describe, it } from "@effect/vitest"
import { NodeFileSystem } from "@effect/platform-node"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Layer from "effect/Layer"
import * as LostRuns from "../../runtime/record/LostRuns.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as State from "../../runtime/record/State.ts"
import { begin } from "../suites/sampleRun.ts"

const layer = State.layerMemory.pipe(Layer.provide(NodeFileSystem.layer))

/** Two runs on another machine that have just beaten: so only their heartbeats are known. */
const two = Effect.gen(function* () {
  const ledger = yield* RunLedger
  const at = yield* Clock.currentTimeMillis
  const process = { pid: 1, bootId: "there", startTicks: "1", host: "another" }
  const runs = [yield* begin("t1-silent", { process, at }), yield* begin("t1-late", { process, at })]
  for (const { id } of runs) yield* ledger.beat(id, at)
  return { ledger, silent: runs[0]!, late: runs[1]! }
})

/** Lets time pass until it is so; the file system answers in its own time. */
const passUntil = (isSo: () => boolean) =>
  Effect.repeat(
    Effect.andThen(
      TestClock.adjust("200 millis"),
      Effect.promise(() => new Promise(setImmediate))
    ),
    { until: isSo }
  )

const ended = <A, E>(fiber: Fiber.Fiber<A, E>) =>
  Effect.andThen(
    passUntil(() => fiber.pollUnsafe() !== undefined),
    Fiber.join(fiber)
  )

describe("runs of processes that nobody here can see", () => {
  it.effect("are left alone while their lease lasts", () =>
    Effect.gen(function* () {
      yield* two
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* LostRuns.close, [])
    }).pipe(Effect.provide(layer))
  )

  it.effect("are closed after it if they stay silent for another moment", () =>
    Effect.gen(function* () {
      const { late, ledger, silent } = yield* two
      yield* TestClock.adjust("1 hour")
      const closing = yield* Effect.forkChild(LostRuns.close)
      yield* TestClock.adjust("2 seconds")
      yield* ledger.beat(late.id, yield* Clock.currentTimeMillis)
      const lost = yield* ended(closing)
      assert.deepStrictEqual(
        lost.map(({ liveness, run }) => [run.id, liveness]),
        [[silent.id, "Late"]]
      )
      assert.isTrue(yield* ledger.beat(late.id, 0))
      assert.isFalse(yield* ledger.beat(silent.id, 0))
    }).pipe(Effect.provide(layer))
  )

  it.effect("have the lease that is set", () =>
    Effect.gen(function* () {
      const { late, silent } = yield* two
      yield* TestClock.adjust("1001 millis")
      const closing = yield* Effect.forkChild(LostRuns.close)
      const lost = yield* ended(closing)
      assert.deepStrictEqual(
        lost.map(({ run }) => run.id),
        [silent.id, late.id]
      )
    }).pipe(
      Effect.provide(layer),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({ STRATA_LEASE: "1 second" }))
    )
  )

  it.effect("are looked for again and again", () =>
    Effect.gen(function* () {
      const { silent, late } = yield* two
      const told: Array<string> = []
      yield* Effect.forkChild(LostRuns.watch((lost) => Effect.sync(() => told.push(...lost.map(({ run }) => run.id)))))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(told, [])
      yield* passUntil(() => told.length > 0)
      assert.deepStrictEqual(told, [silent.id, late.id])
    }).pipe(Effect.provide(layer))
  )
})
