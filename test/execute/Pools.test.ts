import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Needs from "../../runtime/definition/Needs.ts"
import * as Pools from "../../runtime/execute/Pools.ts"
import type { StepWaiting } from "../../runtime/execute/RunListener.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as PoolCapacity from "../../runtime/graph/PoolCapacity.ts"
import { Asset, PartitionsDefinition, Value } from "../../runtime/index.ts"
import * as Harness from "./Harness.ts"

const Int = Value.of(Schema.Int)

const claim = (permits: Record<string, number>, priority = 0): Pools.Claim => ({
  permits: new Map(Object.entries(permits)),
  priority
})

/** Says its name when it begins, and ends when it is let. */
const holder = Effect.fnUntraced(function* (pools: Pools.Pools, of: Pools.Claim, name: string, begun: Array<string>) {
  const ends = yield* Deferred.make<void>()
  const body = Effect.andThen(
    Effect.sync(() => void begun.push(name)),
    Deferred.await(ends)
  )
  const fiber = yield* Effect.forkChild(pools.using(of)(body), { startImmediately: true })
  const end = Effect.andThen(Deferred.succeed(ends, undefined), Fiber.join(fiber))
  return { end, fiber }
})

describe("permits", () => {
  const Claimant = Schema.Struct({
    a: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
    b: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 })),
    priority: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    turns: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 })),
    /** After so many turns it is interrupted. */
    interruptedAt: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 })))
  })

  it.effect.prop(
    "never exceed what there is, all come back, and everyone who is not interrupted gets his",
    [Schema.Array(Claimant).check(Schema.isMaxLength(25))],
    ([claimants]) =>
      Effect.gen(function* () {
        const capacity = new Map([
          [Needs.jobs, 2],
          ["a", 3],
          ["b", 2]
        ])
        const pools = Pools.make(capacity)
        const held = new Map([...capacity.keys()].map((pool) => [pool, 0]))
        const turns = (n: number) => Effect.repeat(Effect.yieldNow, { times: n })
        let exceeded = 0
        const fibers = yield* Effect.forEach(claimants, ({ a, b, priority, turns: n }) => {
          const of = claim({ ...(a > 0 ? { a } : {}), ...(b > 0 ? { b } : {}), [Needs.jobs]: 1 }, priority)
          const change = (sign: 1 | -1) =>
            Effect.sync(() => {
              for (const [pool, amount] of of.permits) {
                held.set(pool, held.get(pool)! + sign * amount)
                if (held.get(pool)! > capacity.get(pool)!) exceeded++
              }
            })
          const body = Effect.acquireUseRelease(
            change(1),
            () => turns(n),
            () => change(-1)
          )
          // Who is told what it waits for takes its time, and may be given it, and interrupted, meanwhile.
          return Effect.forkChild(pools.using(of, () => turns(1))(body))
        })
        const interrupts = claimants.flatMap(({ interruptedAt }, index) =>
          interruptedAt === null ? [] : [Effect.andThen(turns(interruptedAt), Fiber.interrupt(fibers[index]!))]
        )
        yield* Effect.all(interrupts, { concurrency: "unbounded" })
        for (const [index, { interruptedAt }] of claimants.entries()) {
          if (interruptedAt === null) yield* Fiber.join(fibers[index]!)
        }
        assert.strictEqual(exceeded, 0)
        assert.deepStrictEqual(pools.free(), capacity)
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect("are set aside for who needs many, while those who need none of them go ahead", () =>
    Effect.gen(function* () {
      const pools = Pools.make(
        new Map([
          ["a", 2],
          ["b", 1]
        ])
      )
      const begun: Array<string> = []
      const small = yield* holder(pools, claim({ a: 1 }), "small", begun)
      const large = yield* holder(pools, claim({ a: 2 }), "large", begun)
      const late = yield* holder(pools, claim({ a: 1 }), "late", begun)
      const other = yield* holder(pools, claim({ b: 1 }), "other", begun)
      assert.deepStrictEqual(begun, ["small", "other"])
      yield* small.end
      assert.deepStrictEqual(begun, ["small", "other", "large"])
      yield* large.end
      yield* late.end
      yield* other.end
      assert.deepStrictEqual(begun, ["small", "other", "large", "late"])
    })
  )

  it.effect("go to the higher priority first, and to who came first among equals", () =>
    Effect.gen(function* () {
      const pools = Pools.make(new Map([["a", 1]]))
      const begun: Array<string> = []
      const all = [yield* holder(pools, claim({ a: 1 }), "holder", begun)]
      for (const [name, priority] of [
        ["low 1", 0],
        ["low 2", 0],
        ["high 1", 5],
        ["high 2", 5]
      ] as const) {
        all.push(yield* holder(pools, claim({ a: 1 }, priority), name, begun))
      }
      yield* all[0]!.end
      for (const index of [3, 4, 1, 2]) yield* all[index]!.end
      assert.deepStrictEqual(begun, ["holder", "high 1", "high 2", "low 1", "low 2"])
    })
  )

  it.effect("that are waited for by someone who is interrupted hold up nobody behind", () =>
    Effect.gen(function* () {
      const pools = Pools.make(new Map([["a", 2]]))
      const begun: Array<string> = []
      const small = yield* holder(pools, claim({ a: 1 }), "small", begun)
      const large = yield* holder(pools, claim({ a: 2 }), "large", begun)
      const late = yield* holder(pools, claim({ a: 1 }), "late", begun)
      yield* Fiber.interrupt(large.fiber)
      assert.deepStrictEqual(begun, ["small", "late"])
      yield* small.end
      yield* late.end
    })
  )
})

const partitions = PartitionsDefinition.fixed(["one", "two", "three", "four"])

describe("what an asset needs", () => {
  it.effect("limits how many of its bodies run at once, and what they wait for is heard", () =>
    Effect.gen(function* () {
      let running = 0
      let most = 0
      const body = Effect.acquireUseRelease(
        Effect.sync(() => {
          most = Math.max(most, ++running)
        }),
        () => Effect.as(Effect.repeat(Effect.yieldNow, { times: 5 }), 1),
        () => Effect.sync(() => void running--)
      )
      const Calls = Asset.make("calls", { partitions, output: Int, needs: { pool: "api" }, materialize: () => body })
      const heard: Array<StepWaiting> = []
      const waiting = (step: StepWaiting) => Effect.sync(() => void heard.push(step))
      const { status } = yield* Harness.materialize([Calls], { pools: { api: 2 }, waiting })
      assert.strictEqual(status, "Succeeded")
      assert.strictEqual(most, 2)
      assert.deepStrictEqual(
        heard.map(({ step, for: pools }) => `${step}: ${pools}`),
        ["2: api", "3: api"]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("decides with its priority what comes first", () =>
    Effect.gen(function* () {
      const order: Array<string> = []
      const asset = (key: string, priority: number) =>
        Asset.make(key, { output: Int, priority, materialize: () => Effect.sync(() => order.push(key)) })
      yield* Harness.materialize([asset("a", 0), asset("b", 0), asset("c", 3)], { concurrency: 1 })
      assert.deepStrictEqual(order, ["a", "c", "b"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("is refused before anything runs when there is never so much", () =>
    Effect.gen(function* () {
      const Large = Asset.make("large", {
        output: Int,
        needs: { memory: "2 EiB" },
        materialize: () => Effect.succeed(1)
      })
      const error = yield* Effect.flip(Harness.plan([Large]))
      assert.strictEqual(error._tag, "NeedTooLarge")
    }).pipe(Effect.provide(Harness.layer))
  )

  it("is refused with both numbers, or with the pools that there are", () => {
    const capacity = new Map([
      [Needs.cores, 2],
      [Needs.memory, 2 ** 30],
      ["api", 3]
    ])
    const refusal = (needs: Needs.Needs) => {
      const asset = Asset.make("large", { output: Int, needs, materialize: () => Effect.succeed(1) })
      const checked = PoolCapacity.check(Result.getOrThrow(AssetGraph.make([asset])), capacity)
      return Result.isFailure(checked) ? checked.failure.message : "nothing"
    }
    assert.strictEqual(refusal({ cores: 2, memory: "1 GiB", pool: "api" }), "nothing")
    assert.match(refusal({ cores: 3 }), /^large needs 3 of cores, and there is 2 of cores in all: /)
    assert.match(
      refusal({ memory: "2 GiB" }),
      /^large needs 2048 MiB of memory, and there is 1024 MiB of memory in all/
    )
    assert.match(refusal({ pool: "gpu" }), /the pool "gpu", and the definitions declare the pools api: add it to pools/)
  })
})
