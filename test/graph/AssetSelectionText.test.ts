import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AssetSelection from "../../runtime/graph/AssetSelection.ts"
import * as AssetSelectionText from "../../runtime/graph/AssetSelectionText.ts"

const parse = (text: string) => Result.getOrThrow(AssetSelectionText.parse(text))
const problem = (text: string) => Result.getOrThrow(Result.flip(AssetSelectionText.parse(text))).message

const key = (pattern: string): AssetSelection.AssetSelection => ({ _tag: "Key", pattern })
const and = (...of: ReadonlyArray<AssetSelection.AssetSelection>): AssetSelection.AssetSelection => ({
  _tag: "And",
  of
})
const or = (...of: ReadonlyArray<AssetSelection.AssetSelection>): AssetSelection.AssetSelection => ({ _tag: "Or", of })
const not = (of: AssetSelection.AssetSelection): AssetSelection.AssetSelection => ({ _tag: "Not", of })
const steps = (
  up: AssetSelection.Steps,
  of: AssetSelection.AssetSelection,
  down: AssetSelection.Steps
): AssetSelection.AssetSelection => ({ _tag: "Traverse", up, of, down })

describe("the text of a selection", () => {
  it.prop("reads back as the same selection", [AssetSelection.AssetSelection], ([selection]) => {
    const text = AssetSelection.print(selection)
    assert.deepStrictEqual(parse(text), selection, text)
  })

  it.prop("with any names in it reads back as the same selection", [Schema.Array(Schema.String)], ([names]) => {
    for (const name of [
      ...names,
      "and",
      "NOT",
      "a b",
      '"',
      "\\",
      "a\nb",
      "*",
      "1",
      "<null>",
      "",
      "a,b",
      "x/*",
      "é",
      "a:b"
    ]) {
      const tag: AssetSelection.AssetSelection = { _tag: "Tag", key: name, value: name }
      const selection = or(key(name), not({ _tag: "Owner", value: name }), and(tag, steps(1, key(name), 2)))
      assert.deepStrictEqual(parse(AssetSelection.print(selection)), selection)
    }
  })

  it("is printed with no more parentheses than it needs", () => {
    for (const text of [
      "*",
      "key:postings/daily",
      "+key:postings/daily",
      "2+key:a+1",
      "0+key:a",
      "key:a or key:b and not key:c+",
      "(key:a or key:b) and not (key:c or key:d)",
      "(key:a and key:b) and key:c",
      "not +(not key:a)",
      "+(+key:a)",
      "roots(key:a or group:b)+",
      "tag:tier=gold or tag:tier or owner:<null> or tag:<null>",
      'key:"0.94" or group:"not" or kind:"a \\"b\\" \\\\"',
      "status:up-to-date and sinks(*)"
    ]) {
      assert.strictEqual(AssetSelection.print(parse(text)), text)
    }
  })

  it("binds steps before not, not before and, and before or", () => {
    const [a, b, c] = [key("a"), key("b"), key("c")] as const
    assert.deepStrictEqual(parse("not +key:a and key:b or key:c"), or(and(not(steps("All", a, 0)), b), c))
    assert.deepStrictEqual(parse("key:a OR key:b AND NOT key:c"), or(a, and(b, not(c))))
    assert.deepStrictEqual(parse("(key:a or key:b) and key:c"), and(or(a, b), c))
  })

  it("takes steps on both sides, all the way or so many", () => {
    const a = key("a")
    for (const [text, expected] of [
      ["+a", steps("All", a, 0)],
      ["a+", steps(0, a, "All")],
      ["+a+", steps("All", a, "All")],
      ["1+a+2", steps(1, a, 2)],
      [" 1 + a + 2 ", steps(1, a, 2)],
      ["3+*", steps(3, AssetSelection.all, 0)],
      ["2+(a or b)", steps(2, or(a, key("b")), 0)]
    ] as const) {
      assert.deepStrictEqual(parse(text), expected, text)
    }
  })

  it("takes a key on its own, and a comma for or", () => {
    assert.deepStrictEqual(parse("postings/daily"), key("postings/daily"))
    assert.deepStrictEqual(parse("+postings/*"), steps("All", key("postings/*"), 0))
    assert.deepStrictEqual(parse('"postings/daily"'), key("postings/daily"))
    assert.deepStrictEqual(parse("a, b and c,d"), or(key("a"), and(key("b"), key("c")), key("d")))
    assert.deepStrictEqual(parse('key:"postings/*" and not group:raw'), and(key("postings/*"), not(group("raw"))))
    assert.deepStrictEqual(parse("2024/raw"), key("2024/raw"))
    assert.deepStrictEqual(parse("status"), key("status"))
  })

  it("takes functions of selections, and statuses as functions", () => {
    const failed: AssetSelection.AssetSelection = { _tag: "Status", status: "failed" }
    assert.deepStrictEqual(parse("failed(group:raw)"), and(group("raw"), failed))
    assert.deepStrictEqual(parse("roots()"), { _tag: "Roots", of: AssetSelection.all })
    assert.deepStrictEqual(parse("sinks(a, b)"), { _tag: "Sinks", of: or(key("a"), key("b")) })
  })

  it("points at the place where it cannot be read, and says what was expected", () => {
    assert.strictEqual(
      problem("postings/daily and"),
      [
        "the selection cannot be read: expected an asset such as postings/daily, or one of key:, group:, kind:, owner:, tag:, status:, roots( and sinks(",
        "  postings/daily and",
        "                    ^"
      ].join("\n")
    )
    assert.strictEqual(
      problem("grup:raw"),
      [
        "the selection cannot be read: expected one of key:, group:, kind:, owner:, tag:, status:; did you mean group:?",
        "  grup:raw",
        "  ^"
      ].join("\n")
    )
  })

  for (const [text, at, expected] of [
    ["", 0, "an asset such as"],
    ["   ", 3, "an asset such as"],
    ["a b", 2, "and, or, a comma or the end"],
    ["(a or b", 7, "and, or, a comma or )"],
    ["a)", 1, "and, or, a comma or the end"],
    ["a,", 2, "an asset such as"],
    ["not", 3, "an asset such as"],
    ["+", 1, "an asset such as"],
    ["++a", 1, "an asset such as"],
    ["a or or b", 5, "an asset such as"],
    ["status:faild", 7, "one of missing, failed, stale, up-to-date, running; did you mean failed?"],
    ["root(a)", 0, "did you mean roots(?"],
    ["group:", 6, "a group"],
    ["key:<null>", 10, "a key instead of <null>"],
    ["tag:a=", 6, "the value of the tag"],
    ['key:"a', 4, 'a closing "'],
    ["a & b", 2, "in quotes"],
    ["a\u0000", 1, "in quotes"],
    ["9999999+a", 0, "at most 1000000 steps"],
    ["constructor:x", 0, "one of key:"]
  ] as const) {
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      const error = Result.getOrThrow(Result.flip(AssetSelectionText.parse(text)))
      assert.include(error.expected, expected)
      assert.strictEqual(error.at, at)
      assert.strictEqual(error.message.split("\n").at(-1), `  ${" ".repeat(at)}^`)
    })
  }

  it("is refused when it is too long or too deep, before it uses up time or stack", () => {
    assert.include(problem("a".repeat(10_001)), "at most 10000 characters")
    assert.include(problem("(".repeat(5000)), "at most 100 levels")
    assert.include(problem("not ".repeat(2000)), "at most 100 levels")
    assert.strictEqual(parse(`${"(".repeat(100)}a${")".repeat(100)}`)._tag, "Key")
  })

  it("shows the part around a place in a long text, on one line", () => {
    const [, line, caret] = problem(`${"a or ".repeat(100)}&\n${" or a".repeat(100)}`).split("\n")
    assert.isBelow(line!.length, 80)
    assert.strictEqual(line![caret!.length - 1], "&")
  })

  it.prop("is read or refused, whatever it is", [Schema.String], ([text]) => {
    for (const wild of [text, `key:${text}`, `(${text}) and +a`]) {
      const result = AssetSelectionText.parse(wild)
      if (Result.isSuccess(result)) assert.deepStrictEqual(parse(AssetSelection.print(result.success)), result.success)
      else assert.isAtMost(result.failure.at, wild.length)
    }
  })
})

function group(value: string): AssetSelection.AssetSelection {
  return { _tag: "Group", value }
}
