import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Shop from "./shop.ts"

/** A shop of days in two quarters of which everything is made. */
const made = Effect.gen(function* () {
  const shop = yield* Shop.make()
  shop.land("2025-03-31-a", "1")
  shop.land("2025-06-02-a", "1,2")
  shop.land("2025-06-03-a", "5")
  yield* shop.materialize()
  return shop
})

describe("what lands after everything was made", () => {
  it.effect("late for one day makes that day's chain and the one quarter above it", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.land("2025-06-03-b", "7")
      assert.deepStrictEqual(yield* shop.plan(), [
        "sales/parsed 2025-06-03 Stale",
        "sales/daily 2025-06-03 InputPending",
        "sales/quarterly 2025Q2 InputPending"
      ])
      assert.strictEqual(
        yield* shop.why("sales/parsed", "2025-06-03"),
        "sales/parsed[2025-06-03] is stale: input changed: sales/raw[2025-06-03] (2025-06-03-b). To make it again: strata materialize sales/parsed -p 2025-06-03"
      )
      yield* shop.materialize()
      assert.include(
        yield* shop.query('SELECT partition_key, total FROM "sales/quarterly" ORDER BY 1'),
        "2025Q1\t1\n2025Q2\t15"
      )
      assert.deepStrictEqual(yield* shop.plan(), [])
    }).pipe(Effect.scoped)
  )

  it.effect("on a day of its own makes that day and its quarter", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.land("2025-06-30-a", "7")
      assert.deepStrictEqual(yield* shop.plan(), [
        "sales/parsed 2025-06-30 Missing",
        "sales/daily 2025-06-30 Missing",
        "sales/quarterly 2025Q2 InputPending"
      ])
      assert.strictEqual(
        yield* shop.why("sales/daily", "2025-06-30"),
        "sales/daily[2025-06-30] is missing: it waits for sales/parsed[2025-06-30], which was not made yet. To make both: strata materialize +sales/daily -p 2025-06-30"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("names the day whose content changed, and not the one that was made again as it was", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.land("2025-06-03-a", "6")
      yield* shop.materialize("sales/parsed", "sales/daily", "--force")
      assert.deepStrictEqual(yield* shop.plan(), ["sales/quarterly 2025Q2 Stale"])
      assert.strictEqual(
        yield* shop.why("sales/quarterly", "2025Q2"),
        "sales/quarterly[2025Q2] is stale: input changed: sales/daily[2025-06-03]. To make it again: strata materialize sales/quarterly -p 2025Q2"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("corrected and put back as it was makes nothing", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.land("2025-06-03-a", "6")
      assert.strictEqual((yield* shop.plan()).length, 3)
      shop.land("2025-06-03-a", "5")
      assert.deepStrictEqual(yield* shop.plan(), [])
    }).pipe(Effect.scoped)
  )

  it.effect("and vanishes again takes its partition with it, and leaves the quarter to be made without", () =>
    Effect.gen(function* () {
      const shop = yield* made
      Shop.remove(shop, "2025-06-03-a")
      assert.deepStrictEqual(yield* shop.plan(), ["sales/quarterly 2025Q2 Stale"])
      assert.strictEqual(
        yield* shop.why("sales/quarterly", "2025Q2"),
        "sales/quarterly[2025Q2] is stale: input changed: it is made from other partitions now, or one of them is gone. To make it again: strata materialize sales/quarterly -p 2025Q2"
      )
      assert.include(yield* shop.why("sales/daily", "2025-06-03"), "there is nothing of sales/parsed")
    }).pipe(Effect.scoped)
  )
})
