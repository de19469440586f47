/** What becomes of what was made when files that landed are taken away again. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import { Asset, AssetCheck, AssetKey, Files, PartitionSet, PartitionsDefinition, Value } from "../../runtime/index.ts"
import * as Standing from "../../runtime/plan/Standing.ts"
import * as Harness from "./Harness.ts"

const first = "2025-06-01"
const daily = PartitionsDefinition.daily({ start: first, end: first })
const Int = Value.of(Schema.Int)

/** Days that landed, as a value that tests change. */
const landing = (name: string, ...days: ReadonlyArray<string>) => {
  const landed = new Set(days)
  const source = Asset.external(name, {
    partitions: daily,
    output: Files.files,
    observe: Effect.sync(() =>
      Array.from(landed, (key) => ({ partitionKey: key as PartitionsDefinition.DayKey, version: "1" }))
    )
  })
  return { landed, source }
}

/** Sales of a day, less what was returned on it; a day may have only one of both. */
const shop = () => {
  const sales = landing("sales", first)
  const returns = landing("returns", first)
  const world = { broken: false }
  const Returned = Asset.make("returned", {
    partitions: daily,
    deps: { returns: returns.source },
    output: Int,
    materialize: () => Effect.suspend(() => (world.broken ? Effect.fail("planned failure") : Effect.succeed(3)))
  })
  const Net = Asset.make("net", {
    partitions: daily,
    deps: { sales: sales.source, returned: Returned },
    output: Int,
    materialize: ({ returned }) => Effect.succeed(10 - ((returned as number | undefined) ?? 0))
  })
  const check = AssetCheck.make("no day is given away", {
    assets: { returned: Returned, net: Net },
    partitions: daily,
    evaluate: ({ net, returned }) =>
      Effect.succeed(net.size === returned.size ? AssetCheck.passed() : AssetCheck.failed("they have other days"))
  })
  return { returns, world, check, assets: [sales.source, returns.source, Returned, Net] }
}

const net = (assets: ReadonlyArray<Asset.Any>) =>
  Effect.map(Harness.stored(assets), (stored) => stored.get("net")?.get(first))

describe("a partition of which one input does not exist any more", () => {
  it.effect("is made again without it, though what was made of it is still stored", () =>
    Effect.gen(function* () {
      const { assets, returns } = shop()
      yield* Harness.materialize(assets)
      assert.strictEqual(yield* net(assets), 7)
      returns.landed.clear()
      const { plan, status } = yield* Harness.materialize(assets)
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(
        plan.steps.map((step) => [...step.assets, ...step.reasons.keys()]),
        [["net", "Stale"]]
      )
      assert.strictEqual(yield* net(assets), 10)
      assert.deepStrictEqual((yield* Harness.plan(assets)).planned.plan.steps, [])
    }).pipe(Effect.provide(Harness.layer))
  )
})

describe("what was made from files that are gone", () => {
  it.effect("is stored, and neither stale nor failed: no plan would make it", () =>
    Effect.gen(function* () {
      const { assets, returns, world } = shop()
      yield* Harness.materialize(assets)
      world.broken = true
      yield* Harness.materialize(assets, { assets: ["returned"], force: true })
      returns.landed.clear()
      yield* Harness.materialize(assets)
      const { view } = (yield* Harness.plan(assets, { code: { returned: "2" } })).planned.known
      const returned = AssetKey.make("returned")
      assert.strictEqual(PartitionSet.size(view.failed.get(returned)!), 1)
      assert.strictEqual(PartitionSet.size(AssetGraphView.materialized(view, returned)), 1)
      for (const [key, standing] of Standing.all(view)) {
        assert.isTrue(PartitionSet.isEmpty(Standing.outdated(standing)), key)
      }
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("is nothing to checks over several assets", () =>
    Effect.gen(function* () {
      const { assets, check, returns } = shop()
      const before = yield* Harness.materialize(assets, { checks: [check] })
      assert.include(before.heard.map(({ _tag }) => _tag).join(), "ChecksEvaluated")
      returns.landed.clear()
      const { heard, status } = yield* Harness.materialize(assets, { checks: [check] })
      assert.strictEqual(status, "Succeeded")
      assert.notInclude(heard.map(({ _tag }) => _tag).join(), "ChecksEvaluated")
    }).pipe(Effect.provide(Harness.layer))
  )
})
