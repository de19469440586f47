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

const hourly = PartitionsDefinition.hourly({ start: "1970-01-01T00" })
const Raw = Asset.external("raw", { partitions: hourly, output: Files.files, observe: Effect.succeed([]) })
const Other = Asset.external("other", { partitions: hourly, output: Files.files, observe: Effect.succeed([]) })
const body = () => Effect.succeed(0)
const Mixed = Asset.make("mixed", {
  partitions: hourly,
  deps: {
    same: Raw,
    other: Other,
    window: Asset.through(Raw, PartitionMapping.lookback(2)),
    all: Asset.through(Other, PartitionMapping.all)
  },
  output: Value.of(Schema.Int),
  materialize: body
})
const graph = Result.getOrThrow(AssetGraph.make([Raw, Other, Mixed]))
const [raw, other, mixed] = ["raw", "other", "mixed"].map(AssetKey.make) as [
  AssetKey.AssetKey,
  AssetKey.AssetKey,
  AssetKey.AssetKey
]

const seen = (name: string, ordinals: ReadonlyArray<number>) =>
  PartitionVersions.fromEntries(
    ordinals.map((ordinal) => ({ ordinal, provenance: Version.zero, data: Version.seed(name, String(ordinal)) }))
  )

/** Of what was made of `raw`, some may not exist any more. */
const viewOf = (inRaw: ReadonlyArray<number>, inOther: ReadonlyArray<number>, gone: ReadonlyArray<number> = []) => {
  const view = AssetGraphView.make(graph, {
    versions: new Map([
      [raw, seen("raw", inRaw)],
      [other, seen("other", inOther)]
    ]),
    failed: new Map(),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map([[mixed, "1"]]),
    configs: new Map(),
    now: 0
  })
  const left = PartitionSet.difference(view.existing.get(raw)!, PartitionSet.fromOrdinals(gone))
  return { ...view, existing: new Map([...view.existing, [raw, left]]) }
}

/** Around zero, and where the lower half of an ordinal is full. */
const Ordinal = Schema.Literals([0, 1, 2, 3, 5, 6, 9, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33])
const Ordinals = Schema.Array(Ordinal).check(Schema.isMaxLength(9))

describe("the provenance of many partitions at once", () => {
  it.prop(
    "is that of each of them, whatever of its inputs is there",
    [Ordinals, Ordinals, Ordinals, Ordinals],
    ([inRaw, inOther, gone, asked]) => {
      const view = viewOf(inRaw, inOther, gone)
      const partitions = PartitionSet.fromOrdinals(asked)
      const provenance = Provenance.make(view, mixed)
      assert.deepStrictEqual(
        [...Provenance.lanes(view, mixed, partitions)],
        [...PartitionSet.ordinals(partitions)].flatMap((ordinal) => [...provenance.of(ordinal)])
      )
    }
  )

  it.prop("is as if what does not exist any more had never been made", [Ordinals, Ordinals, Ordinals], (lists) => {
    const [inRaw, gone, asked] = lists
    const left = inRaw.filter((ordinal) => !gone.includes(ordinal))
    const partitions = PartitionSet.fromOrdinals(asked)
    assert.deepStrictEqual(
      Provenance.lanes(viewOf(inRaw, [], gone), mixed, partitions),
      Provenance.lanes(viewOf(left, []), mixed, partitions)
    )
  })

  it("differs between partitions, also where only the upper half of their ordinals does", () => {
    const view = viewOf([], [])
    const lanes = Provenance.lanes(view, mixed, PartitionSet.fromOrdinals([0, 1, 2 ** 32, 2 ** 32 + 1]))
    assert.strictEqual(new Set(lanes.filter((_, index) => index % 2 === 0)).size, 4)
  })
})
