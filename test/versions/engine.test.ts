import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Asset, Files, IOManager, PartitionsDefinition, Value } from "../../runtime/index.ts"
import * as Harness from "../execute/Harness.ts"

const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
const Int = Value.of(Schema.Int)

/** Days that landed, a copy of each, and their sum. */
const project = () => {
  const landed = new Map([
    ["2025-06-01", "1"],
    ["2025-06-02", "1"]
  ])
  const Raw = Asset.external("raw", {
    partitions: daily,
    output: Files.files,
    observe: Effect.sync(() =>
      [...landed].map(([key, version]) => ({ partitionKey: key as PartitionsDefinition.DayKey, version }))
    )
  })
  const Copy = Asset.make("copy", {
    partitions: daily,
    deps: { raw: Raw },
    output: Int,
    materialize: () => Effect.succeed(1)
  })
  const Sum = Asset.make("sum", {
    deps: { copies: Copy },
    output: Int,
    materialize: ({ copies }) => Effect.succeed(copies.size)
  })
  return { landed, assets: [Raw, Copy, Sum] }
}

/** The runtime in memory with an engine whose version can be raised. */
const engine = { version: "1" }
const upgradeable = Layer.effect(
  IOManager,
  Effect.map(IOManager, (io) =>
    IOManager.of({
      ...io,
      write: (request) => Effect.map(io.write(request), (written) => ({ ...written, engine: engine.version }))
    })
  )
).pipe(Layer.provideMerge(Harness.layer), Layer.provideMerge(NodeFileSystem.layer))

const steps = (assets: ReadonlyArray<Asset.Any>) =>
  Effect.map(Harness.plan(assets), ({ planned }) => planned.plan.steps.map(({ assets }) => assets[0]!))

/** The assets of which something was made, and those that turned out to be up to date. */
const materialize = (assets: ReadonlyArray<Asset.Any>) =>
  Effect.map(Harness.materialize(assets), ({ heard, plan }) => {
    const of = (tag: string) =>
      heard.flatMap((event) =>
        event._tag === tag && "step" in event ? [plan.steps[event.step]!.assets[0]! as string] : []
      )
    return { made: of("StepSucceeded"), unchanged: of("StepUnchanged") }
  })

describe("a new version of the engine", () => {
  it.effect("makes nothing stale by itself", () =>
    Effect.gen(function* () {
      engine.version = "1"
      const { assets } = project()
      yield* materialize(assets)
      engine.version = "2"
      assert.deepStrictEqual(yield* steps(assets), [])
    }).pipe(Effect.provide(upgradeable))
  )

  it.effect(
    "leaves it open whether what is made again has changed: what is made from it is made once, and then not",
    () =>
      Effect.gen(function* () {
        engine.version = "1"
        const { assets, landed } = project()
        yield* materialize(assets)
        landed.set("2025-06-01", "2")
        assert.deepStrictEqual(yield* materialize(assets), { made: ["copy"], unchanged: ["sum"] })
        engine.version = "2"
        landed.set("2025-06-01", "3")
        assert.deepStrictEqual(yield* materialize(assets), { made: ["copy", "sum"], unchanged: [] })
        landed.set("2025-06-01", "4")
        assert.deepStrictEqual(yield* materialize(assets), { made: ["copy"], unchanged: ["sum"] })
        landed.set("2025-06-02", "2")
        assert.deepStrictEqual(yield* materialize(assets), { made: ["copy", "sum"], unchanged: [] })
        assert.deepStrictEqual(yield* steps(assets), [])
      }).pipe(Effect.provide(upgradeable))
  )
})
