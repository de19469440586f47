import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../../runtime/definition/PartitionsDefinition.ts"
import * as PartitionExpression from "../../runtime/graph/PartitionExpression.ts"
import * as PartitionExpressionText from "../../runtime/graph/PartitionExpressionText.ts"
import * as ResolvedPartitions from "../../runtime/graph/ResolvedPartitions.ts"

const parse = (text: string) => Result.getOrThrow(PartitionExpressionText.parse(text))

describe("the text of an expression of partitions", () => {
  it.prop("reads back as the same expression", [PartitionExpression.PartitionExpression], ([expression]) => {
    const text = PartitionExpression.print(expression)
    assert.deepStrictEqual(parse(text), expression, text)
  })

  it.prop("with any keys in it reads back as the same expression", [Schema.Array(Schema.String)], ([texts]) => {
    for (const text of [
      ...texts,
      "",
      " a ",
      "a,b",
      "a|b",
      '"',
      "\\",
      "a\\|b",
      "...",
      "a.",
      ".a",
      "*",
      "latest",
      "stale",
      "0.94"
    ]) {
      const parts: ReadonlyArray<PartitionExpression.Part> = [
        { _tag: "Key", text },
        { _tag: "Range", from: text, to: text },
        { _tag: "Range", from: null, to: text },
        { _tag: "Range", from: text, to: null }
      ]
      const expression: PartitionExpression.PartitionExpression = {
        _tag: "Union",
        of: [...parts, { _tag: "Product", of: parts }]
      }
      assert.deepStrictEqual(parse(PartitionExpression.print(expression)), expression)
    }
  })

  it("is plain where it can be", () => {
    for (const [text, printed] of [
      ["2025-06-01", "2025-06-01"],
      [" 2025-06-01 ... 2025-06-30 , latest", "2025-06-01...2025-06-30,latest"],
      ["2025-06-01...", "2025-06-01..."],
      ["...2025Q2", "...2025Q2"],
      ["2025-06 | us", "2025-06|us"],
      ["*|New York", "*|New York"],
      ["eu\\|south", '"eu|south"'],
      ['"latest"', '"latest"'],
      ["missing,failed , stale", "missing,failed,stale"],
      ["0.94-to-0.95", "0.94-to-0.95"]
    ] as const) {
      assert.strictEqual(PartitionExpression.print(parse(text)), printed)
    }
  })

  for (const [text, at, expected] of [
    ["", 0, "a partition such as"],
    ["2025,", 5, "a partition such as"],
    ["a,,b", 2, "a partition such as"],
    ["a|", 2, "a partition such as"],
    ["a*", 1, "a comma"],
    ['"a', 0, 'a closing "'],
    ["failed|us", 0, "failed to stand alone"],
    ["us|stale", 3, "stale to stand alone"],
    ["a...b...c", 5, "a comma"]
  ] as const) {
    it(`is refused with its place when it is ${JSON.stringify(text)}`, () => {
      const error = Result.getOrThrow(Result.flip(PartitionExpressionText.parse(text)))
      assert.deepStrictEqual([error.at, error.expected.startsWith(expected)], [at, true], error.message)
      assert.strictEqual(error.message.split("\n").at(-1), `  ${" ".repeat(at)}^`)
    })
  }

  it.prop("is read or refused, whatever it is", [Schema.String], ([text]) => {
    for (const wild of [text, `${text}...${text}`, `${text}|${text},`]) {
      const result = PartitionExpressionText.parse(wild)
      if (Result.isSuccess(result))
        assert.deepStrictEqual(parse(PartitionExpression.print(result.success)), result.success)
      else assert.isAtMost(result.failure.at, wild.length)
    }
  })
})

const june = PartitionsDefinition.daily({ start: "2025-05-01", end: "2025-07-31" })
const hours = PartitionsDefinition.hourly({ start: "2025-06-01", end: "2025-06-30" })
const quarters = PartitionsDefinition.quarterly({ start: "2024", end: "2025" })
const weeks = PartitionsDefinition.weekly({ start: "2025", end: "2025" })
const shifts = PartitionsDefinition.cron("0 6,18 * * *", { start: "2025-06", end: "2025-06" })
const regions = PartitionsDefinition.fixed(["us", "eu", "New York", "latest", "asia"])
const customers = PartitionsDefinition.dynamic("customers")
const product = PartitionsDefinition.product({ day: june, region: regions })
const names = PartitionsDefinition.product({ region: regions, customer: customers })

