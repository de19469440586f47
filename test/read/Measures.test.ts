import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Asset, AssetKey, Metadata, PartitionsDefinition, Value } from "../../runtime/index.ts"
import * as Measures from "../../runtime/read/Measures.ts"
import * as Harness from "../execute/Harness.ts"

describe("the numbers of an asset", () => {
  it.effect("are those that its runs recorded, oldest first, counts added up and shares averaged over the steps", () =>
    Effect.gen(function* () {
      let run = 0
      const Days = Asset.make("days", {
        partitions: PartitionsDefinition.fixed(["a", "b"]),
        output: Value.of(Schema.Int),
        materialize: ({ partition }) =>
          Effect.as(
            Metadata.add({
              titles: (run + 1) * 10,
              share: partition.key === "a" ? 0.25 : 0.75,
              note: "no number",
              bytes: Metadata.bytes(run)
            }),
            run
          )
      })
      for (run = 0; run < 2; run++) {
        yield* Harness.materialize([Days], { force: true })
        yield* TestClock.adjust("1 minute")
      }
      const measures = yield* Measures.read(AssetKey.make("days"))
      const values = Object.fromEntries(measures.map(({ name, points }) => [name, points.map(({ value }) => value)]))
      const { seconds, ...rest } = values
      assert.deepStrictEqual(rest, { rows: [2, 2], titles: [20, 40], share: [0.5, 0.5], bytes: [0, 2] })
      assert.strictEqual(seconds?.length, 2)
      assert.deepStrictEqual(
        measures.map(({ unit }) => unit),
        ["Count", "Millis", "Count", "Number", "Bytes"]
      )
    }).pipe(Effect.provide(Harness.layer))
  )
})
