import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, PartitionsDefinition, Value } from "../../runtime/index.ts"

const body = () => Effect.succeed(0)
const asset = (key: string, deps: Record<string, Asset.Any> = {}) =>
  Asset.make(key, { output: Value.of(Schema.Int), deps, materialize: body })

const messageOf = (assets: ReadonlyArray<Asset.Any>) =>
  Result.match(AssetGraph.make(assets), { onFailure: (error) => error.message, onSuccess: () => "valid" })

describe("a graph", () => {
  const a = asset("a")
  const b = asset("b", { a })
  const c = asset("c", { b, a })

  it("orders every asset after what it is made from, ties by key", () => {
    const graph = Result.getOrThrow(AssetGraph.make([c, b, asset("aa"), a]))
    assert.deepStrictEqual<ReadonlyArray<string>>(graph.order, ["a", "aa", "b", "c"])
  })

  it("knows all ancestors", () => {
    const graph = Result.getOrThrow(AssetGraph.make([a, b, c]))
    assert.deepStrictEqual<ReadonlyArray<string>>([...AssetGraph.ancestors(graph, AssetKey.make("c"))].sort(), [
      "a",
      "b"
    ])
  })

  it("refuses two assets of one key", () => {
    assert.strictEqual(messageOf([a, asset("a")]), "asset a is defined twice: rename one of the two")
  })

  it("refuses an asset made from one that is not defined", () => {
    assert.strictEqual(
      messageOf([b]),
      "asset a, which b needs, is not among the definitions: add it to Definitions.make"
    )
  })

  it("prints the cycle", () => {
    const dependencies = new Map<string, Asset.DependencyOn>()
    const x = Object.assign(Object.create(Object.getPrototypeOf(a)), a, {
      key: AssetKey.make("x"),
      source: { ...a.source, outputs: new Map([["", AssetKey.make("x")]]), dependencies }
    }) as Asset.Any
    const y = asset("y", { x })
    dependencies.set("y", { asset: y, mapping: undefined, complete: false })
    assert.strictEqual(messageOf([x, y]), "assets depend on each other: x -> y -> x; remove one of these deps")
  })

  it("asks for a mapping between definitions that have none by default", () => {
    const region = Asset.make("region", {
      partitions: PartitionsDefinition.fixed(["us", "eu"]),
      output: Value.of(Schema.Int),
      materialize: body
    })
    const days = Asset.make("days", {
      partitions: PartitionsDefinition.daily({ start: "2025-06-01" }),
      deps: { region },
      output: Value.of(Schema.Int),
      materialize: body
    })
    assert.match(messageOf([region, days]), /^days is made from region, but .*: say how with Asset.through$/)
  })
})
