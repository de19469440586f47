/** A graph of two assets, of which one has a day of each status. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import * as Provenance from "../../runtime/event/Provenance.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, PartitionSet, PartitionsDefinition, Value } from "../../runtime/index.ts"

const daily = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-04" })
const day = (key: string) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))
export const first = day("2025-06-01")
const body = () => Effect.succeed(0)

const Made = Asset.make("made", { partitions: daily, output: Value.of(Schema.Int), materialize: body })
const Total = Asset.make("total", { deps: { made: Made }, output: Value.of(Schema.Int), materialize: body })
export const graph = Result.getOrThrow(AssetGraph.make([Made, Total]))
export const made = AssetKey.make("made")
export const total = AssetKey.make("total")

/** Day 1 up to date, day 2 stale, day 3 failed, day 4 missing. */
export const view = (() => {
  const known = {
    failed: new Map([[made, PartitionSet.of(first + 2)]]),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map(),
    configs: new Map(),
    now: Date.UTC(2025, 6, 1)
  }
  const provenance = Provenance.make(AssetGraphView.make(graph, { ...known, versions: new Map() }), made)
  const entries = [first, first + 1, first + 2].map((ordinal) => ({
    ordinal,
    provenance: ordinal === first + 1 ? Version.seed("before") : provenance.of(ordinal),
    data: Version.seed("data")
  }))
  return AssetGraphView.make(graph, { ...known, versions: new Map([[made, PartitionVersions.fromEntries(entries)]]) })
})()
