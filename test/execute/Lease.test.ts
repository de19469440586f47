/** Runs that others overtake, or close. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Asset, AssetKey, Value } from "../../runtime/index.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "./Harness.ts"

/** An asset whose first body waits until it may go on, and another that is made from it. */
const waiting = Effect.gen(function* () {
  const begun = yield* Deferred.make<void>()
  const goOn = yield* Deferred.make<void>()
  let bodies = 0
  const First = Asset.make("first", {
    output: Value.of(Schema.Int),
    materialize: () =>
      Effect.gen(function* () {
        if (++bodies > 1) return 2
        yield* Deferred.succeed(begun, undefined)
        yield* Deferred.await(goOn)
        return 1
      })
  })
  const Second = Asset.make("second", {
    deps: { first: First },
    output: Value.of(Schema.Int),
    materialize: ({ first }) => Effect.succeed(first)
  })
  const assets = [First, Second]
  const running = yield* Effect.forkScoped(Effect.result(Harness.materialize(assets)))
  yield* Deferred.await(begun)
  return { assets, end: Effect.andThen(Deferred.succeed(goOn, undefined), Fiber.join(running)) }
})

describe("a run that another one overtook", () => {
  it.effect("says so, publishes nothing, and leaves nothing failed", () =>
    Effect.gen(function* () {
      const { assets, end } = yield* waiting
      assert.strictEqual((yield* Harness.materialize(assets)).status, "Succeeded")
      const { run, status } = Result.getOrThrow(yield* end)
      assert.strictEqual(status, "Failed")
      const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
      assert.deepStrictEqual(
        steps.map(({ attempts, status }) => [status, attempts.at(-1)?.error?.tag]),
        [
          ["Failed", "PublicationConflict"],
          ["Skipped", undefined]
        ]
      )
      assert.deepStrictEqual([...(yield* Harness.stored(assets)).get("second")!.values()], [2])
      assert.deepStrictEqual((yield* Harness.plan(assets)).planned.plan.steps, [])
    }).pipe(Effect.scoped, Effect.provide(Harness.layer))
  )
})

describe("steps that end together", () => {
  it.effect("are published but for the one that another run overtook", () =>
    Effect.gen(function* () {
      const goOn = yield* Deferred.make<void>()
      const begun = yield* Queue.unbounded<string>()
      const isFirst = new Set(["overtaken", "beside"])
      const asset = (name: string) =>
        Asset.make(name, {
          output: Value.of(Schema.Int),
          materialize: () =>
            Effect.suspend(() => {
              if (!isFirst.delete(name)) return Effect.succeed(2)
              return Effect.as(Effect.andThen(Queue.offer(begun, name), Deferred.await(goOn)), 1)
            })
        })
      const assets = [asset("overtaken"), asset("beside")]
      const running = yield* Effect.forkScoped(Harness.materialize(assets))
      yield* Queue.take(begun)
      yield* Queue.take(begun)
      yield* Harness.materialize(assets, { assets: ["overtaken"] })
      yield* Deferred.succeed(goOn, undefined)
      const { run, status } = yield* Fiber.join(running)
      assert.strictEqual(status, "Failed")
      const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
      assert.deepStrictEqual(
        new Map(steps.map(({ assets, status }) => [String(assets[0]), status])),
        new Map([
          ["overtaken", "Failed"],
          ["beside", "Succeeded"]
        ])
      )
      const stored = yield* Harness.stored(assets)
      assert.deepStrictEqual(
        ["overtaken", "beside"].map((name) => [...stored.get(AssetKey.make(name))!.values()]),
        [[2], [1]]
      )
    }).pipe(Effect.scoped, Effect.provide(Harness.layer))
  )
})

describe("a run that another process closed", () => {
  it.effect("fails because its lease is lost, and publishes nothing", () =>
    Effect.gen(function* () {
      const { assets, end } = yield* waiting
      const ledger = yield* RunLedger
      yield* ledger.closeDead(() => false, 1)
      const error = Result.getOrThrow(Result.flip(yield* end))
      assert.strictEqual(error._tag, "LeaseLost")
      for (const values of (yield* Harness.stored(assets)).values()) assert.strictEqual(values.size, 0)
      assert.deepStrictEqual(
        (yield* ledger.list(9)).map(({ status }) => status),
        ["Lost"]
      )
    }).pipe(Effect.scoped, Effect.provide(Harness.layer))
  )
})
