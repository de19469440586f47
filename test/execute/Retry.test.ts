/** Retrying a run: exactly what it left, whatever ended it. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { main, RunId } from "../../runtime/event/Run.ts"
import * as Executor from "../../runtime/execute/Executor.ts"
import * as Materialization from "../../runtime/execute/Materialization.ts"
import {
  Asset,
  BackfillPolicy,
  Partition,
  PartitionMapping,
  PartitionSet,
  PartitionsDefinition,
  Value
} from "../../runtime/index.ts"
import * as Retry from "../../runtime/plan/Retry.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "./Harness.ts"

const Int = Value.of(Schema.Int)
const keys = ["a", "b", "c", "d"] as const
const letters = PartitionsDefinition.fixed(keys)
const count = Number(process.env.STRATA_TEST_HISTORIES ?? "60")

/** A source of chance that a seed repeats: mulberry32. */
const chance = (seed: number) => {
  let state = seed >>> 0
  return (n: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n)
  }
}

interface World {
  /** `<asset>/<key>`: what fails, or is given up by its body. */
  readonly failing: Map<string, "Fails" | "GivenUp">
  /** What bodies made, whether or not it was published. */
  readonly ran: Set<string>
  /** Counts down to the moment at which the run is stopped. */
  bodiesLeft: number
  readonly stop: Deferred.Deferred<void>
}

/** Ten to thirty assets, each made from up to three before it. */
const graphOf = (random: (n: number) => number, world: () => World): ReadonlyArray<Asset.Any> => {
  const assets: Array<Asset.Any> = []
  for (let index = 0; index < 10 + random(20); index++) {
    const name = `asset_${index}`
    const policy = [BackfillPolicy.perPartition, BackfillPolicy.batches(2), BackfillPolicy.singleRun][random(3)]!
    const deps = Object.fromEntries(
      Array.from({ length: index === 0 ? 0 : random(4) }, (_, input) => [
        `input_${input}`,
        Asset.through(assets[random(index)]!, random(4) === 0 ? PartitionMapping.all : PartitionMapping.identity)
      ])
    )
    const materialize = Effect.fnUntraced(function* (inputs: Record<string, unknown>) {
      const { failing, ran, stop } = world()
      const partitions = (inputs.partitions ?? [inputs.partition]) as ReadonlyArray<{ readonly key: string }>
      if (--world().bodiesLeft === 0) {
        yield* Deferred.succeed(stop, undefined)
        return yield* Effect.never
      }
      for (const { key } of partitions) ran.add(`${name}/${key}`)
      if (partitions.some(({ key }) => failing.get(`${name}/${key}`) === "Fails")) return yield* Effect.fail("no")
      const given = partitions.filter(({ key }) => failing.get(`${name}/${key}`) === "GivenUp")
      for (const { key } of given) yield* Partition.fail(key, "no")
      const made = partitions.filter((partition) => !given.includes(partition))
      return inputs.partitions === undefined ? 1 : new Map(made.map(({ key }) => [key, 1]))
    })
    assets.push(
      Asset.make(name, {
        partitions: letters,
        deps,
        backfillPolicy: policy,
        output: Int,
        materialize: materialize as never
      }) as never
    )
  }
  return assets
}

/** The pairs of asset and partition that a run has left. */
const leftBy = Effect.fnUntraced(function* (id: RunId) {
  const retry = Retry.make(yield* RunLedger.use((ledger) => ledger.steps(id)))
  return [...retry.partitions].flatMap(([key, set]) =>
    [...PartitionSet.ordinals(set)].map((ordinal) => `${key}/${ordinal}`)
  )
})

