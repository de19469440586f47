import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import { RunId } from "../../runtime/event/Run.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, Files, FreshnessPolicy, PartitionSet, PartitionsDefinition, Value } from "../../runtime/index.ts"
import * as AssetFreshness from "../../runtime/read/AssetFreshness.ts"
import type { StoredObject } from "../../runtime/record/Catalog.ts"
import type { KnownState } from "../../runtime/record/KnownState.ts"

const at = (text: string) => Date.parse(`${text}Z`)
const day = (key: string) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))
const freshnessPolicy = FreshnessPolicy.timeWindow({ failWindow: "24 hours" })
const daily = PartitionsDefinition.daily({ start: "2025-06-01" })

const Landed = Asset.external("landed", {
  partitions: daily,
  output: Files.files,
  freshnessPolicy,
  observe: Effect.succeed([])
})
const Daily = Asset.make("daily", {
  partitions: daily,
  output: Value.of(Schema.Int),
  freshnessPolicy,
  materialize: () => Effect.succeed(1)
})
const Whole = Asset.make("whole", {
  output: Value.of(Schema.Int),
  freshnessPolicy,
  materialize: () => Effect.succeed(1)
})
const Careless = Asset.make("careless", { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
const graph = Result.getOrThrow(AssetGraph.make([Careless, Daily, Landed, Whole]))

const piece = (asset: Asset.Any, ordinals: ReadonlyArray<number>, createdAt: number) => {
  const live = PartitionSet.fromOrdinals(ordinals)
  const object: StoredObject = {
    id: `${asset.key}/${createdAt}`,
    asset: asset.key,
    kind: "Value",
    path: "",
    files: [],
    partitions: live,
    rows: 1,
    quarantined: 0,
    bytes: 1,
    columns: [],
    engine: "",
    codeVersion: "",
    config: "",
    hash: "",
    runId: RunId.make("1-a"),
    step: 0,
    createdAt
  }
  return { object, live }
}

const versions = (ordinals: ReadonlyArray<number>) =>
  PartitionVersions.fromEntries(ordinals.map((ordinal) => ({ ordinal, provenance: Version.zero, data: Version.zero })))

const [first, second] = [day("2025-06-01"), day("2025-06-02")]

/** The first of two days was made again long after the second. */
const known: KnownState = {
  manifests: new Map([
    [Daily.key, [piece(Daily, [first], at("2025-06-09T00:00")), piece(Daily, [second], at("2025-06-03T01:00"))]],
    [Whole.key, [piece(Whole, [0], at("2025-06-03T12:00"))]]
  ]),
  observations: new Map([
    [
      Landed.key,
      [
        { ordinal: first, version: Version.zero, changedAt: at("2025-06-08T00:00"), files: [] },
        { ordinal: second, version: Version.zero, changedAt: at("2025-06-02T18:00"), files: [] }
      ]
    ]
  ]),
  view: AssetGraphView.make(graph, {
    versions: new Map([
      [Daily.key, versions([first, second])],
      [Landed.key, versions([first, second])],
      [Whole.key, versions([0])]
    ]),
    failed: new Map(),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map(),
    configs: new Map(),
    now: at("2025-06-04T00:00")
  })
}

const judged = (asset: Asset.Any, now: string) => {
  const freshness = AssetFreshness.make(known, asset.key, at(now))
  return freshness && `${freshness.status} ${new Date(freshness.last!).toISOString().slice(5, 16)}`
}

describe("how fresh an asset is", () => {
  it("is about its newest window of time, whatever was made again since", () => {
    assert.strictEqual(judged(Daily, "2025-06-04T00:00"), "Fresh 06-03T00:00")
    assert.strictEqual(judged(Daily, "2025-06-04T00:01"), "Overdue 06-03T00:00")
  })

  it("is about what was last seen to change of what others write", () => {
    assert.strictEqual(judged(Landed, "2025-06-03T18:00"), "Fresh 06-02T18:00")
    assert.strictEqual(judged(Landed, "2025-06-03T18:01"), "Overdue 06-02T18:00")
  })

  it("is about when it was made where there are no windows", () => {
    assert.strictEqual(judged(Whole, "2025-06-04T12:00"), "Fresh 06-03T12:00")
    assert.strictEqual(AssetFreshness.make(known, Whole.key)!.status, "Fresh")
  })

  it("is nothing to say of an asset without a policy", () => {
    assert.isUndefined(judged(Careless, "2025-06-04T12:00"))
  })
})
