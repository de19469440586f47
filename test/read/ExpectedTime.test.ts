import { assert, describe, it } from "@effect/vitest"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { RunPlan } from "../../runtime/plan/RunPlan.ts"
import * as ExpectedTime from "../../runtime/read/ExpectedTime.ts"

const [a, b] = [AssetKey.make("a"), AssetKey.make("b")]

/** A step for each asset and number of partitions, with what it comes after. */
const planOf = (...steps: ReadonlyArray<readonly [AssetKey.AssetKey, number, ReadonlyArray<number>]>): RunPlan => ({
  steps: steps.map(([asset, partitions, after], index) => ({
    index,
    assets: [asset],
    partitions: PartitionSet.range(0, partitions),
    reasons: new Map(),
    after
  })),
  blocked: [],
  upToDate: new Map(),
  causes: new Map()
})

const pace = (...timings: ReadonlyArray<readonly [partitions: number, millis: number]>) =>
  ExpectedTime.pace(timings.map(([partitions, millis]) => ({ partitions, millis })))!

describe("the expected time", () => {
  it("of an asset is a median, which one slow step does not change", () => {
    const { perPartition, perStep, quickestStep, steps } = pace([1, 10], [1, 20], [1, 9000])
    assert.deepStrictEqual([perPartition, perStep, quickestStep, steps], [20, 20, 10, 3])
    assert.isUndefined(ExpectedTime.pace([]))
  })

  it("of a step grows with its partitions, and is no less than the quickest step took", () => {
    const known = pace([100, 1000], [200, 2000])
    assert.strictEqual(ExpectedTime.ofStep(known, 1000), 10_000)
    assert.strictEqual(ExpectedTime.ofStep(known, 1), 1000)
  })

  it("of a plan is its longest chain, or all steps over those that run at once", () => {
    const paces = new Map([
      [a, pace([1, 100])],
      [b, pace([1, 30])]
    ])
    const chain = planOf([a, 1, []], [b, 1, [0]])
    assert.strictEqual(ExpectedTime.make(chain, paces, 8).whole, 130)
    const wide = planOf([a, 1, []], [a, 1, []], [a, 1, []], [a, 1, []])
    assert.strictEqual(ExpectedTime.make(wide, paces, 2).whole, 200)
    assert.strictEqual(ExpectedTime.make(wide, paces, 8).whole, 100)
  })

  it("leaves out, and names, what was never made", () => {
    const { unknown, whole } = ExpectedTime.make(planOf([a, 1, []], [b, 1, [0]]), new Map([[a, pace([1, 100])]]), 1)
    assert.deepStrictEqual([whole, unknown], [100, [b]])
  })
})
