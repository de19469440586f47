import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import * as Provenance from "../../runtime/event/Provenance.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, Files, PartitionSet, PartitionsDefinition, RunConfig, Value } from "../../runtime/index.ts"
import * as RunPlan from "../../runtime/plan/RunPlan.ts"
import * as Staleness from "../../runtime/plan/Staleness.ts"

const daily = PartitionsDefinition.daily({ start: "1970-01-01" })
const Raw = Asset.external("raw", { partitions: daily, output: Files.files, observe: Effect.succeed([]) })
const Top = Asset.make("top", {
  partitions: daily,
  deps: { raw: Raw },
  config: RunConfig.of(Schema.Struct({ n: Schema.Int }), { n: 10 }),
  output: Value.of(Schema.Int),
  materialize: ({ config }) => Effect.succeed(config.n)
})
const graph = Result.getOrThrow(AssetGraph.make([Raw, Top]))
const top = AssetKey.make("top")
const raw = AssetKey.make("raw")
const ten = PartitionSet.range(0, 10)

interface World {
  readonly code: string
  readonly n: number
  /** The days that landed anew. */
  readonly landed: PartitionSet.PartitionSet
}

const unchanged: World = { code: "1", n: 10, landed: PartitionSet.empty }

const viewOf = (
  { code, landed, n }: World,
  made: ReadonlyArray<AssetGraphView.MadeWith> = [],
  versions?: PartitionVersions.PartitionVersions
) =>
  AssetGraphView.make(graph, {
    versions: new Map([
      [
        raw,
        PartitionVersions.fromEntries(
          [...PartitionSet.ordinals(ten)].map((ordinal) => ({
            ordinal,
            provenance: Version.zero,
            data: Version.seed(String(ordinal), String(PartitionSet.has(landed, ordinal)))
          }))
        )
      ],
      ...(versions === undefined ? [] : [[top, versions] as const])
    ]),
    failed: new Map(),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map([[top, code]]),
    configs: Result.getOrThrow(AssetConfigs.resolve(graph, [{ top: { n } }])),
    made: new Map([[top, made]]),
    now: 864_000_000
  })

/** The view of the world `now` when parts of the days were made in other worlds. */
const since = (parts: ReadonlyArray<readonly [World, PartitionSet.PartitionSet, string?]>, now: World) => {
  const versions = parts.map(([world, partitions]) => {
    const provenance = Provenance.make(viewOf(world), top)
    return PartitionVersions.fromEntries(
      [...PartitionSet.ordinals(partitions)].map((ordinal) => ({
        ordinal,
        provenance: provenance.of(ordinal),
        data: Version.zero
      }))
    )
  })
  const made = parts.map(([{ code, n }, partitions, mismatch]) => ({
    partitions,
    codeVersion: code,
    config: JSON.stringify({ n }),
    mismatch
  }))
  return viewOf(now, made, PartitionVersions.merge(versions))
}

const shown = (causes: Staleness.Causes | undefined) =>
  [...(causes ?? [])].map(([cause, set]) => `${cause} ${set.bounds.join("-")}`)
const planOf = (view: AssetGraphView.AssetGraphView) =>
  RunPlan.make(view, { partitions: new Map([[top, ten]]), force: false })

describe("what made a partition stale", () => {
  it("is nothing where nothing changed", () => {
    const plan = planOf(since([[unchanged, ten]], unchanged))
    assert.strictEqual(plan.steps.length, 0)
    assert.strictEqual(plan.causes.size, 0)
  })

  it("is its code, its parameters, or both, by the partitions that were made with others", () => {
    const parts = [
      [unchanged, PartitionSet.range(0, 4)],
      [{ ...unchanged, code: "2" }, PartitionSet.range(4, 8)],
      [{ ...unchanged, code: "2", n: 15 }, PartitionSet.range(8, 10)]
    ] as const
    const plan = planOf(since(parts, { ...unchanged, code: "2", n: 15 }))
    assert.deepStrictEqual(shown(plan.causes.get(top)), ["Code 0-4", "Config 0-8"])
  })

  it("is an input where nothing else changed", () => {
    const late = { ...unchanged, landed: PartitionSet.of(3) }
    assert.deepStrictEqual(shown(planOf(since([[unchanged, ten]], late)).causes.get(top)), ["Input 3-4"])
    const both = planOf(since([[unchanged, ten]], { ...late, code: "2" }))
    assert.deepStrictEqual(shown(both.causes.get(top)), ["Code 0-10"])
  })

  it("is the schema where it cannot read them, and then they are stale though nothing else changed", () => {
    const parts = [
      [unchanged, PartitionSet.range(0, 6)],
      [unchanged, PartitionSet.range(6, 10), 'column "n" was stored as VARCHAR and is INTEGER now']
    ] as const
    const plan = planOf(since(parts, unchanged))
    assert.deepStrictEqual(shown(plan.causes.get(top)), ["Schema 6-10"])
    assert.deepStrictEqual(shown(plan.steps[0]!.reasons as never), ["Stale 6-7"])
    assert.strictEqual(PartitionSet.size(plan.upToDate.get(top)!), 6)
  })

  it("is told for a partition whose input is made too, where it is stale whatever comes of that", () => {
    const Above = Asset.make("above", {
      partitions: daily,
      deps: { top: Top },
      output: Value.of(Schema.Int),
      materialize: ({ top }) => Effect.succeed(top)
    })
    const above = AssetKey.make("above")
    const graph = Result.getOrThrow(AssetGraph.make([Raw, Top, Above]))
    const made = { config: "", mismatch: undefined }
    const view = viewOf(unchanged)
    const plan = RunPlan.make(
      AssetGraphView.make(graph, {
        ...view,
        versions: new Map([...view.versions, [above, view.versions.get(raw)!]]),
        codeVersions: new Map([[above, "2"]]),
        made: new Map([
          [
            above,
            [
              { ...made, partitions: PartitionSet.range(0, 3), codeVersion: "1" },
              { ...made, partitions: PartitionSet.range(3, 10), codeVersion: "2" }
            ]
          ]
        ])
      }),
      {
        partitions: new Map([
          [top, ten],
          [above, ten]
        ]),
        force: false
      }
    )
    const ofAbove = plan.steps.filter(({ assets }) => assets[0] === above)
    assert.deepStrictEqual(shown(Staleness.merge(ofAbove.map(({ reasons }) => reasons)) as never), [
      "Stale 0-3",
      "InputPending 3-10"
    ])
    assert.deepStrictEqual(shown(plan.causes.get(above)), ["Code 0-3"])
  })
})
