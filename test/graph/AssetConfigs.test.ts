import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, RunConfig, Value } from "../../runtime/index.ts"

const Settings = Schema.Struct({
  top: Schema.Int,
  by: Schema.Literals(["state", "nation"]),
  since: Schema.DateTimeUtcFromString
})
const Top = Asset.make("top", {
  config: RunConfig.of(Settings, {
    top: 10,
    by: "nation",
    since: Schema.decodeSync(Schema.DateTimeUtcFromString)("2025-06-01T00:00:00Z")
  }),
  output: Value.of(Schema.Int),
  materialize: ({ config }) => Effect.succeed(config.top)
})
const Plain = Asset.make("plain", { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
const graph = Result.getOrThrow(AssetGraph.make([Top, Plain]))

const textOf = (...overrides: AssetConfigs.Overrides) =>
  Result.match(AssetConfigs.resolve(graph, overrides), {
    onFailure: ({ message }) => message,
    onSuccess: (configs) => configs.get(AssetKey.make("top"))!.text
  })

describe("the parameters of an asset", () => {
  it("are its defaults, then what the definitions say, then what the command says", () => {
    assert.strictEqual(textOf(), '{"by":"nation","since":"2025-06-01T00:00:00.000Z","top":10}')
    assert.strictEqual(
      textOf({ top: { top: 15, by: "state" } }, { top: { top: 20 } }),
      '{"by":"state","since":"2025-06-01T00:00:00.000Z","top":20}'
    )
  })

  it("reach the body decoded", () => {
    const configs = Result.getOrThrow(AssetConfigs.resolve(graph, [{ top: { top: 3 } }]))
    const { value } = configs.get(AssetKey.make("top"))!
    assert.strictEqual((value as typeof Settings.Type).top, 3)
    assert.strictEqual((value as typeof Settings.Type).since.epochMilliseconds, Date.UTC(2025, 5, 1))
  })

  it("are refused all at once, with the asset and the field", () => {
    const message = textOf({ top: { top: "ten" }, plain: { x: 1 }, nothing: {} })
    assert.include(message, "config of plain: there is no such asset with parameters")
    assert.include(message, "config of nothing: there is no such asset with parameters")
    assert.match(message, /config of top: .*\["top"\]/)
    assert.include(textOf({ tp: { top: 1 } }), "no such asset with parameters; did you mean top?")
  })

  it("are refused when a field does not exist, naming those that do", () => {
    assert.include(textOf({ top: { tpo: 1 } }), 'there is no parameter "tpo"; there are top, by, since')
  })
})
