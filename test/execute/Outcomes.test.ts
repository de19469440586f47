import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { main, type RunId } from "../../runtime/event/Run.ts"
import {
  Asset,
  AssetKey,
  BackfillPolicy,
  Partition,
  PartitionMapping,
  PartitionSet,
  PartitionsDefinition,
  Value
} from "../../runtime/index.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "./Harness.ts"

const Int = Value.of(Schema.Int)
const keys = ["a", "b", "c", "d", "e", "f", "g", "h"] as const
const letters = PartitionsDefinition.fixed(keys)

class BadValue extends Schema.TaggedError<BadValue>()("BadValue", { value: Schema.String }) {
  override get message() {
    return `${this.value} is not a number`
  }
}

class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}

interface Made {
  readonly partitions: ReadonlyArray<{ readonly key: string; readonly ordinal: number }>
}

const values = (partitions: Made["partitions"]) => new Map(partitions.map(({ key, ordinal }) => [key, ordinal]))

/** The keys of an asset that are stored, in one word. */
const storedOf = Effect.fnUntraced(function* (assets: ReadonlyArray<Asset.Any>, key: string) {
  const of = (yield* Harness.stored(assets)).get(AssetKey.make(key))
  return [...(of?.keys() ?? [])].sort().join("")
})

const failedOf = Effect.fnUntraced(function* (key: string) {
  const failed = yield* Catalog.use((catalog) => catalog.failed(main))
  return PartitionSet.size(failed.get(AssetKey.make(key)) ?? PartitionSet.empty)
})

const stepsOf = Effect.fnUntraced(function* (id: RunId) {
  const steps = yield* RunLedger.use((ledger) => ledger.steps(id))
  return steps.map(({ assets, attempts, because, made, status }) => {
    const outcomes = attempts.map(({ outcome }) => outcome[0]).join("")
    return `${assets.join("+")} ${status} ${outcomes} made ${PartitionSet.size(made)} because ${because}`
  })
})

