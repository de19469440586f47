import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Shop from "./shop.ts"

/** Totals with a declared version, so that a change of their schema is not a change of their code. */
const declared = Shop.files["Daily.ts"]!.replace(
  `Asset.make("sales/daily", {`,
  `Asset.make("sales/daily", {\n  codeVersion: "1",`
).replace("AS total FROM", "AS total/* more */ FROM")

const made = Effect.gen(function* () {
  const shop = yield* Shop.make({ "Daily.ts": declared })
  shop.land("2025-06-02-a", "1,2")
  yield* shop.materialize()
  return shop
})

describe("a schema that changed while the declared code version did not", () => {
  it.effect("reads a nullable column as NULL where it was not stored, beside partitions that have it", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.edit("Daily.ts", "total: Schema.Int", "total: Schema.Int, note: Schema.NullOr(Schema.String)")
      shop.edit("Daily.ts", "/* more */", ", 'noted' AS note")
      assert.deepStrictEqual(yield* shop.plan(), [])
      shop.land("2025-06-03-a", "5")
      yield* shop.materialize()
      const rows = yield* shop.query('SELECT partition_key, total, note FROM "sales/daily" ORDER BY 1')
      assert.match(rows, /2025-06-02\t3\t(NULL|\\N|)\n2025-06-03\t5\tnoted$/)
      assert.include(yield* shop.query('SELECT total FROM "sales/quarterly"'), "8")
    }).pipe(Effect.scoped)
  )

  it.effect("widens what was stored narrower, and refuses what was stored wider", () =>
    Effect.gen(function* () {
      const shop = yield* Shop.make({
        "Daily.ts": declared.replace("total: Schema.Int", `total: Schema.Int.annotate({ duckdb: "INTEGER" })`)
      })
      shop.land("2025-06-02-a", "1,2")
      yield* shop.materialize()
      const types = 'SELECT typeof(total) AS type, CAST(sum(total) AS VARCHAR) AS total FROM "sales/daily" GROUP BY 1'
      assert.include(yield* shop.query(types), "INTEGER\t3")
      shop.edit("Daily.ts", `Schema.Int.annotate({ duckdb: "INTEGER" })`, "Schema.Int")
      shop.edit("Daily.ts", "AS INTEGER", "AS BIGINT")
      shop.edit("Quarterly.ts", "AS INTEGER", "AS BIGINT")
      assert.deepStrictEqual(yield* shop.plan("sales/daily"), [])
      shop.land("2025-06-03-a", "5000000000")
      yield* shop.materialize()
      assert.include(yield* shop.query(types), "BIGINT\t5000000003")
      assert.include(yield* shop.query('SELECT total FROM "sales/quarterly"'), "5000000003")
      shop.edit("Daily.ts", "total: Schema.Int }", `total: Schema.Int.annotate({ duckdb: "INTEGER" }) }`)
      assert.deepStrictEqual(yield* shop.plan("sales/daily"), ["sales/daily 2025-06-03 Stale"])
    }).pipe(Effect.scoped)
  )

  it.effect("makes partitions stale that it cannot read, says so, and reads them once they are made again", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.edit("Daily.ts", "total: Schema.Int", "total: Schema.String")
      shop.edit("Daily.ts", "AS INTEGER", "AS VARCHAR")
      shop.edit("Quarterly.ts", "sum(total)", "sum(CAST(total AS INTEGER))")
      assert.include(
        yield* shop.query('FROM "sales/daily"'),
        'column "total" was stored as BIGINT and is VARCHAR now: materialize these partitions again'
      )
      assert.deepStrictEqual(yield* shop.plan("sales/daily"), ["sales/daily 2025-06-02 Stale"])
      assert.strictEqual(
        yield* shop.why("sales/daily", "2025-06-02"),
        'sales/daily[2025-06-02] is stale: schema changed: column "total" was stored as BIGINT and is VARCHAR now. To make it again: strata materialize sales/daily -p 2025-06-02'
      )
      assert.deepStrictEqual(yield* shop.materialize(), [
        "sales/daily Succeeded 2025-06-02",
        "sales/quarterly Succeeded 2025Q2"
      ])
      assert.include(yield* shop.query('SELECT partition_key, total FROM "sales/daily"'), "2025-06-02\t3")
      assert.deepStrictEqual(yield* shop.plan(), [])
    }).pipe(Effect.scoped)
  )
})
