import { assert, describe, it } from "@effect/vitest"
import * as Acronym from "../../../../assets/postings/attributes/Acronym.ts"

describe("an acronym", () => {
  it("stands at the end of the words that it is short for", () => {
    assert.strictEqual(Acronym.of("Structured query language SQL"), "SQL")
    assert.strictEqual(Acronym.of("Amazon Web Services AWS software"), "AWS")
    assert.strictEqual(Acronym.of("Human resource information system (HRIS)"), "HRIS")
    assert.strictEqual(Acronym.of("Hypertext markup language HTML"), "HTML")
  })

  it("is none of other words", () => {
    for (const name of ["SQL", "Microsoft Excel", "SAS JMP", "Oracle PL/SQL", "Python", "IBM DB2", ""]) {
      assert.isUndefined(Acronym.of(name), name)
    }
  })
})
