import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as StandaloneCheck from "../../runtime/definition/StandaloneCheck.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetCheck, PartitionMapping, PartitionsDefinition, Table, Value } from "../../runtime/index.ts"

const Row = Schema.Struct({ id: Schema.Int })
const table = (
  key: string,
  checks: ReadonlyArray<AssetCheck.AssetCheck<{ id: number }, Table.Table<{ id: number }>, never>> = [],
  deps: Readonly<Record<string, Asset.Any>> = {}
) => Asset.make(key, { deps, output: Table.of(Row), checks, materialize: () => Effect.succeed([]) })

const names = (assets: ReadonlyArray<Asset.Any>, checks: ReadonlyArray<StandaloneCheck.Any> = []) => {
  const graph = Result.getOrThrow(AssetGraph.make(assets, checks))
  return [...graph.checks.ofAsset].map(([key, of]) => `${key}: ${of.map(({ name }) => name).join(" ")}`.trim())
}

const refusal = (assets: ReadonlyArray<Asset.Any>, checks: ReadonlyArray<StandaloneCheck.Any> = []) =>
  Result.match(AssetGraph.make(assets, checks), { onFailure: ({ message }) => message, onSuccess: () => "fine" })

const across = (assets: Readonly<Record<string, Asset.Any | Asset.Dependency<Asset.Any, "One" | "Many">>>) =>
  AssetCheck.make("across", { assets, evaluate: () => Effect.succeed(AssetCheck.passed()) })

describe("the checks of a graph", () => {
  it("begin with what every table is held to, unless its own say otherwise", () => {
    const value = Asset.make("value", { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
    assert.deepStrictEqual(
      names([
        table("a", [AssetCheck.unique("id")]),
        table("b", [AssetCheck.mayBecomeEmpty]),
        table("c", [AssetCheck.becameEmpty({ severity: "warn" })]),
        value
      ]),
      ["a: became_empty unique(id)", "b:", "c: became_empty", "value:"]
    )
  })

  it("take in those that stand beside an asset", () => {
    const a = table("a", [AssetCheck.unique("id")])
    assert.deepStrictEqual(
      names([a, table("b")], [AssetCheck.on(a, AssetCheck.notNull("id"), AssetCheck.mayBecomeEmpty)]),
      ["a: unique(id) not_null(id)", "b: became_empty"]
    )
  })

  it("have different names", () => {
    const twice = [AssetCheck.between("id", 1, 2), AssetCheck.between("id", 3, 4)]
    assert.strictEqual(
      refusal([table("a", twice)]),
      "the check between(id) of a cannot be defined: the asset has another one of that name: give one of the two a name"
    )
    assert.strictEqual(refusal([table("a", [twice[0]!, AssetCheck.between("id", 3, 4, { name: "other" })])]), "fine")
    const a = table("a")
    assert.include(refusal([a], [across({ a }), across({ a })]), "another one has the same name: rename it")
  })

  it("compare an asset with what it is made from, directly or not", () => {
    const a = table("a")
    const b = table("b", [], { a })
    assert.strictEqual(refusal([a, b, table("c", [AssetCheck.sameRowCount(a)], { b })]), "fine")
    assert.strictEqual(
      refusal([a, b, table("c", [AssetCheck.sameRowCount(a)])]),
      "the check same_row_count(a) of c cannot be defined: the asset is not made from a: compare the two with AssetCheck.make"
    )
  })

  it("are about assets of the definitions, through mappings that fit", () => {
    const a = table("a")
    assert.include(refusal([], [across({ a })]), "a is not among the definitions: add it to Definitions.make")
    assert.include(refusal([], [AssetCheck.on(a, AssetCheck.notNull("id"))]), "a is not among the definitions")
    const daily = Asset.make("daily", {
      partitions: PartitionsDefinition.daily({ start: "2025-06-01" }),
      output: Value.of(Schema.Int),
      materialize: () => Effect.succeed(1)
    })
    const regional = (mapping?: PartitionMapping.PartitionMapping) =>
      AssetCheck.make("across", {
        assets: { daily: mapping === undefined ? daily : Asset.through(daily, mapping) },
        partitions: PartitionsDefinition.fixed(["us", "eu"]),
        evaluate: () => Effect.succeed(AssetCheck.passed())
      })
    assert.include(refusal([daily], [regional()]), "say how with Asset.through")
    assert.strictEqual(refusal([daily], [regional(PartitionMapping.all)]), "fine")
  })
})