describe("partitions that a body gives up", () => {
  const assets = (given: ReadonlyArray<string>) => {
    const All = Asset.make("all", {
      partitions: letters,
      backfillPolicy: BackfillPolicy.singleRun,
      output: Int,
      materialize: Effect.fn(function* ({ partitions }: Made) {
        for (const key of given) yield* Partition.fail(key, new BadValue({ value: `"${key}"` }))
        return values(partitions.filter(({ key }) => !given.includes(key)))
      })
    })
    const Each = Asset.make("each", {
      partitions: letters,
      deps: { all: All },
      output: Int,
      materialize: ({ all }) => Effect.succeed(all)
    })
    const Together = Asset.make("together", {
      partitions: letters,
      deps: { all: All },
      backfillPolicy: BackfillPolicy.singleRun,
      output: Int,
      materialize: ({ all }) => Effect.succeed(all)
    })
    const Total = Asset.make("total", {
      deps: { each: Each },
      output: Int,
      materialize: ({ each }) => Effect.succeed(each.size)
    })
    return [All, Each, Together, Total]
  }

  it.effect("fail alone: the others are published, and rows of other days go on", () =>
    Effect.gen(function* () {
      const given = assets(["b", "g"])
      const { run, status } = yield* Harness.materialize(given)
      assert.strictEqual(status, "Failed")
      assert.strictEqual(yield* storedOf(given, "all"), "acdefh")
      assert.strictEqual(yield* storedOf(given, "each"), "acdefh")
      assert.strictEqual(yield* storedOf(given, "together"), "acdefh")
      assert.deepStrictEqual([yield* failedOf("all"), yield* failedOf("each")], [2, 0])
      const steps = yield* stepsOf(run.id)
      assert.deepStrictEqual(
        steps.filter((step) => !step.startsWith("each Succeeded")),
        [
          "all Failed F made 6 because null",
          "each Skipped  made 0 because all",
          "each Skipped  made 0 because all",
          "together Succeeded S made 6 because all",
          "total Skipped  made 0 because all"
        ]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("are told apart from the others in what came of the run", () =>
    Effect.gen(function* () {
      const { run } = yield* Harness.materialize(assets(["b", "g"]))
      const summary = RunSummary.make(run, yield* RunLedger.use((ledger) => ledger.steps(run.id)))
      const sizes = summary.outcomes.map((outcome) =>
        (["Succeeded", "Failed", "Skipped"] as const).map((status) =>
          PartitionSet.size(RunSummary.partitionsOf(outcome, status))
        )
      )
      // All, each, together, total.
      assert.deepStrictEqual(sizes, [
        [6, 2, 0],
        [6, 0, 2],
        [6, 0, 2],
        [0, 0, 1]
      ])
      assert.deepStrictEqual(
        summary.outcomes.map(({ rows }) => rows),
        [6, 6, 6, 0]
      )
      assert.strictEqual(PartitionSet.size(summary.failures[0]!.partitions), 2)

      const events = (yield* EventLog.use((log) => log.ofRun(run.id))).map(({ event }) => event)
      const { failures } = RunSummary.make(run, yield* RunLedger.use((ledger) => ledger.steps(run.id)), events)
      assert.deepStrictEqual(
        failures.map(({ error, partitions }) => [PartitionSet.size(partitions), /"[a-z]"/.exec(error.message)?.[0]]),
        [
          [1, '"b"'],
          [1, '"g"']
        ]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("are recorded with their errors, and what was made of the others is measured", () =>
    Effect.gen(function* () {
      const { run } = yield* Harness.materialize(assets(["b", "g"]).slice(0, 1))
      const events = yield* EventLog.use((log) => log.ofRun(run.id))
      const end = events.flatMap(({ event }) => (event._tag === "StepFailed" ? [event] : []))
      assert.deepStrictEqual(
        end[0]!.errors!.map(
          ({ error, partitions }) => `${PartitionSet.size(partitions)} ${error.tag}: ${error.message}`
        ),
        ['1 BadValue: "b" is not a number', '1 BadValue: "g" is not a number']
      )
      const [step] = yield* RunLedger.use((ledger) => ledger.steps(run.id))
      assert.deepStrictEqual(step!.attempts[0]!.metadata["strata/rows"], { _tag: "Int", value: 6 })
      assert.strictEqual(step!.attempts[0]!.error!.message, '"b" is not a number')
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("are made, with what is made from them, when they are good", () =>
    Effect.gen(function* () {
      yield* Harness.materialize(assets(["b", "g"]))
      const good = assets([])
      const { status, run } = yield* Harness.materialize(good)
      assert.strictEqual(status, "Succeeded")
      assert.strictEqual(yield* storedOf(good, "together"), keys.join(""))
      assert.strictEqual(yield* failedOf("all"), 0)
      assert.isTrue((yield* stepsOf(run.id)).every((step) => step.includes("Succeeded")))
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("may be all of a step, which then has failed and published nothing", () =>
    Effect.gen(function* () {
      const given = assets([...keys])
      const { run } = yield* Harness.materialize(given)
      assert.strictEqual((yield* stepsOf(run.id))[0], "all Failed F made 0 because null")
      assert.strictEqual(yield* failedOf("all"), 8)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("must be the step's: another key is a bug of the body", () =>
    Effect.gen(function* () {
      const { run } = yield* Harness.materialize(assets(["z"]).slice(0, 1))
      const [step] = yield* RunLedger.use((ledger) => ledger.steps(run.id))
      assert.strictEqual(step!.attempts[0]!.error!.tag, "Defect")
      assert.match(step!.attempts[0]!.error!.message, /the step does not make the partition "z" of all/)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("are left out of windows that need them, and only of those", () =>
    Effect.gen(function* () {
      const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-06" })
      const Day = Asset.make("day", {
        partitions: days,
        backfillPolicy: BackfillPolicy.singleRun,
        output: Int,
        materialize: Effect.fn(function* ({ partitions }: Made) {
          yield* Partition.fail("2025-06-03", new Offline())
          return values(partitions.filter(({ key }) => key !== "2025-06-03"))
        })
      })
      const Window = Asset.make("window", {
        partitions: days,
        deps: { day: Asset.through(Day, PartitionMapping.lookback(1)) },
        backfillPolicy: BackfillPolicy.batches(3),
        output: Int,
        materialize: ({ partitions }) => Effect.succeed(values(partitions))
      })
      yield* Harness.materialize([Day, Window])
      const stored = (yield* Harness.stored([Day, Window])).get(AssetKey.make("window"))!
      assert.deepStrictEqual([...stored.keys()].map((day) => day.slice(-2)).sort(), ["01", "02", "05", "06"])
    }).pipe(Effect.provide(Harness.layer))
  )
})

describe("a step that fails as a whole because of its data", () => {
  /** Fails when it is asked for a bad key, and counts how often it is run. */
  const fragile = (
    bad: ReadonlyArray<string>,
    error: (key: string) => BadValue | Offline,
    dataErrors: ReadonlyArray<string>
  ) => {
    const runs = { count: 0 }
    const All = Asset.make("all", {
      partitions: letters,
      backfillPolicy: BackfillPolicy.singleRun,
      output: Int,
      dataErrors,
      materialize: Effect.fn(function* ({ partitions }: Made) {
        runs.count++
        const found = partitions.find(({ key }) => bad.includes(key))
        return found === undefined ? values(partitions) : yield* error(found.key)
      })
    })
    return { All, runs }
  }
  const badValue = (key: string) => new BadValue({ value: key })

  it.effect("is tried in halves, each an attempt of its own, until what is bad is alone", () =>
    Effect.gen(function* () {
      const { All } = fragile(["c"], badValue, ["BadValue"])
      const { run, status } = yield* Harness.materialize([All])
      assert.strictEqual(status, "Failed")
      assert.strictEqual(yield* storedOf([All], "all"), "abdefgh")
      assert.strictEqual(yield* failedOf("all"), 1)
      // All, the first half, its first half, its second half, c, d, and the second half.
      assert.deepStrictEqual(yield* stepsOf(run.id), ["all Failed FFSFFSS made 7 because null"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("succeeds where its halves do", () =>
    Effect.gen(function* () {
      let isFirst = true
      const Once = Asset.make("once", {
        partitions: letters,
        backfillPolicy: BackfillPolicy.singleRun,
        output: Int,
        dataErrors: ["BadValue"],
        materialize: Effect.fn(function* ({ partitions }: Made) {
          if (isFirst) {
            isFirst = false
            return yield* badValue("all")
          }
          return values(partitions)
        })
      })
      const { run, status } = yield* Harness.materialize([Once])
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(yield* stepsOf(run.id), ["once Succeeded FSS made 8 because null"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("is not tried in parts after an error that has nothing to do with the data", () =>
    Effect.gen(function* () {
      const { All, runs } = fragile(["c"], () => new Offline(), ["BadValue"])
      yield* Harness.materialize([All])
      assert.strictEqual(runs.count, 1)
      assert.strictEqual(yield* failedOf("all"), 8)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("is given up when partition after partition fails with the same words", () =>
    Effect.gen(function* () {
      const { All, runs } = fragile(keys, () => badValue("every one"), ["BadValue"])
      yield* Harness.materialize([All])
      // All, the first half, the first quarter, a, b, the second quarter, c; d and the second half not any more.
      assert.strictEqual(runs.count, 7)
      assert.strictEqual(yield* failedOf("all"), 8)
    }).pipe(Effect.provide(Harness.layer))
  )
})