const dictionary = [regions, product].reduce(
  (dictionary, definition) =>
    PartitionDictionary.extend(dictionary, PartitionsDefinition.dictionaryKeys(definition, dictionary)),
  PartitionDictionary.extend(
    PartitionDictionary.empty,
    ["us|ann", "eu|bob"].flatMap((key) => Result.getOrThrow(PartitionsDefinition.observedKeys(names, key)))
  )
)

const contextOf = (definition: PartitionsDefinition.Any): ResolvedPartitions.Context => {
  const existing = PartitionsDefinition.all(definition, dictionary, 0)
  return {
    definition,
    dictionary,
    existing,
    status: (status) =>
      status === "failed"
        ? PartitionSet.union(
            PartitionSet.of(PartitionSet.at(existing, 1)!),
            PartitionSet.of(PartitionSet.at(existing, 3)!)
          )
        : PartitionSet.empty
  }
}

const resolve = (definition: PartitionsDefinition.Any, text: string) =>
  Result.match(ResolvedPartitions.resolve(parse(text), contextOf(definition)), {
    onFailure: ({ message }) => message,
    onSuccess: (set) => PartitionsDefinition.format(definition, dictionary, set)
  })

describe("an expression of partitions", () => {
  for (const [name, definition, text, expected] of [
    ["days", june, "2025-06-01", "2025-06-01"],
    ["days", june, "2025-06-01...2025-06-30", "2025-06-01…2025-06-30 (30)"],
    ["days", june, "2025-06-29...", "2025-06-29…2025-07-31 (33)"],
    ["days", june, "...2025-05-03", "2025-05-01…2025-05-03 (3)"],
    ["days", june, "2025-06", "2025-06-01…2025-06-30 (30)"],
    ["days", june, "2025Q2", "2025-05-01…2025-06-30 (61)"],
    ["days", june, "2025-W23", "2025-06-02…2025-06-08 (7)"],
    ["days", june, "2025", "2025-05-01…2025-07-31 (92)"],
    ["days", june, "2025-06...2025-07-01", "2025-06-01…2025-07-01 (31)"],
    ["days", june, "latest", "2025-07-31"],
    ["days", june, "failed", "2025-05-02, 2025-05-04 (2)"],
    ["days", june, "missing", "none"],
    ["days", june, "*", "2025-05-01…2025-07-31 (92)"],
    ["days", june, "...", "2025-05-01…2025-07-31 (92)"],
    ["days", june, "2025-06-03,latest,2025-06-01", "2025-06-01, 2025-06-03, 2025-07-31 (3)"],
    ["days", june, "2024-01-01", "none"],
    ["days", june, "2024,2026", "none"],
    ["hours", hours, "2025-06-01", "2025-06-01T00…2025-06-01T23 (24)"],
    ["hours", hours, "2025-06-01T22...2025-06-02T01", "2025-06-01T22…2025-06-02T01 (4)"],
    ["quarters", quarters, "2025Q2", "2025Q2"],
    ["quarters", quarters, "2025", "2025Q1…2025Q4 (4)"],
    ["quarters", quarters, "2025-04", "2025Q2"],
    ["quarters", quarters, "2025-05", "none"],
    ["quarters", quarters, "2024-12-31...2025-06-30", "2025Q1, 2025Q2 (2)"],
    ["weeks", weeks, "2025-06", "2025-W23…2025-W27 (5)"],
    ["shifts", shifts, "2025-06-01", "2025-06-01T06:00, 2025-06-01T18:00 (2)"],
    ["shifts", shifts, "2025-06-01T18:00...2025-06-02T06:00", "2025-06-01T18:00, 2025-06-02T06:00 (2)"],
    ["a list", regions, "us", "us"],
    ["a list", regions, "New York,asia", "New York, asia (2)"],
    ["a list", regions, '"latest"', "latest"],
    ["a list", regions, "eu...latest", "eu, New York, latest (3)"],
    ["a list", regions, "latest...", "latest, asia (2)"],
    ["names", customers, "ann", "ann"],
    ["names", customers, "latest", "bob"],
    ["a product", product, "2025-06-01|us", "2025-06-01 | us"],
    ["a product", product, "2025-06|*", "2025-06-01…2025-06-30 | us, eu, New York, and 2 more (150)"],
    ["a product", product, "*|us,2025-06-01|eu", "2025-05-01…2025-07-31 | us; 2025-06-01 | eu (93)"],
    ["a product", product, "2025-06-01...2025-06-03|us...New York", "2025-06-01…2025-06-03 | us, eu, New York (9)"],
    ["a product", product, "latest|us", "2025-07-31 | us"],
    ["a product", product, "latest", "2025-07-31 | us, eu, New York, and 2 more (5)"],
    ["a product", product, "2025-06-01", "2025-06-01 | us, eu, New York, and 2 more (5)"],
    ["a product of names", names, "us|ann", "us | ann"],
    ["a product of names", names, "us|*", "us | ann"]
  ] as const) {
    it(`${text} of ${name} is ${expected}`, () => {
      assert.strictEqual(resolve(definition, text), expected)
    })
  }

  it("of an asset without partitions is what it has, or refused", () => {
    const context = contextOf(PartitionsDefinition.unpartitioned)
    for (const text of ["*", "latest"]) {
      const found = Result.getOrThrow(ResolvedPartitions.resolve(parse(text), context))
      assert.deepStrictEqual(found.bounds, [0, 1])
    }
    assert.include(resolve(PartitionsDefinition.unpartitioned, "2025"), "no keys, for it has no partitions")
  })

  it("takes the latest among those that exist with the other keys", () => {
    const context = contextOf(product)
    const gone = Result.getOrThrow(ResolvedPartitions.resolve(parse("2025-07-30...|us"), context))
    const existing = PartitionSet.difference(context.existing, gone)
    const latest = Result.getOrThrow(ResolvedPartitions.resolve(parse("latest|us"), { ...context, existing }))
    assert.strictEqual(PartitionsDefinition.format(product, dictionary, latest), "2025-07-29 | us")
  })

  it("that does not fit a definition is refused with its place", () => {
    assert.strictEqual(
      resolve(june, "2025-06-01,2025-02-30"),
      [
        "the partitions do not fit daily from 2025-05-01 to 2025-07-31: expected a day that exists, written like 2025-06-01",
        "  2025-06-01,2025-02-30",
        "             ^"
      ].join("\n")
    )
  })

  for (const [definition, text, at, expected] of [
    [june, "us", 0, "a day that exists"],
    [june, "2025-06-01...x", 13, "a day that exists"],
    [june, "2025-06-02...2025-06-01", 13, "an end that does not come before the start"],
    [june, "2025-06-01|us", 0, "a key without |"],
    [quarters, "2025Q5", 0, "a quarter that exists"],
    [regions, "use", 0, "one of these keys; did you mean us?"],
    [regions, "us,latest", 3, "a key, for a fixed list has no latest one"],
    [regions, "asia...us", 7, "an end that does not come before the start"],
    [regions, "us...mars", 5, "one of these keys"],
    [customers, "an", 0, "a key that was observed"],
    [customers, "ann...bob", 0, "keys one by one"],
    [product, "latest,2025-06-01|mars", 18, "for region one of these keys"],
    [product, "2025-06-01|us|x", 0, "day|region"],
    [names, "us", 0, "region|customer"]
  ] as const) {
    it(`${text} is refused at ${at}, for it expects ${expected}`, () => {
      const error = Result.getOrThrow(Result.flip(ResolvedPartitions.resolve(parse(text), contextOf(definition))))
      assert.include(error.expected, expected)
      assert.strictEqual(error.at, at)
    })
  }

  it("over a million days costs nothing by the day", () => {
    const days = PartitionsDefinition.daily({ start: "0100", end: "2900" })
    const context = contextOf(days)
    const start = performance.now()
    const found = Result.getOrThrow(ResolvedPartitions.resolve(parse("0200...2800,latest,failed"), context))
    assert.isAbove(PartitionSet.size(found), 900_000)
    assert.strictEqual(
      PartitionsDefinition.format(days, dictionary, found).split("…")[0],
      "0100-01-02, 0100-01-04, 0200-01-01"
    )
    assert.isBelow(performance.now() - start, 50)
  })
})
