import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Shop from "./shop.ts"

/** A shop of two days of which everything is made. */
const made = Effect.gen(function* () {
  const shop = yield* Shop.make({
    "Unrelated.ts": "export const other = 1\n",
    "Amount.ts": `${Shop.files["Amount.ts"]}export type Unused = string\n`
  })
  shop.land("2025-06-02-a", "1,2")
  shop.land("2025-06-03-a", "5")
  yield* shop.materialize()
  return shop
})

describe("changed code", () => {
  it.effect("recomputes nothing where it is a comment, a type, a layer of a resource, or of an unrelated module", () =>
    Effect.gen(function* () {
      const shop = yield* made
      assert.deepStrictEqual(yield* shop.plan(), [])
      shop.edit("Amount.ts", "/** An amount as people write it. */", "// Amounts.\n\n")
      shop.edit("Amount.ts", "export type Unused = string", "export interface Unused { readonly a: string }")
      shop.edit("Parsed.ts", "materialize:", "/* The body. */ materialize:")
      shop.edit("FlatRates.ts", "(amount) => amount", "(amount) => amount * 2")
      shop.edit("Unrelated.ts", "1", "2")
      assert.deepStrictEqual(yield* shop.plan(), [])
    }).pipe(Effect.scoped)
  )

  it.effect("recomputes its asset, and what is made from it as far as content changed", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.edit("Amount.ts", "Number(text)", "Number.parseInt(text, 10)")
      const pending = ["sales/daily 2025-06-02 InputPending", "sales/daily 2025-06-03 InputPending"]
      assert.deepStrictEqual(yield* shop.plan(), [
        "sales/parsed 2025-06-02 Stale",
        "sales/parsed 2025-06-03 Stale",
        ...pending,
        "sales/quarterly 2025Q2 InputPending"
      ])
      assert.deepStrictEqual(yield* shop.changes(), ["sales/parsed: code changed: Amount.ts"])
      assert.strictEqual(
        yield* shop.why("sales/parsed", "2025-06-02"),
        "sales/parsed[2025-06-02] is stale: code changed: Amount.ts. To make it again: strata materialize sales/parsed -p 2025-06-02"
      )
      assert.deepStrictEqual(yield* shop.materialize(), [
        "sales/parsed Succeeded 2025-06-02…2025-06-03",
        "sales/daily Unchanged 2025-06-02…2025-06-03",
        "sales/quarterly Unchanged 2025Q2"
      ])
      shop.edit("Amount.ts", "Number.parseInt(text, 10)", "Number(text) + (text === '5' ? 1 : 0)")
      assert.deepStrictEqual(yield* shop.materialize(), [
        "sales/parsed Succeeded 2025-06-02…2025-06-03",
        "sales/daily Succeeded 2025-06-03, Unchanged 2025-06-02",
        "sales/quarterly Succeeded 2025Q2"
      ])
      assert.deepStrictEqual(yield* shop.plan(), [])
    }).pipe(Effect.scoped)
  )

  it.effect("of a module that only a descendant reaches leaves what it is made from alone", () =>
    Effect.gen(function* () {
      const shop = yield* made
      shop.edit("Quarterly.ts", "sum(total)", "sum(total + 0)")
      assert.deepStrictEqual(yield* shop.materialize(), ["sales/quarterly Succeeded 2025Q2"])
    }).pipe(Effect.scoped)
  )
})

describe("changed parameters", () => {
  it.effect("are part of what a partition is made from, and named", () =>
    Effect.gen(function* () {
      const shop = yield* made
      assert.deepStrictEqual(yield* shop.plan("-c", "sales/daily.least=2"), [
        "sales/daily 2025-06-02 Stale",
        "sales/daily 2025-06-03 Stale",
        "sales/quarterly 2025Q2 InputPending"
      ])
      assert.deepStrictEqual(yield* shop.materialize("-c", "sales/daily.least=2"), [
        "sales/daily Succeeded 2025-06-02…2025-06-03",
        "sales/quarterly Succeeded 2025Q2"
      ])
      assert.deepStrictEqual(yield* shop.plan("-c", "sales/daily.least=2"), [])
      assert.strictEqual(
        yield* shop.why("sales/daily", "2025-06-02"),
        "sales/daily[2025-06-02] is stale: config changed: least 2 → 0. To make it again: strata materialize sales/daily -p 2025-06-02"
      )
    }).pipe(Effect.scoped)
  )
})
