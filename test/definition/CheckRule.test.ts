import { assert, describe, it } from "@effect/vitest"
import * as CheckRule from "../../runtime/definition/CheckRule.ts"

const of = (measured: Partial<CheckRule.Measured>): CheckRule.Measured => ({
  rows: 0,
  quarantined: 0,
  violations: 0,
  before: undefined,
  other: 0,
  ...measured
})

describe("a rule", () => {
  it("of the error rate is strict, and says what holds where nothing was read", () => {
    const outcome = (rows: number, quarantined: number, ofNothing: "pass" | "fail" = "pass") =>
      CheckRule.holds({ _tag: "ErrorRate", below: 0.01, ofNothing }, of({ rows, quarantined }))
    assert.isTrue(outcome(9901, 99))
    assert.isFalse(outcome(99, 1))
    assert.isTrue(outcome(0, 0))
    assert.isFalse(outcome(0, 0, "fail"))
  })

  it("of the change holds at both of its ends, and where there is no version before", () => {
    const rule = { _tag: "ChangeAgainstLast", drop: 0.5, growth: 1 } as const
    const outcomes = [49, 50, 200, 201].map((rows) => CheckRule.holds(rule, of({ rows, before: 100 })))
    assert.deepStrictEqual(outcomes, [false, true, true, false])
    assert.isTrue(CheckRule.holds(rule, of({ rows: 7 })))
    assert.isTrue(CheckRule.holds(rule, of({ rows: 0, before: 0 })))
  })

  it("against becoming empty is about what had rows alone", () => {
    const holds = (isAllowed: boolean, rows: number, before: number | undefined) =>
      CheckRule.holds({ _tag: "BecameEmpty", isAllowed }, of({ rows, before }))
    assert.deepStrictEqual(
      [holds(false, 0, 1), holds(false, 1, 9), holds(false, 0, 0), holds(false, 0, undefined), holds(true, 0, 1)],
      [false, true, true, true, true]
    )
  })

  it("says what it found of several partitions together", () => {
    const all = CheckRule.together([of({ rows: 3, violations: 1 }), of({ rows: 4, violations: 2, before: 5 })])
    assert.deepStrictEqual(all, of({ rows: 7, violations: 3, before: 5 }))
    const reasons = (rules: ReadonlyArray<CheckRule.ColumnRule | CheckRule.CountRule>) =>
      rules.map((rule) => CheckRule.reason(rule, all, 2))
    assert.deepStrictEqual(
      reasons([
        { _tag: "RowCount", min: 9, max: Number.POSITIVE_INFINITY },
        { _tag: "RowCount", min: 0, max: 5 },
        { _tag: "Between", column: "at", min: new Date(0), max: undefined },
        { _tag: "Between", column: "n", min: undefined, max: 7 },
        { _tag: "Unique", columns: ["a"] },
        { _tag: "NotNull", columns: ["a", "b"] }
      ]),
      [
        "there are 7 rows in 2 partitions, at least 9 are expected in each",
        "there are 7 rows in 2 partitions, at most 5 are expected in each",
        "at is not at least 1970-01-01T00:00:00.000Z in 3 of 7 rows",
        "n is not at most 7 in 3 of 7 rows",
        "a is repeated in 3 of 7 rows",
        "a or b is NULL in 3 of 7 rows"
      ]
    )
  })
})
