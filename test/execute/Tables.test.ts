import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as ParquetIOManager from "../../resources/ParquetIOManager.ts"
import { Asset, AssetCheck, Quarantine, sql, Table } from "../../runtime/index.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as State from "../../runtime/record/State.ts"
import * as Harness from "./Harness.ts"

class Prices extends Context.Service<Prices, { readonly of: (id: number) => Effect.Effect<number> }>()("Prices") {}

const runtime = ParquetIOManager.layer.pipe(
  Layer.provideMerge(DuckDB.layer),
  Layer.merge(State.layerMemory),
  Layer.provideMerge(Layer.merge(NodeFileSystem.layer, NodePath.layer))
)

const Row = Schema.Struct({ id: Schema.Int, price: Schema.Int })

const priced = Asset.make("priced", {
  output: Table.of(Row),
  materialize: () =>
    Effect.succeed(
      Stream.range(1, 3).pipe(
        Stream.mapEffect((id) => Prices.use((prices) => Effect.map(prices.of(id), (price) => ({ id, price }))))
      )
    )
})

const read = (key: string, bad: number) =>
  Asset.make(key, {
    output: Table.of(Row),
    checks: [AssetCheck.errorRate({ below: 0.1 })],
    materialize: Effect.fn(function* () {
      yield* Quarantine.add({
        sql: sql`(SELECT 'a' AS file, range AS line, 0 AS byte_offset, 'bad' AS reason, '' AS raw FROM range(${bad}))`
      })
      return sql`SELECT range AS id, range AS price FROM range(${100 - bad})`
    })
  })

layer(runtime)("a run over tables", (it) => {
  it.effect("gives a stream the services of the body that returned it", () =>
    Effect.gen(function* () {
      const resources = Context.make(Prices, { of: (id) => Effect.succeed(id * 10) }) as Context.Context<never>
      const Total = Asset.make("total", {
        deps: { priced },
        output: Table.of(Schema.Struct({ total: Schema.Int })),
        materialize: ({ priced }) => Effect.succeed(sql`SELECT sum(price)::BIGINT AS total FROM ${priced}`)
      })
      const Sum = Asset.make("sum", {
        deps: { total: Total },
        output: Table.of(Schema.Struct({ total: Schema.Int })),
        materialize: Effect.fn(function* ({ total }) {
          const rows = yield* total.collect
          assert.deepStrictEqual(rows, [{ total: 60 }])
          return rows
        })
      })
      const { status } = yield* Harness.materialize([priced, Total, Sum], { resources })
      assert.strictEqual(status, "Succeeded")
    })
  )

  it.effect("publishes what passes its checks and says what they found", () =>
    Effect.gen(function* () {
      const { heard, status } = yield* Harness.materialize([read("good", 9)])
      assert.strictEqual(status, "Succeeded")
      const results = heard.flatMap((event) => (event._tag === "ChecksEvaluated" ? event.results : []))
      assert.deepStrictEqual(
        results.map(({ check, outcome, reason }) => `${check} ${outcome}: ${reason}`),
        ["error_rate Passed: 9 of 100 rows were set aside (9 %), less than 10 % may be"]
      )
    })
  )

  it.effect("does not publish what fails a blocking check, and makes nothing from it", () =>
    Effect.gen(function* () {
      const Bad = read("bad", 10)
      const Child = Asset.make("child", {
        deps: { bad: Bad },
        output: Table.of(Row),
        materialize: ({ bad }) => Effect.succeed(sql`SELECT * FROM ${bad}`)
      })
      const { run, status } = yield* Harness.materialize([Bad, Child])
      assert.strictEqual(status, "Failed")
      const steps = yield* (yield* RunLedger).steps(run.id)
      assert.deepStrictEqual(
        steps.map(({ status }) => status),
        ["Failed", "Skipped"]
      )
      assert.strictEqual(
        steps[0]!.attempts[0]!.error!.message,
        "bad does not pass its check error_rate and is not published: 10 of 100 rows were set aside (10 %), less than 10 % may be"
      )
    })
  )
})
