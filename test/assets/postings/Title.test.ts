import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { clean } from "../../../assets/postings/Title.ts"

describe("a clean title", () => {
  it("is in lower case, without punctuation and symbols", () => {
    assert.strictEqual(clean("Sr. Software Engineer (C++) – R&D"), "sr software engineer c r d")
    assert.strictEqual(clean("Director, Sales/Marketing | $120k"), "director sales marketing 120k")
    assert.strictEqual(clean("「看護師」募集"), "看護師 募集")
  })

  it("loses ASCII apostrophes without a trace, others leave a space", () => {
    assert.strictEqual(clean("Children's Nurse"), "childrens nurse")
    assert.strictEqual(clean("Children’s Nurse"), "children s nurse")
  })

  it("has its white space collapsed, of whatever kind", () => {
    assert.strictEqual(clean("  Data \t\n Analyst\u00a0\u2003II\u0085 "), "data analyst ii")
    assert.strictEqual(clean(" . "), "")
  })

  it("is decomposed after it is in lower case", () => {
    assert.strictEqual(clean("CAFÉ Manager"), "cafe\u0301 manager")
    assert.strictEqual(clean("ﬁnance Ⅳ ½"), "finance iv 1 2")
    assert.strictEqual(clean("Widget™"), "widgetTM")
  })

  it.effect.prop("holds no punctuation, symbol or doubled white space", [Schema.String], ([title]) =>
    Effect.sync(() => {
      const cleaned = clean(title)
      assert.strictEqual(cleaned, cleaned.trim())
      assert.notMatch(cleaned, /[\p{P}\p{S}]|\p{White_Space}{2}/u)
    })
  )
})
