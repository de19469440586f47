import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as CommandText from "../../cli/render/CommandText.ts"
import { main } from "../../runtime/event/Run.ts"
import { Asset, AssetKey, Files, PartitionsDefinition, RunConfig, Value } from "../../runtime/index.ts"
import * as ExplanationReader from "../../runtime/read/ExplanationReader.ts"
import * as ExplanationText from "../../runtime/read/ExplanationText.ts"
import * as VersionHistory from "../../runtime/read/VersionHistory.ts"
import { ObjectStore } from "../../runtime/record/ObjectStore.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Harness from "../execute/Harness.ts"

const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
const Int = Value.of(Schema.Int)

class Down extends Schema.TaggedError<Down>()("Down", {}) {
  override get message() {
    return "the model is down"
  }
}

/** Days that landed, a number of each, and their sum; the numbers can be told to fail. */
const project = () => {
  const landed = new Map([
    ["2025-06-01", "1"],
    ["2025-06-02", "1"]
  ])
  const failing = new Set<string>()
  const Raw = Asset.external("raw", {
    partitions: daily,
    output: Files.files,
    observe: Effect.sync(() =>
      [...landed].map(([key, version]) => ({ partitionKey: key as PartitionsDefinition.DayKey, version }))
    )
  })
  const Count = Asset.make("count", {
    partitions: daily,
    deps: { raw: Raw },
    config: RunConfig.of(Schema.Struct({ top: Schema.Int, by: Schema.String }), { top: 10, by: "day" }),
    output: Int,
    materialize: ({ partition }) =>
      failing.has(partition.key) ? Effect.fail(new Down()) : Effect.succeed(Number(landed.get(partition.key)))
  })
  const Sum = Asset.make("sum", {
    deps: { counts: Count },
    output: Int,
    materialize: ({ counts }) => Effect.succeed([...counts.values()].reduce((a, b) => a + b, 0))
  })
  return { landed, failing, assets: [Raw, Count, Sum] as const }
}

const parts = new Map([
  ["1", { "assets/Count.ts": "a", "assets/Title.ts": "b", effect: "effect@4.1.0" }],
  ["2", { "assets/Count.ts": "a", "assets/Title.ts": "c", effect: "effect@4.1.0" }]
])

const explain = Effect.fnUntraced(function* (
  assets: ReadonlyArray<Asset.Any>,
  name: string,
  options: Harness.Options = {}
) {
  const [, asset = "", key = ""] = /^(\w+)(?:\[(.*)\])?$/.exec(name) ?? []
  const of = Harness.project(assets, options)
  const ordinal = key === "" ? 0 : Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))
  return yield* ExplanationReader.read(of, main, AssetKey.make(asset), ordinal)
})

const why = (...args: Parameters<typeof explain>) =>
  Effect.map(explain(...args), (explanation) => ExplanationText.text(explanation, CommandText.make))

const latest = Effect.map(
  RunLedger.use((ledger) => ledger.find("latest")),
  (run) => Option.getOrThrow(run).id
)

