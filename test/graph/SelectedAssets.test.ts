import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type * as AssetSelection from "../../runtime/graph/AssetSelection.ts"
import * as AssetSelectionText from "../../runtime/graph/AssetSelectionText.ts"
import * as NearestName from "../../runtime/graph/NearestName.ts"
import * as SelectedAssets from "../../runtime/graph/SelectedAssets.ts"
import * as Wildcard from "../../runtime/graph/Wildcard.ts"

const asset = (key: string, inputs: ReadonlyArray<string>, more: Partial<Attributes> = {}) => ({
  key: AssetKey.make(key),
  group: AssetKey.prefix(AssetKey.make(key)),
  kinds: [],
  owners: [],
  tags: {},
  ...more,
  inputs: inputs.map((input) => ({ asset: AssetKey.make(input) }))
})

interface Attributes {
  readonly kinds: ReadonlyArray<string>
  readonly owners: ReadonlyArray<string>
  readonly tags: Readonly<Record<string, string>>
}

const graph = SelectedAssets.graphOf([
  asset("market/raw", [], { kinds: ["csv"] }),
  asset("postings/raw", [], { kinds: ["jsonl"], owners: ["team:data", "ann@example.com"] }),
  asset("postings/parsed", ["postings/raw"], { tags: { tier: "gold", pii: "" } }),
  asset("postings/seniority", ["postings/parsed"], { tags: { tier: "silver" } }),
  asset("postings/skills", ["postings/parsed"]),
  asset("postings/daily", ["postings/seniority", "postings/skills"], { owners: ["team:data"] }),
  asset("postings/quarterly", ["postings/daily"]),
  asset("market/prices", ["market/raw"]),
  asset("report/all", ["postings/quarterly", "market/prices"])
])

/** Ten partitions of every asset; those of daily are ten times as many, each quarterly one is made from ten. */
const knowledge: SelectedAssets.Knowledge = {
  existing: (key) => PartitionSet.range(0, key === "postings/daily" ? 100 : 10),
  status: (key, status) => {
    if (status === "failed" && key === "postings/daily") return PartitionSet.fromOrdinals([3, 4, 57])
    if (status === "failed" && key === "market/prices") return PartitionSet.of(9)
    if (status === "missing" && key === "postings/daily") return PartitionSet.range(4, 10)
    return PartitionSet.empty
  }
}

const resolve = (text: string, known = knowledge) =>
  SelectedAssets.resolve(Result.getOrThrow(AssetSelectionText.parse(text)), graph, known)

const keys = (text: string) => [...Result.getOrThrow(resolve(text)).keys()].join(" ").replaceAll("postings/", "p/")

const partitions = (text: string, known = knowledge) =>
  Object.fromEntries(
    [...Result.getOrThrow(resolve(text, known))].map(([key, set]) => [
      key,
      set === "All" ? "All" : [...PartitionSet.ordinals(set)]
    ])
  )

const problem = (text: string) => Result.getOrThrow(Result.flip(resolve(text))).message