const play = Effect.fnUntraced(function* (seed: number) {
  const random = chance(seed)
  let world: World = { failing: new Map(), ran: new Set(), bodiesLeft: -1, stop: yield* Deferred.make<void>() }
  const assets = graphOf(random, () => world)
  for (let n = random(8); n > 0; n--) {
    const name = `asset_${random(assets.length)}/${keys[random(keys.length)]}`
    world.failing.set(name, random(2) === 0 ? "Fails" : "GivenUp")
  }
  if (random(3) === 0) world.bodiesLeft = 1 + random(20)
  const fiber = yield* Effect.forkChild(Harness.materialize(assets))
  yield* Effect.raceFirst(Deferred.await(world.stop), Fiber.await(fiber))
  yield* Fiber.interrupt(fiber)
  const [run] = yield* RunLedger.use((ledger) => ledger.list(1))
  const left = yield* leftBy(run!.id)
  const request = yield* Materialization.retryRequest(Harness.project(assets), run!)
  assert.strictEqual(Option.isNone(request), left.length === 0)
  if (Option.isNone(request)) return
  world = { failing: new Map(), ran: new Set(), bodiesLeft: -1, stop: world.stop }
  const { status } = yield* Harness.perform(assets, request.value)
  assert.strictEqual(status, "Succeeded")
  const ordinals = new Map(keys.map((key, index) => [key as string, index]))
  const ran = [...world.ran].map((pair) => {
    const [asset, key] = pair.split("/")
    return `${asset}/${ordinals.get(key!)}`
  })
  assert.deepStrictEqual(ran.sort(), left.sort())
  const again = yield* Harness.plan(assets)
  assert.deepStrictEqual(again.planned.plan.steps, [])
})

describe("a retry", () => {
  it.effect(`runs exactly what the run left, in ${count} random graphs with random failures and interruptions`, () =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= count; seed++) {
        yield* Effect.provide(play(seed), Harness.layer).pipe(
          Effect.tapCause((cause) => Effect.logError(`seed ${seed}`, cause))
        )
      }
    })
  )

  const One = Asset.make("one", { partitions: letters, output: Int, materialize: () => Effect.succeed(1) })
  const Two = Asset.make("two", {
    partitions: letters,
    deps: { one: One },
    output: Int,
    materialize: () => Effect.succeed(1)
  })

  it.effect("of a run that was lost before its first step is all of it", () =>
    Effect.gen(function* () {
      const { planned } = yield* Harness.plan([One, Two])
      const ledger = yield* RunLedger
      const id = RunId.make("t1-lost")
      const events = Executor.beginning(id, 1, planned.plan)
      yield* ledger.begin({
        id,
        environment: main,
        request: "test",
        git: null,
        process: Harness.process,
        at: 1,
        events
      })
      const [lost] = yield* ledger.closeDead(() => false, 2)
      assert.strictEqual(lost!.status, "Lost")
      const newest = yield* Materialization.newestUnfinished(main)
      assert.strictEqual(Option.getOrThrow(newest).id, id)
      const request = yield* Materialization.retryRequest(Harness.project([One, Two]), lost!)
      const { plan } = yield* Harness.perform([One, Two], Option.getOrThrow(request))
      assert.strictEqual(plan.steps.length, 8)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("leaves out what another run has made since, unless nothing was known to be up to date", () =>
    Effect.gen(function* () {
      let isBad = true
      const Bad = Asset.make("bad", {
        partitions: letters,
        output: Int,
        materialize: ({ partition }) => (isBad && partition.key === "b" ? Effect.fail("no") : Effect.succeed(1))
      })
      const { run } = yield* Harness.materialize([Bad])
      isBad = false
      yield* Harness.materialize([Bad])
      const request = yield* Materialization.retryRequest(Harness.project([Bad]), run)
      const { plan } = yield* Harness.perform([Bad], Option.getOrThrow(request))
      assert.deepStrictEqual(plan.steps, [])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("makes what a forced run did not reach, although it is up to date", () =>
    Effect.gen(function* () {
      let fails = false
      const First = Asset.make("first", {
        partitions: letters,
        output: Int,
        materialize: () => (fails ? Effect.fail("no") : Effect.succeed(1))
      })
      const Next = Asset.make("next", {
        partitions: letters,
        deps: { first: First },
        output: Int,
        materialize: () => Effect.succeed(1)
      })
      yield* Harness.materialize([First, Next])
      fails = true
      const { run } = yield* Harness.materialize([First, Next], { force: true })
      fails = false
      const request = yield* Materialization.retryRequest(Harness.project([First, Next]), run)
      const { plan, status } = yield* Harness.perform([First, Next], Option.getOrThrow(request))
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(
        plan.steps.map(({ assets, reasons }) => `${assets} ${[...reasons.keys()]}`),
        [...Array(4).fill("first Failed"), ...Array(4).fill("next Forced")]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("of a run that succeeded is nothing", () =>
    Effect.gen(function* () {
      const { run } = yield* Harness.materialize([One])
      assert.isTrue(Option.isNone(yield* Materialization.retryRequest(Harness.project([One]), run)))
      assert.isTrue(Option.isNone(yield* Materialization.newestUnfinished(main)))
    }).pipe(Effect.provide(Harness.layer))
  )
})
