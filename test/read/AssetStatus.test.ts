import { assert, describe, it } from "@effect/vitest"
import { RunId } from "../../runtime/event/Run.ts"
import { PartitionSet } from "../../runtime/index.ts"
import * as AssetStatus from "../../runtime/read/AssetStatus.ts"
import * as Knowledge from "../../runtime/read/Knowledge.ts"
import type { StoredObject } from "../../runtime/record/Catalog.ts"
import { first, made, view } from "../suites/standing.ts"

const object = (partitions: PartitionSet.PartitionSet, rows: number, createdAt: number): StoredObject =>
  ({ partitions, rows, quarantined: 0, bytes: rows * 10, createdAt, runId: RunId.make("a-b") }) as StoredObject

describe("the status of an asset", () => {
  it("tells apart what is up to date, stale, failed and missing", () => {
    const status = AssetStatus.make(view, made, [])
    assert.deepStrictEqual(
      [status.materialized, status.stale, status.failed, status.missing].map((set) => [...PartitionSet.ordinals(set)]),
      [[first, first + 1, first + 2], [first + 1], [first + 2], [first + 3]]
    )
    assert.strictEqual(AssetStatus.health(status), "Failed")
    assert.strictEqual(AssetStatus.health({ ...status, failed: PartitionSet.empty }), "Missing")
    assert.strictEqual(
      AssetStatus.health({ ...status, failed: PartitionSet.empty, missing: PartitionSet.empty }),
      "Stale"
    )
    const none = { failed: PartitionSet.empty, missing: PartitionSet.empty, stale: PartitionSet.empty }
    assert.strictEqual(AssetStatus.health({ ...status, ...none }), "UpToDate")
    assert.strictEqual(AssetStatus.health({ ...status, ...none, behind: PartitionSet.of(first) }), "Behind")
  })

  it("names what is still stored of partitions that do not exist any more", () => {
    const existing = new Map(view.existing).set(made, PartitionSet.range(first + 1, first + 4))
    assert.deepStrictEqual(AssetStatus.make(view, made, []).gone, PartitionSet.empty)
    assert.deepStrictEqual(AssetStatus.make({ ...view, existing }, made, []).gone, PartitionSet.of(first))
  })

  it("counts the rows of objects of which some partitions were made again as an estimate", () => {
    const whole = { object: object(PartitionSet.of(first), 7, 1), live: PartitionSet.of(first) }
    const half = {
      object: object(PartitionSet.range(first + 1, first + 3), 10, 2),
      live: PartitionSet.of(first + 1)
    }
    assert.include(AssetStatus.make(view, made, [whole]).stored, { rows: 7, bytes: 70, isEstimate: false })
    const both = AssetStatus.make(view, made, [whole, half]).stored
    assert.include(both, { rows: 12, bytes: 120, isEstimate: true, objects: 2 })
    assert.strictEqual(both.latest?.at, 2)
  })

  it("answers selections by status", () => {
    const { status } = Knowledge.make(view)
    assert.deepStrictEqual(
      (["up-to-date", "stale", "failed", "missing", "running"] as const).map((name) => [
        ...PartitionSet.ordinals(status(made, name))
      ]),
      [[first], [first + 1], [first + 2], [first + 3], []]
    )
  })
})
