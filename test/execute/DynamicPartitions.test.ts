/** Partitions whose keys have no arithmetic, from landing to reading, with the whole runtime. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { main } from "../../runtime/event/Run.ts"
import { Asset, Files, PartitionMapping, PartitionSet, PartitionsDefinition, Value } from "../../runtime/index.ts"
import type * as RunPlan from "../../runtime/plan/RunPlan.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import type * as KnownState from "../../runtime/record/KnownState.ts"
import * as Harness from "./Harness.ts"

const output = Value.of(Schema.String)

/** An asset that others write: a version for each key that landed. */
const landing = <P extends PartitionsDefinition.Any>(key: string, partitions: P, landed: () => ReadonlyArray<string>) =>
  Asset.external(key, {
    partitions,
    output: Files.files,
    observe: Effect.sync(() => landed().map((partitionKey) => ({ partitionKey: partitionKey as never, version: "1" })))
  })

const keysOf = (steps: ReadonlyArray<RunPlan.Step>, { view }: KnownState.KnownState): ReadonlyArray<string> =>
  steps
    .flatMap(({ assets, partitions }) => {
      const definition = view.graph.assets.get(assets[0]!)!.partitions
      return [...PartitionSet.ordinals(partitions)].map((ordinal) =>
        PartitionsDefinition.key(definition, view.dictionary, ordinal)
      )
    })
    .sort()

const planned = (assets: ReadonlyArray<Asset.Any>) =>
  Effect.map(Harness.plan(assets), ({ planned: { known, plan } }) => keysOf(plan.steps, known))

describe("dynamic partitions", () => {
  it.effect("a new file is a new partition, which the next plan sees", () =>
    Effect.gen(function* () {
      const landed = ["b.csv", "a.csv"]
      const files = PartitionsDefinition.dynamic("files")
      const Landed = landing("landed", files, () => landed)
      const Parsed = Asset.make("parsed", {
        partitions: files,
        deps: { landed: Landed },
        output,
        materialize: ({ partition }) => Effect.succeed(partition.key)
      })
      const assets = [Landed, Parsed]
      assert.deepStrictEqual(yield* planned(assets), ["a.csv", "b.csv"])
      assert.strictEqual((yield* Harness.materialize(assets)).status, "Succeeded")
      landed.push("A first one.csv")
      assert.deepStrictEqual(yield* planned(assets), ["A first one.csv"])
      yield* Harness.materialize(assets)
      landed.shift()
      assert.deepStrictEqual(yield* planned(assets), [])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("a product of days and regions has the days that landed of each region", () =>
    Effect.gen(function* () {
      const landed = ["2025-06-01|eu", "2025-06-02|eu", "2025-06-02|us"]
      const both = PartitionsDefinition.product({
        day: PartitionsDefinition.daily({ start: "2025-06-01" }),
        region: PartitionsDefinition.dynamic("region")
      })
      const Sales = landing("sales", both, () => landed)
      const Cleaned = Asset.make("cleaned", {
        partitions: both,
        deps: { sales: Sales },
        output,
        materialize: ({ partition }) => Effect.succeed(partition.key)
      })
      const assets = [Sales, Cleaned]
      assert.deepStrictEqual(yield* planned(assets), landed)
      yield* Harness.materialize(assets)
      landed.push("2025-06-01|us", "2025-06-03|asia")
      assert.deepStrictEqual(yield* planned(assets), ["2025-06-01|us", "2025-06-03|asia"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("a product that is made from one of its dimensions grows with it", () =>
    Effect.gen(function* () {
      const landed = ["eu"]
      const regions = PartitionsDefinition.dynamic("region")
      const Regions = landing("regions", regions, () => landed)
      const Models = Asset.make("models", {
        partitions: PartitionsDefinition.product({
          region: regions,
          size: PartitionsDefinition.fixed(["small", "large"])
        }),
        deps: { regions: Asset.through(Regions, PartitionMapping.dimension("region")) },
        output,
        materialize: ({ partition }) => Effect.succeed(partition.key)
      })
      const assets = [Regions, Models]
      assert.deepStrictEqual(yield* planned(assets), ["eu|large", "eu|small"])
      yield* Harness.materialize(assets)
      landed.push("us")
      assert.deepStrictEqual(yield* planned(assets), ["us|large", "us|small"])
    }).pipe(Effect.provide(Harness.layer))
  )
})

describe("a fixed list of partitions", () => {
  it.effect("keeps its data when it is reordered and extended", () =>
    Effect.gen(function* () {
      const made: Array<string> = []
      const shops = (...keys: ReadonlyArray<string>) => [
        Asset.make("shops", {
          partitions: PartitionsDefinition.fixed(keys),
          output,
          materialize: ({ partition }) => Effect.sync(() => String(made.push(partition.key)))
        })
      ]
      yield* Harness.materialize(shops("north", "south"))
      const before = yield* Catalog.use((catalog) => catalog.manifests(main))
      yield* Harness.materialize(shops("west", "south", "north"))
      assert.deepStrictEqual(made.toSorted(), ["north", "south", "west"])
      const after = yield* Catalog.use((catalog) => catalog.manifests(main))
      const [[, old], [, now]] = [[...before][0]!, [...after][0]!]
      assert.includeDeepMembers([...now], [...old])
    }).pipe(Effect.provide(Harness.layer))
  )
})
