import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  Asset,
  AssetCheck,
  AssetKey,
  BackfillPolicy,
  Files,
  FreshnessPolicy,
  PartitionMapping,
  PartitionsDefinition,
  Table,
  Value
} from "../../runtime/index.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as AssetGraphSnapshot from "../../runtime/graph/AssetGraphSnapshot.ts"
import * as CodeParts from "../../runtime/graph/CodeParts.ts"

const regions = PartitionsDefinition.fixed(["us", "eu"])
const Raw = Asset.external("sales/raw", { partitions: regions, output: Files.files, observe: Effect.succeed([]) })
const Parsed = Asset.make("sales/parsed", {
  description: "Each sale",
  group: "silver",
  kinds: ["duckdb"],
  owners: ["ada@example.com"],
  tags: { tier: "1" },
  partitions: regions,
  deps: { raw: Raw },
  output: Table.of(Schema.Struct({ id: Schema.String, price: Schema.NullOr(Schema.Finite) })),
  backfillPolicy: BackfillPolicy.batches(10),
  checks: [AssetCheck.unique("id", { severity: "warn" })],
  freshnessPolicy: FreshnessPolicy.timeWindow({ failWindow: "1 hour" }),
  materialize: () => Effect.succeed([])
})
const Sums = Asset.multi({
  outputs: {
    total: { key: "sales/total", output: Value.of(Schema.Int) },
    best: { key: "sales/best", output: Value.of(Schema.Int) }
  },
  deps: { parsed: Asset.through(Parsed, PartitionMapping.all, { complete: true }) },
  materialize: () => Effect.succeed({ total: 1, best: 1 })
})

const context = {
  commands: [{ name: "generate", description: undefined }],
  codeOf: (key: AssetKey.AssetKey): AssetGraphSnapshot.Code => ({
    version: `v-${key}`,
    declared: false,
    module: "a.ts"
  }),
  modules: [
    { path: "a.ts", hash: "1" },
    { path: "b.ts", hash: "1" }
  ],
  code: { "a.ts": { modules: [0, 1], packages: ["effect@4.1.0", "@scope/x@1.0.0"] } },
  columnsOf: AssetGraphSnapshot.columnNames
}
const graph = Result.getOrThrow(AssetGraph.make([Raw, Parsed, Sums.total, Sums.best]))
const snapshot = AssetGraphSnapshot.make(graph, context)
const asset = (key: string) => snapshot.assets.find((asset) => asset.key === key)!

describe("the snapshot of a graph", () => {
  it("lists every asset after what it is made from", () =>
    assert.deepStrictEqual(
      snapshot.assets.map(({ key }) => String(key)),
      [...graph.order.map(String)]
    ))

  it("says what an asset is", () =>
    assert.deepStrictEqual(asset("sales/parsed"), {
      key: Parsed.key,
      description: "Each sale",
      group: "silver",
      kinds: ["duckdb"],
      owners: ["ada@example.com"],
      tags: { tier: "1" },
      source: "Computation",
      output: "Table",
      columns: [
        { name: "id", type: null },
        { name: "price", type: null }
      ],
      partitions: { description: "[us, eu]", keys: ["us", "eu"] },
      backfillPolicy: { _tag: "Batches", size: 10 },
      inputs: [{ name: "raw", asset: Raw.key, mapping: "identity", complete: false }],
      siblings: [Parsed.key],
      checks: [
        { name: "became_empty", description: "", severity: "error", blocking: true },
        { name: "unique(id)", description: "", severity: "warn", blocking: true }
      ],
      freshnessPolicy: { _tag: "TimeWindow", fail: 3_600_000, warn: null },
      code: { version: "v-sales/parsed", declared: false, module: "a.ts" }
    }))

  it("says what is made together, and through which mapping", () => {
    const { inputs, siblings } = asset("sales/total")
    assert.deepStrictEqual(siblings.map(String), ["sales/best", "sales/total"])
    assert.deepStrictEqual(inputs, [{ name: "parsed", asset: Parsed.key, mapping: "all", complete: true }])
  })

  it("says of an external asset that nothing is made here", () => {
    const { backfillPolicy, inputs, source } = asset("sales/raw")
    assert.deepStrictEqual({ backfillPolicy, inputs, source }, { backfillPolicy: null, inputs: [], source: "External" })
  })

  it("names the commands of the project", () =>
    assert.deepStrictEqual(snapshot.commands, [{ name: "generate", description: "" }]))

  it("is the same after it was JSON", () => {
    const codec = Schema.fromJsonString(AssetGraphSnapshot.AssetGraphSnapshot)
    assert.deepStrictEqual(Schema.decodeSync(codec)(Schema.encodeSync(codec)(snapshot)), snapshot)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(snapshot)), snapshot)
  })
})

describe("a changed code version", () => {
  const key = AssetKey.make("sales/parsed")
  const partsOf = (changed: Partial<typeof context>) => {
    const made = AssetGraphSnapshot.make(graph, { ...context, ...changed })
    const { version } = made.assets.find((asset) => asset.key === key)!.code
    return AssetGraphSnapshot.codeParts(made).get(version!)
  }
  const changes = (changed: Partial<typeof context>) => CodeParts.changes(partsOf({})!, partsOf(changed)!)

  it("is explained by the modules and packages that changed", () => {
    assert.deepStrictEqual(changes({}), [])
    assert.deepStrictEqual(
      changes({
        modules: [
          { path: "a.ts", hash: "1" },
          { path: "b.ts", hash: "2" }
        ]
      }),
      ["b.ts"]
    )
    assert.deepStrictEqual(
      changes({ code: { "a.ts": { modules: [0], packages: ["effect@4.1.1", "@scope/x@1.0.0"] } } }),
      ["b.ts", "effect"]
    )
  })

  it("is not explained where nobody knows the module", () =>
    assert.isUndefined(partsOf({ codeOf: () => ({ version: "1", declared: true, module: null }) })))
})
