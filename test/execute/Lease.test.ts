/** Runs that others overtake, or close. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../runtime/index.ts"
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
