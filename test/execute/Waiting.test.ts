import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Needs from "../../runtime/definition/Needs.ts"
import * as Attempts from "../../runtime/execute/Attempts.ts"
import * as BodyWaits from "../../runtime/execute/BodyWaits.ts"
import * as Pools from "../../runtime/execute/Pools.ts"
import type { StepWaiting } from "../../runtime/execute/RunListener.ts"
import { Asset, Value, Waiting } from "../../runtime/index.ts"
import * as Harness from "./Harness.ts"

const Int = Value.of(Schema.Int)

const waitFor = <A>(self: Effect.Effect<A>) => Effect.flatMap(Waiting, ({ during }) => during("a limit")(self))

/** An asset that waits until another one, which needs the only job, is made. */
const waiting = Effect.gen(function* () {
  const isMade = yield* Deferred.make<void>()
  const order: Array<string> = []
  const say = (what: string) => Effect.sync(() => void order.push(what))
  const Waits = (needs: Needs.Needs) =>
    Asset.make("first/waits", {
      output: Int,
      priority: 1,
      needs,
      materialize: () => waitFor(Deferred.await(isMade)).pipe(Effect.andThen(say("waited")), Effect.as(1))
    })
  const Works = Asset.make("second/works", {
    output: Int,
    materialize: () => say("worked").pipe(Effect.andThen(Deferred.succeed(isMade, undefined)), Effect.as(1))
  })
  return { order, isMade, Waits, Works }
})

describe("a body that waits", () => {
  it.effect("lends its job to others if it is of a pool, and is told to wait until it goes on", () =>
    Effect.gen(function* () {
      const { order, Waits, Works } = yield* waiting
      const heard: Array<StepWaiting> = []
      const { status } = yield* Harness.materialize([Waits({ pool: "model" }), Works], {
        pools: { model: 1 },
        concurrency: 1,
        waiting: (step) => Effect.sync(() => void heard.push(step))
      })
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(order, ["worked", "waited"])
      assert.deepStrictEqual(
        heard.map((step) => step.for),
        [["a limit"], []]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("keeps its job where no pool says how many such bodies there may be", () =>
    Effect.gen(function* () {
      const { order, isMade, Waits, Works } = yield* waiting
      const fiber = yield* Effect.forkChild(
        Harness.materialize([Waits({}), Works], {
          concurrency: 1,
          waiting: () =>
            Effect.forkDetach(Effect.andThen(Effect.sleep("1 second"), Deferred.succeed(isMade, undefined)))
        })
      )
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).status, "Succeeded")
      assert.deepStrictEqual(order, ["waited", "worked"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect.each([
    [9, true],
    [11, false]
  ] as const)("has the time of its timeout besides: %s seconds of ten", ([own, isInTime]) =>
    Effect.gen(function* () {
      const waits = BodyWaits.make({ tell: () => Effect.void, lend: () => {}, takeBack: Effect.void, seize: () => {} })
      const body = Effect.gen(function* () {
        const wait = (minutes: number) => waits.waiting.during("a limit")(Effect.sleep(`${minutes} minutes`))
        yield* Effect.forEach([1, 2, 3], wait, { concurrency: 2 })
        yield* Effect.sleep(`${own} seconds`)
        yield* wait(1)
      })
      const { source } = Asset.make("limited", {
        output: Int,
        timeout: "10 seconds",
        materialize: () => Effect.succeed(1)
      })
      const timed = Attempts.withTimeout(source as Asset.Computation, waits.millis)(body)
      const fiber = yield* Effect.forkChild(Effect.exit(timed))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(Exit.isSuccess(yield* Fiber.join(fiber)), isInTime)
    })
  )
})

describe("what a body lent", () => {
  const claim: Pools.Claim = { permits: new Map([[Needs.jobs, 1]]), priority: 0 }

  it.effect("is there again whatever interrupts it, and whenever", () =>
    Effect.gen(function* () {
      for (const turns of Array.from({ length: 12 }, (_, index) => index)) {
        const pools = Pools.make(claim.permits)
        const waits = BodyWaits.make({
          tell: () => Effect.yieldNow,
          lend: () => pools.release(claim),
          takeBack: pools.acquire(claim),
          seize: () => pools.seize(claim)
        })
        const wait = waits.waiting.during("a limit")(Effect.yieldNow)
        const body = waits.around(Effect.all([wait, wait, wait], { concurrency: 2 }))
        const fiber = yield* Effect.forkChild(pools.using(claim)(body))
        const other = yield* Effect.forkChild(pools.using(claim)(Effect.repeat(Effect.yieldNow, { times: 4 })))
        yield* Effect.repeat(Effect.yieldNow, { times: turns })
        const exit = yield* Effect.andThen(Fiber.interrupt(fiber), Fiber.await(fiber))
        if (turns === 0) assert.isTrue(Exit.isFailure(exit))
        yield* Fiber.join(other)
        assert.deepStrictEqual(pools.free(), claim.permits, `after ${turns} turns`)
      }
    })
  )
})