describe("a selection", () => {
  for (const [text, expected] of [
    ["key:postings/daily", "p/daily"],
    ["postings/s*", "p/seniority p/skills"],
    ["*raw", "market/raw p/raw"],
    ["group:market", "market/raw market/prices"],
    ["kind:csv", "market/raw"],
    ['owner:"team:data"', "p/raw p/daily"],
    ["tag:tier=gold", "p/parsed"],
    ["tag:tier", "p/parsed p/seniority"],
    ['tag:pii=""', "p/parsed"],
    ["kind:<null> and group:market", "market/prices"],
    ["owner:<null> and tag:<null> and group:postings", "p/skills p/quarterly"],
    ["+postings/daily", "p/raw p/parsed p/seniority p/skills p/daily"],
    ["1+postings/daily", "p/seniority p/skills p/daily"],
    ["0+postings/daily", "p/daily"],
    ["postings/daily+", "p/daily p/quarterly report/all"],
    ["1+postings/daily+1", "p/seniority p/skills p/daily p/quarterly"],
    ["+(group:market or postings/skills)", "market/raw p/raw p/parsed p/skills market/prices"],
    ["roots()", "market/raw p/raw"],
    ["sinks()", "report/all"],
    ["roots(group:postings and not key:postings/raw)", "p/parsed"],
    ["sinks(+postings/daily, group:market)", "p/daily market/prices"],
    ["not group:postings", "market/raw market/prices report/all"],
    ["* and not *", ""],
    ["roots() and group:market", "market/raw"],
    ["+postings/daily and not roots()", "p/parsed p/seniority p/skills p/daily"]
  ] as const) {
    it(`${text} is ${expected === "" ? "nothing" : expected}, in the order of the graph`, () => {
      assert.strictEqual(keys(text), expected)
    })
  }

  it("of a status is exactly the partitions that have it", () => {
    assert.deepStrictEqual(partitions("status:failed"), { "postings/daily": [3, 4, 57], "market/prices": [9] })
    assert.deepStrictEqual(partitions("status:failed and group:postings"), { "postings/daily": [3, 4, 57] })
    assert.deepStrictEqual(partitions("failed(group:postings)"), { "postings/daily": [3, 4, 57] })
    assert.deepStrictEqual(partitions("status:failed and status:missing"), { "postings/daily": [4] })
    assert.deepStrictEqual(partitions("postings/daily and not (status:failed or status:missing)")["postings/daily"], [
      ...[0, 1, 2],
      ...Array.from({ length: 90 }, (_, i) => i + 10).filter((day) => day !== 57)
    ])
    assert.deepStrictEqual(partitions("status:failed or market/prices"), {
      "postings/daily": [3, 4, 57],
      "market/prices": "All"
    })
    assert.deepStrictEqual(partitions("postings/raw and not status:failed"), { "postings/raw": "All" })
  })

  it("goes from partitions to those they are made of or have a part in", () => {
    const known: SelectedAssets.Knowledge = {
      ...knowledge,
      upstream: (_key, _input, of) => of,
      downstream: (key, _input, of) =>
        key === "postings/quarterly"
          ? PartitionSet.fromOrdinals([...PartitionSet.ordinals(of)].map((day) => Math.floor(day / 10)))
          : of
    }
    assert.deepStrictEqual(partitions("failed(postings/daily)+1", known), {
      "postings/daily": [3, 4, 57],
      "postings/quarterly": [0, 5]
    })
    assert.deepStrictEqual(partitions("1+failed(postings/daily)", known), {
      "postings/seniority": [3, 4, 57],
      "postings/skills": [3, 4, 57],
      "postings/daily": [3, 4, 57]
    })
    assert.deepStrictEqual(partitions("failed(postings/daily)+1"), {
      "postings/daily": [3, 4, 57],
      "postings/quarterly": "All"
    })
  })

  it("asks for the status of no asset that is left out anyway", () => {
    const asked: Array<string> = []
    const status = (key: AssetKey.AssetKey, status: AssetSelection.Status) => {
      asked.push(key)
      return knowledge.status(key, status)
    }
    partitions("status:failed and group:market", { ...knowledge, status })
    assert.deepStrictEqual(asked, ["market/raw", "market/prices"])
  })

  it("names what it does not know, and the nearest names", () => {
    assert.strictEqual(
      problem("key:postings/dayly"),
      'there is no asset "postings/dayly"; did you mean postings/daily?'
    )
    assert.strictEqual(problem("daily"), 'there is no asset "daily"; did you mean postings/daily?')
    assert.strictEqual(problem("prices/*"), 'no asset matches "prices/*"')
    assert.strictEqual(problem("* or group:postngs"), 'no asset has the group "postngs"; did you mean postings?')
    assert.strictEqual(problem("not kind:cvs"), 'no asset has the kind "cvs"; did you mean csv?')
    assert.strictEqual(problem("tag:tier=god"), 'no asset has the tag "tier=god"; did you mean tier=gold?')
    assert.strictEqual(problem("tag:constructor"), 'no asset has the tag "constructor"')
    assert.strictEqual(problem("owner:bob"), 'no asset has the owner "bob"')
  })

  it("of a graph of ten thousand assets is resolved at once", () => {
    const many = SelectedAssets.graphOf(
      Array.from({ length: 10_000 }, (_, i) => asset(`a/x${i}`, i < 10 ? [] : [`a/x${i - 10}`, `a/x${i - 7}`]))
    )
    const selection = Result.getOrThrow(AssetSelectionText.parse("+a/x9999 and not a/x5000+ or sinks(group:a)"))
    const start = performance.now()
    assert.isAbove(Result.getOrThrow(SelectedAssets.resolve(selection, many, knowledge)).size, 1000)
    assert.isBelow(performance.now() - start, 500)
  })
})

describe("a wildcard", () => {
  const letters = Schema.Array(Schema.Literals(["a", "b", "*"]))
  const words = Arbitrary.map(Arbitrary.schema(letters), (list) => list.join(""))

  it.prop("matches what the regular expression with .* for each star matches", [words, words], ([pattern, word]) => {
    const name = word.replaceAll("*", "")
    assert.strictEqual(Wildcard.make(pattern)(name), new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name))
  })

  it("takes no longer for a pattern made to go back", () => {
    const start = performance.now()
    assert.isFalse(Wildcard.make(`${"a*".repeat(5000)}b`)("a".repeat(10_000)))
    assert.isBelow(performance.now() - start, 100)
  })
})

describe("the nearest names", () => {
  it("are those the fewest letters apart", () => {
    const names = ["postings/daily", "postings/raw", "market/raw", "daily"]
    assert.deepStrictEqual(NearestName.find("postings/dialy", names), ["postings/daily"])
    assert.deepStrictEqual(NearestName.find("raw", names), ["market/raw", "postings/raw"])
    assert.deepStrictEqual(NearestName.find("dail", names), ["daily"])
    assert.deepStrictEqual(NearestName.find("zzz", names), [])
    assert.deepStrictEqual(NearestName.find("", names), [])
  })
})
