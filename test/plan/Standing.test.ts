import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import * as Provenance from "../../runtime/event/Provenance.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import {
  Asset,
  AssetKey,
  Files,
  PartitionMapping,
  PartitionSet,
  PartitionsDefinition,
  Value
} from "../../runtime/index.ts"
import * as RunPlan from "../../runtime/plan/RunPlan.ts"
import * as Standing from "../../runtime/plan/Standing.ts"

const days = 8
const daily = PartitionsDefinition.daily({ start: "1970-01-01", end: "1970-01-08" })
const made = { output: Value.of(Schema.Int), materialize: () => Effect.succeed(0) }

const Raw = Asset.external("raw", { partitions: daily, output: Files.files, observe: Effect.succeed([]) })
const Counts = Asset.make("counts", { partitions: daily, deps: { raw: Raw }, ...made })
const Labels = Asset.make("labels", { partitions: daily, deps: { counts: Counts }, ...made })
const Recent = Asset.make("recent", {
  partitions: daily,
  deps: { counts: Asset.through(Counts, PartitionMapping.lookback(2)) },
  ...made
})
const Total = Asset.make("total", { deps: { recent: Recent, labels: Labels }, ...made })
const graph = Result.getOrThrow(AssetGraph.make([Raw, Counts, Labels, Recent, Total]))
const [raw, counts, labels, recent, total] = ["raw", "counts", "labels", "recent", "total"].map((key) =>
  AssetKey.make(key)
) as [AssetKey.AssetKey, AssetKey.AssetKey, AssetKey.AssetKey, AssetKey.AssetKey, AssetKey.AssetKey]

/** How each partition was left; the ordinals are days since 1970. */
const Left = Schema.Literals(["fine", "stale", "failed", "missing"])
type Left = typeof Left.Type

/** All days landed; what was made of them was left so. */
const viewOf = (left: (key: AssetKey.AssetKey, ordinal: number) => Left): AssetGraphView.AssetGraphView => {
  const ordinalsOf = (key: AssetKey.AssetKey) => Array.from({ length: key === total ? 1 : days }, (_, day) => day)
  const setOf = (key: AssetKey.AssetKey, which: Left) =>
    PartitionSet.unionAll(
      ordinalsOf(key)
        .filter((day) => left(key, day) === which)
        .map(PartitionSet.of)
    )
  const known = {
    failed: new Map(graph.order.filter((key) => key !== raw).map((key) => [key, setOf(key, "failed")])),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map(),
    configs: new Map(),
    now: days * 86_400_000
  }
  const versions = new Map<AssetKey.AssetKey, PartitionVersions.PartitionVersions>()
  for (const key of graph.order) {
    const provenance = Provenance.make(AssetGraphView.make(graph, { ...known, versions }), key)
    const entries = ordinalsOf(key)
      .filter((day) => key === raw || left(key, day) !== "missing")
      .map((ordinal) => ({
        ordinal,
        provenance: key !== raw && left(key, ordinal) === "stale" ? Version.seed("before") : provenance.of(ordinal),
        data: Version.seed(key, String(ordinal))
      }))
    versions.set(key, PartitionVersions.fromEntries(entries))
  }
  return AssetGraphView.make(graph, { ...known, versions })
}

const shown = (set: PartitionSet.PartitionSet | undefined) => [...PartitionSet.ordinals(set ?? PartitionSet.empty)]

describe("how partitions stand", () => {
  it("tells what is behind: as its inputs ask for, but made from what is not as it should be", () => {
    const view = viewOf((key, day) => (key === counts && day === 2 ? "stale" : "fine"))
    const standing = Standing.all(view)
    assert.deepStrictEqual(
      [counts, labels, recent, total].map((key) => shown(standing.get(key)!.behind)),
      [[], [2], [2, 3, 4], [0]]
    )
    assert.deepStrictEqual(shown(standing.get(counts)!.stale), [2])
    const causes = Standing.causes(view, standing, total, 0)
    assert.deepStrictEqual(
      [...causes].map(([key, set]) => [key, shown(set)]),
      [[counts, [2]]]
    )
    assert.deepStrictEqual([...Standing.causes(view, standing, recent, 5)], [])
  })

  it.prop(
    "says of every asset what a plan for everything would look at",
    [Schema.Tuple(Array.from({ length: 3 * days + 1 }, () => Left))],
    ([lefts]) => {
      const offsets = new Map([counts, labels, recent, total].map((key, index) => [key, index * days]))
      const view = viewOf((key, day) => lefts[offsets.get(key)! + day]!)
      const plan = RunPlan.make(view, { partitions: view.existing, force: false })
      for (const [key, standing] of Standing.all(view)) {
        const steps = plan.steps.filter(({ assets }) => assets.includes(key)).map(({ partitions }) => partitions)
        const blocked = plan.blocked.filter(({ asset }) => asset === key).map(({ partitions }) => partitions)
        assert.deepStrictEqual(
          shown(Standing.outdated(standing)),
          shown(PartitionSet.unionAll([...steps, ...blocked])),
          key
        )
        assert.deepStrictEqual(Standing.withInputs(view, key).get(key), standing)
      }
    }
  )
})
