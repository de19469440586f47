import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { main, type RunId } from "../../runtime/event/Run.ts"
import {
  Asset,
  AssetKey,
  BackfillPolicy,
  Files,
  Metadata,
  PartitionsDefinition,
  RunConfig,
  Sink,
  Value
} from "../../runtime/index.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "./Harness.ts"

const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
const Int = Value.of(Schema.Int)

class Broken extends Schema.TaggedError<Broken>()("Broken", { attempt: Schema.Int }) {
  override get message() {
    return `it broke in attempt ${this.attempt}`
  }
}

/** Days that landed, each with a version, as a value that tests change. */
const landing = (days: Record<string, string>) => {
  const landed = new Map(Object.entries(days))
  const Raw = Asset.external("raw", {
    partitions: daily,
    output: Files.files,
    observe: Effect.sync(() =>
      [...landed].map(([key, version]) => ({ partitionKey: key as PartitionsDefinition.DayKey, version }))
    )
  })
  return { landed, Raw }
}

const stepsOf = Effect.fnUntraced(function* (id: RunId) {
  const steps = yield* (yield* RunLedger).steps(id)
  return steps.map(({ assets, attempts, status }) => `${assets.join("+")} ${status} ${attempts.length}`)
})

describe("a run", () => {
  it.effect("makes what is missing, and nothing when it is made again", () =>
    Effect.gen(function* () {
      const { Raw } = landing({ "2025-06-01": "1", "2025-06-02": "1" })
      let bodies = 0
      const Count = Asset.make("count", {
        partitions: daily,
        deps: { raw: Raw },
        output: Int,
        materialize: ({ partition }) => Effect.sync(() => Number(partition.key.slice(-2)) + 0 * bodies++)
      })
      const Total = Asset.make("total", {
        deps: { counts: Count },
        output: Int,
        materialize: ({ counts }) => Effect.sync(() => [...counts.values()].reduce((a, b) => a + b, 0) + 0 * bodies++)
      })
      const assets = [Raw, Count, Total]
      const first = yield* Harness.materialize(assets)
      assert.strictEqual(first.status, "Succeeded")
      assert.deepStrictEqual(yield* stepsOf(first.run.id), [
        "count Succeeded 1",
        "count Succeeded 1",
        "total Succeeded 1"
      ])
      const again = yield* Harness.plan(assets)
      assert.deepStrictEqual(again.planned.plan.steps, [])
      assert.strictEqual(bodies, 3)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("skips only what is made from a failure, and goes on with the rest", () =>
    Effect.gen(function* () {
      const Bad = Asset.make("bad", { output: Int, materialize: () => Effect.fail(new Broken({ attempt: 1 })) })
      const Good = Asset.make("good", { output: Int, materialize: () => Effect.succeed(1) })
      const Child = Asset.make("child", {
        deps: { bad: Bad, good: Good },
        output: Int,
        materialize: ({ good }) => Effect.succeed(good)
      })
      const Grandchild = Asset.make("grandchild", {
        deps: { child: Child },
        output: Int,
        materialize: () => Effect.succeed(1)
      })
      const { run, status } = yield* Harness.materialize([Bad, Good, Child, Grandchild])
      assert.strictEqual(status, "Failed")
      assert.deepStrictEqual(yield* stepsOf(run.id), [
        "bad Failed 1",
        "good Succeeded 1",
        "child Skipped 0",
        "grandchild Skipped 0"
      ])
      const failed = yield* (yield* Catalog).failed(main)
      assert.deepStrictEqual([...failed.keys()], [AssetKey.make("bad")])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("keeps the error of a failed attempt with its tag and message, and a defect as a defect", () =>
    Effect.gen(function* () {
      const Bad = Asset.make("bad", { output: Int, materialize: () => Effect.fail(new Broken({ attempt: 7 })) })
      const Bug = Asset.make("bug", { output: Int, materialize: () => Effect.die(new TypeError("no such thing")) })
      const { run } = yield* Harness.materialize([Bad, Bug])
      const steps = yield* (yield* RunLedger).steps(run.id)
      const errors = steps.map(({ attempts }) => attempts[0]!.error!)
      assert.deepStrictEqual(
        errors.map(({ message, tag }) => `${tag}: ${message}`),
        ["Broken: it broke in attempt 7", "Defect: no such thing"]
      )
      assert.notInclude(errors[1]!.detail, "node_modules/effect/")
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("leaves descendants as they are when an input is made again with equal content", () =>
    Effect.gen(function* () {
      const { landed, Raw } = landing({ "2025-06-01": "1" })
      const Same = Asset.make("same", {
        partitions: daily,
        deps: { raw: Raw },
        output: Int,
        materialize: () => Effect.succeed(5)
      })
      const Child = Asset.make("child", {
        partitions: daily,
        deps: { same: Same },
        output: Int,
        materialize: ({ same }) => Effect.succeed(same)
      })
      const assets = [Raw, Same, Child]
      yield* Harness.materialize(assets)
      landed.set("2025-06-01", "2")
      const { run } = yield* Harness.materialize(assets)
      assert.deepStrictEqual(yield* stepsOf(run.id), ["same Succeeded 1", "child Unchanged 0"])
      assert.deepStrictEqual((yield* Harness.plan(assets)).planned.plan.steps, [])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("starts a step when its inputs are published, while others still run", () =>
    Effect.gen(function* () {
      const childRan = yield* Deferred.make<void>()
      const Slow = Asset.make("slow", { output: Int, materialize: () => Effect.as(Deferred.await(childRan), 1) })
      const Quick = Asset.make("quick", { output: Int, materialize: () => Effect.succeed(1) })
      const Child = Asset.make("child", {
        deps: { quick: Quick },
        output: Int,
        materialize: ({ quick }) => Effect.as(Deferred.succeed(childRan, undefined), quick)
      })
      const { status } = yield* Harness.materialize([Slow, Quick, Child])
      assert.strictEqual(status, "Succeeded")
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("retries by the tag of the error, after the delays of its schedule, and keeps every attempt", () =>
    Effect.gen(function* () {
      let attempt = 0
      const Flaky = Asset.make("flaky", {
        output: Int,
        retry: { Broken: Schedule.spaced("1 minute") },
        materialize: Effect.fn(function* () {
          attempt++
          return attempt < 3 ? yield* new Broken({ attempt }) : attempt
        })
      })
      const fiber = yield* Effect.forkChild(Harness.materialize([Flaky]))
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.yieldNow
        yield* TestClock.adjust("1 second")
      }
      const { run, status } = yield* Fiber.join(fiber)
      assert.strictEqual(status, "Succeeded")
      const [step] = yield* (yield* RunLedger).steps(run.id)
      assert.deepStrictEqual(
        step!.attempts.map(({ error, outcome }) => [outcome, error?.message ?? null]),
        [
          ["Failed", "it broke in attempt 1"],
          ["Failed", "it broke in attempt 2"],
          ["Succeeded", null]
        ]
      )
      const delays = step!.attempts.slice(1).map(({ startedAt }, index) => startedAt - step!.attempts[index]!.endedAt!)
      assert.isTrue(
        delays.every((delay) => delay >= 60_000),
        `${delays}`
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("does not retry what its policy fails, nor a defect", () =>
    Effect.gen(function* () {
      const Never = Asset.make("never", {
        output: Int,
        retry: { Broken: "fail" },
        materialize: () => Effect.fail(new Broken({ attempt: 1 }))
      })
      const { run } = yield* Harness.materialize([Never])
      assert.deepStrictEqual(yield* stepsOf(run.id), ["never Failed 1"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("stops an attempt at its timeout", () =>
    Effect.gen(function* () {
      const Stuck = Asset.make("stuck", { output: Int, timeout: "10 seconds", materialize: () => Effect.never })
      const fiber = yield* Effect.forkChild(Harness.materialize([Stuck]))
      yield* Effect.yieldNow
      yield* TestClock.adjust("10 seconds")
      const { run, status } = yield* Fiber.join(fiber)
      assert.strictEqual(status, "Failed")
      const [step] = yield* (yield* RunLedger).steps(run.id)
      assert.strictEqual(step!.attempts[0]!.error!.tag, "AttemptTimeout")
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("is recorded as canceled when it is interrupted, with the finalizers of its bodies run", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      let released = false
      const Stuck = Asset.make("stuck", {
        output: Int,
        materialize: Effect.fn(function* () {
          yield* Effect.acquireRelease(Deferred.succeed(started, undefined), () =>
            Effect.sync(() => {
              released = true
            })
          )
          return yield* Effect.never
        })
      })
      const Child = Asset.make("child", { deps: { stuck: Stuck }, output: Int, materialize: () => Effect.succeed(1) })
      const fiber = yield* Effect.forkChild(Harness.materialize([Stuck, Child]))
      yield* Deferred.await(started)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(released)
      const [run] = yield* (yield* RunLedger).list(1)
      assert.strictEqual(run!.status, "Canceled")
      assert.deepStrictEqual(yield* stepsOf(run!.id), ["child Canceled 0", "stuck Canceled 1"].toReversed())
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("gives bodies their config, keeps their metadata, and stores multi-assets and sinks", () =>
    Effect.gen(function* () {
      const Parts = Asset.multi({
        outputs: { low: { key: "parts/low", output: Int }, high: { key: "parts/high", output: Int } },
        config: RunConfig.of(Schema.Struct({ low: Schema.Int }), { low: 3 }),
        materialize: ({ config }) => Effect.as(Metadata.add({ note: "both" }), { low: config.low, high: 9 })
      })
      const Sent = Asset.make("sent", {
        deps: { low: Parts.low, high: Parts.high },
        output: Sink.sink,
        materialize: ({ high, low }) => Effect.succeed({ written: low + high })
      })
      const assets = [Parts.low, Parts.high, Sent]
      const { run } = yield* Harness.materialize(assets, { config: [{ "parts/low": { low: 4 } }] })
      assert.deepStrictEqual(yield* stepsOf(run.id), ["parts/high+parts/low Succeeded 1", "sent Succeeded 1"])
      const [parts] = yield* (yield* RunLedger).steps(run.id)
      assert.deepStrictEqual(parts!.attempts[0]!.metadata.note, { _tag: "Text", value: "both" })
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("covers several partitions in one step when the asset says so", () =>
    Effect.gen(function* () {
      const { Raw } = landing({ "2025-06-01": "1", "2025-06-02": "1", "2025-06-03": "1" })
      const Lengths = Asset.make("lengths", {
        partitions: daily,
        deps: { raw: Raw },
        backfillPolicy: BackfillPolicy.batches(2),
        output: Int,
        materialize: ({ partitions }) =>
          Effect.succeed(new Map(partitions.map(({ key, ordinal }) => [key as string, ordinal])))
      })
      const { run } = yield* Harness.materialize([Raw, Lengths])
      assert.deepStrictEqual(yield* stepsOf(run.id), ["lengths Succeeded 1", "lengths Succeeded 1"])
      const manifest = (yield* (yield* Catalog).manifests(main)).get(AssetKey.make("lengths"))!
      assert.strictEqual(manifest.length, 2)
    }).pipe(Effect.provide(Harness.layer))
  )
})
