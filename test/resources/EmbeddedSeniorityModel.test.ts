import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as EmbeddedSeniorityModel from "../../resources/EmbeddedSeniorityModel.ts"
import { isSeniority, name } from "../../resources/Seniority.ts"
import { SeniorityModel } from "../../resources/SeniorityModel.ts"

describe("the embedded seniority model", () => {
  it("reads the most senior word of a title", () => {
    const read = (title: string) => name(EmbeddedSeniorityModel.read(title))
    assert.strictEqual(read("Software Engineering Intern"), "Entry")
    assert.strictEqual(read("Junior Analyst"), "Junior")
    assert.strictEqual(read("Accountant"), "Associate")
    assert.strictEqual(read("Senior Sales Manager"), "Manager")
    assert.strictEqual(read("Senior Director, Marketing"), "Director")
    assert.strictEqual(read("Head of Data"), "Director")
    assert.strictEqual(read("Senior Vice President of Sales"), "Executive")
    assert.strictEqual(read("SVP-Sales"), "Executive")
    assert.strictEqual(read("President & CEO"), "Senior Executive")
    assert.strictEqual(read("Chief Human Resources Officer"), "Senior Executive")
  })

  it("is not misled by who is assisted, nor by parts of words", () => {
    const read = (title: string) => name(EmbeddedSeniorityModel.read(title))
    assert.strictEqual(read("Assistant to the President"), "Junior")
    assert.strictEqual(read("Executive Assistant to the CEO"), "Junior")
    assert.strictEqual(read("International Trader"), "Associate")
    assert.strictEqual(read("Headhunter"), "Associate")
  })

  it("takes a title without a word of seniority for an ordinary position", () => {
    assert.strictEqual(EmbeddedSeniorityModel.read(""), 3)
    assert.strictEqual(EmbeddedSeniorityModel.read("…!"), 3)
    assert.strictEqual(EmbeddedSeniorityModel.read("看護師"), 3)
  })

  it.effect.prop(
    "gives every role a seniority, the same each time",
    [Schema.String, Schema.String],
    ([company, title]) =>
      Effect.gen(function* () {
        const model = yield* SeniorityModel
        const [first, second] = yield* model.infer([
          { company, title },
          { company: "", title }
        ])
        assert.isTrue(isSeniority(first))
        assert.strictEqual(first, second)
      }).pipe(Effect.provide(EmbeddedSeniorityModel.layer))
  )
})