describe("why a partition is as it is", () => {
  it.effect("missing: it was not made yet, or waits for what was not", () =>
    Effect.gen(function* () {
      const { assets } = project()
      yield* Harness.plan(assets)
      assert.strictEqual(
        yield* why(assets, "count[2025-06-01]"),
        "count[2025-06-01] is missing: it was not made yet, and everything that it is made from is there. To make it: strata materialize count -p 2025-06-01"
      )
      assert.strictEqual(
        yield* why(assets, "sum"),
        "sum is missing: it waits for count[2025-06-01], which was not made yet, count[2025-06-02], which was not made yet. To make both: strata materialize +sum"
      )
      assert.strictEqual(
        yield* why(assets, "count[2025-06-09]"),
        "count[2025-06-09] does not exist: there is nothing of raw that it would be made from. What there is: strata show raw"
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("failed: in which run, after how many attempts, with which error", () =>
    Effect.gen(function* () {
      const { assets, failing } = project()
      yield* Harness.materialize(assets)
      failing.add("2025-06-02")
      yield* Harness.materialize(assets, { force: true })
      const run = yield* latest
      yield* Harness.materialize(assets, { assets: ["count"], partitions: { bounds: [20240, 20241] }, force: true })
      assert.strictEqual(
        yield* why(assets, "count[2025-06-02]"),
        `count[2025-06-02] failed in run ${run}: Down: the model is down. To make it again: strata materialize count -p 2025-06-02`
      )
      assert.include(yield* why(assets, "count[2025-06-01]"), "is up to date")
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("missing: it waits for a failure, which is told", () =>
    Effect.gen(function* () {
      const { assets, failing } = project()
      failing.add("2025-06-02")
      yield* Harness.materialize(assets)
      assert.strictEqual(
        yield* why(assets, "sum"),
        "sum is missing: it waits for count[2025-06-02], which failed (the model is down). To make both: strata materialize +sum"
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("behind: what of all that it is made from is not as it should be", () =>
    Effect.gen(function* () {
      const { assets, failing } = project()
      yield* Harness.materialize(assets)
      const run = yield* latest
      failing.add("2025-06-02")
      yield* Harness.materialize(assets, { assets: ["count"], force: true })
      assert.strictEqual(
        yield* why(assets, "sum"),
        `sum is behind: nothing has changed since run ${run} made it, but count[2025-06-02] failed. To make both: strata materialize +sum`
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("up to date: made when, and by which run; observed: since when", () =>
    Effect.gen(function* () {
      const { assets } = project()
      yield* TestClock.setTime(Date.UTC(2025, 6, 1))
      yield* Harness.materialize(assets)
      assert.strictEqual(
        yield* why(assets, "sum"),
        `sum is up to date: made by run ${yield* latest} at 2025-07-01T00:00:00Z, and nothing that it is made from has changed since. How it was made: strata run ${yield* latest}`
      )
      assert.strictEqual(
        yield* why(assets, "raw[2025-06-01]"),
        "raw[2025-06-01] is observed, not made: last changed at 2025-07-01T00:00:00Z. What is made from it: strata list raw+"
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("stale: which modules and which parameters changed, as far as that is known", () =>
    Effect.gen(function* () {
      const { assets } = project()
      yield* Harness.materialize(assets, { code: { count: "1", sum: "1" }, parts })
      const changed = { code: { count: "2", sum: "1" }, parts, config: [{ count: { top: 15 } }] }
      assert.strictEqual(
        yield* why(assets, "count[2025-06-01]", changed),
        "count[2025-06-01] is stale: code changed: assets/Title.ts; config changed: top 10 → 15. To make it again: strata materialize count -p 2025-06-01"
      )
      assert.include(
        yield* why(assets, "count[2025-06-01]", { ...changed, code: { count: "3", sum: "1" } }),
        "code changed: version 1 → 3;"
      )
      // Nobody has to hand over what the state has kept.
      assert.include(
        yield* why(assets, "count[2025-06-01]", { ...changed, parts: new Map([["2", parts.get("2")!]]) }),
        "assets/Title.ts"
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("stale: which of its inputs changed, and not those that were only made again", () =>
    Effect.gen(function* () {
      const { assets, landed } = project()
      yield* Harness.materialize(assets)
      yield* TestClock.adjust("1 minute")
      landed.set("2025-06-02", "5")
      yield* Harness.materialize(assets, { assets: ["count"], force: true })
      assert.strictEqual(
        yield* why(assets, "sum"),
        "sum is stale: input changed: count[2025-06-02]. To make it again: strata materialize sum"
      )
      const json = ExplanationText.json(yield* explain(assets, "sum")) as {
        readonly changes: { readonly inputs: unknown }
      }
      assert.deepStrictEqual(json.changes.inputs, [
        { asset: "count", partition: "2025-06-02", at: "1970-01-01T00:01:00Z", files: [], run: yield* latest }
      ])
      landed.set("2025-06-01", "2")
      yield* TestClock.adjust("1 minute")
      yield* Harness.plan(assets)
      assert.include(yield* why(assets, "count[2025-06-01]"), "input changed: raw[2025-06-01].")
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("stale: names what was made again where what it was before is not known any more", () =>
    Effect.gen(function* () {
      const { assets, landed } = project()
      const { run } = yield* Harness.materialize(assets)
      yield* TestClock.adjust("1 minute")
      landed.set("2025-06-02", "5")
      yield* Harness.materialize(assets, { assets: ["count"], force: true })
      const versions = yield* VersionHistory.read(main, AssetKey.make("count"))
      assert.strictEqual(versions.at(-1)!.runId, run.id)
      const store = yield* ObjectStore
      const fs = yield* FileSystem.FileSystem
      const folder = store.directory({ path: "count" } as never)
      for (const name of yield* fs.readDirectory(folder)) {
        if (name.startsWith(run.id)) yield* fs.remove(`${folder}/${name}`, { recursive: true })
      }
      assert.include(yield* why(assets, "sum"), "input changed: count[2025-06-01], count[2025-06-02]")
    }).pipe(Effect.provide(Harness.layer))
  )
})

describe("what made partitions of a plan stale", () => {
  it.effect("is told for an asset in lines, one for each thing that changed", () =>
    Effect.gen(function* () {
      const { assets, landed } = project()
      yield* Harness.materialize(assets, { code: { count: "1" }, parts })
      yield* TestClock.adjust("1 minute")
      landed.set("2025-06-02", "5")
      const told = Effect.fnUntraced(function* (options: Harness.Options) {
        const { of, planned } = yield* Harness.plan(assets, options)
        return yield* ExplanationReader.reasons(of, main, planned, AssetKey.make("count"))
      })
      assert.deepStrictEqual(yield* told({ code: { count: "1" }, parts }), ["input changed: raw[2025-06-02]"])
      assert.deepStrictEqual(
        yield* told({ code: { count: "2" }, parts, config: [{ count: { top: 15, by: "hour" } }] }),
        ["code changed: assets/Title.ts", 'config changed: by "day" → "hour", top 10 → 15']
      )
    }).pipe(Effect.provide(Harness.layer))
  )
})

describe("the versions of an asset over time", () => {
  it.effect("are what each run made of it, newest first, with what changed and what is still there", () =>
    Effect.gen(function* () {
      const { assets, landed } = project()
      const code = { count: "1" }
      const first = yield* Harness.materialize(assets, { code })
      yield* TestClock.adjust("1 minute")
      landed.set("2025-06-02", "5")
      const second = yield* Harness.materialize(assets, { code })
      yield* TestClock.adjust("1 minute")
      const third = yield* Harness.materialize(assets, {
        code: { count: "2" },
        config: [{ count: { top: 3 } }],
        assets: ["count"]
      })
      const versions = yield* VersionHistory.read(main, AssetKey.make("count"))
      assert.deepStrictEqual(
        versions.map(({ at, changed, codeVersion, config, live, objects, partitions, rows, runId }) => ({
          at,
          runId,
          made: partitions.bounds.length === 0 ? 0 : partitions.bounds.at(-1)! - partitions.bounds[0]!,
          live: live.bounds.length === 0 ? 0 : live.bounds.at(-1)! - live.bounds[0]!,
          of: [codeVersion, config, objects, rows],
          changed
        })),
        [
          {
            at: 120_000,
            runId: third.run.id,
            made: 2,
            live: 2,
            of: ["2", '{"by":"day","top":3}', 2, 2],
            changed: { code: true, config: true }
          },
          {
            at: 60_000,
            runId: second.run.id,
            made: 1,
            live: 0,
            of: ["1", '{"by":"day","top":10}', 1, 1],
            changed: { code: false, config: false }
          },
          {
            at: 0,
            runId: first.run.id,
            made: 2,
            live: 0,
            of: ["1", '{"by":"day","top":10}', 2, 2],
            changed: { code: false, config: false }
          }
        ]
      )
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("do not tell of what was written and never published", () =>
    Effect.gen(function* () {
      const { assets, failing } = project()
      failing.add("2025-06-01").add("2025-06-02")
      yield* Harness.materialize(assets)
      assert.deepStrictEqual(yield* VersionHistory.read(main, AssetKey.make("count")), [])
    }).pipe(Effect.provide(Harness.layer))
  )
})
