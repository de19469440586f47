import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as PartitionMapping from "../../runtime/definition/PartitionMapping.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../../runtime/definition/PartitionsDefinition.ts"

const { cron, daily, dynamic, fixed, hourly, monthly, product, quarterly, unpartitioned, weekly } = PartitionsDefinition

const days = daily({ start: "2025-03-20", end: "2025-04-20" })
const quarters = quarterly({ start: "2024Q4", end: "2025Q3" })
const hours = hourly({ start: "2025-03-29", end: "2025-03-31", timeZone: "Europe/Berlin" })
const daysThere = daily({ start: "2025-03-28", end: "2025-04-01", timeZone: "Europe/Berlin" })
const weeks = weekly({ start: "2025-W11", end: "2025-W18" })
const months = monthly({ start: "2025-02", end: "2025-05" })
const shifts = cron("0 6,14,22 * * 1-5", { start: "2025-03-20", end: "2025-04-10" })
const regions = fixed(["us", "eu", "asia"])
const markets = fixed(["nyse", "nasdaq", "dax", "none"])
const kinds = fixed(["full", "part"])
const customers = dynamic("customers")

const ofMarkets = PartitionMapping.staticMapping({ nyse: "us", nasdaq: ["us", "asia"], dax: "eu" })

interface Case {
  readonly mapping: PartitionMapping.PartitionMapping
  readonly upstream: PartitionsDefinition.Any
  readonly downstream: PartitionsDefinition.Any
}

const cases: Readonly<Record<string, Case>> = {
  identity: { mapping: PartitionMapping.identity, upstream: days, downstream: daily({ start: "2025-04-01" }) },
  all: { mapping: PartitionMapping.all, upstream: days, downstream: regions },
  last: { mapping: PartitionMapping.last, upstream: days, downstream: regions },
  specific: { mapping: PartitionMapping.specific(["eu", "asia"]), upstream: regions, downstream: days },
  "days of a quarter": { mapping: PartitionMapping.timeWindow(), upstream: days, downstream: quarters },
  "the quarter of a day": { mapping: PartitionMapping.timeWindow(), upstream: quarters, downstream: days },
  "hours of a day with a change of clocks": {
    mapping: PartitionMapping.timeWindow(),
    upstream: hours,
    downstream: daysThere
  },
  "days of one zone in those of another": {
    mapping: PartitionMapping.timeWindow(),
    upstream: days,
    downstream: daysThere
  },
  "weeks and the months they reach into": {
    mapping: PartitionMapping.timeWindow(),
    upstream: weeks,
    downstream: months
  },
  "shifts of a week": { mapping: PartitionMapping.timeWindow(), upstream: shifts, downstream: weeks },
  "a week of shifts that goes on": {
    mapping: PartitionMapping.timeWindow({ end: 2 }),
    upstream: shifts,
    downstream: weeks
  },
  "the day before": { mapping: PartitionMapping.timeWindow({ start: -1, end: -1 }), upstream: days, downstream: days },
  "a window of days": { mapping: PartitionMapping.lookback(6), upstream: days, downstream: days },
  "a quarter and the days before": { mapping: PartitionMapping.lookback(5), upstream: days, downstream: quarters },
  static: { mapping: ofMarkets, upstream: markets, downstream: regions },
  "a dimension of a product": {
    mapping: PartitionMapping.dimension("day"),
    upstream: product({ day: days, region: regions }),
    downstream: days
  },
  "a product from one dimension": {
    mapping: PartitionMapping.dimension("day", PartitionMapping.lookback(2)),
    upstream: days,
    downstream: product({ kind: kinds, day: days, region: regions })
  },
  "products by dimension": {
    mapping: PartitionMapping.dimensions({ day: PartitionMapping.timeWindow(), region: ofMarkets }),
    upstream: product({ region: markets, day: days, kind: kinds }),
    downstream: product({ day: quarters, region: regions })
  },
  "products with another dimension each": {
    mapping: PartitionMapping.dimensions({ day: PartitionMapping.lookback(1) }),
    upstream: product({ day: days, region: regions }),
    downstream: product({ kind: kinds, day: days })
  }
}

const dictionary = [...Object.values(cases)].reduce(
  (dictionary, { downstream, upstream }) =>
    PartitionDictionary.extend(
      dictionary,
      [upstream, downstream].flatMap((it) => PartitionsDefinition.dictionaryKeys(it))
    ),
  PartitionDictionary.make(["something", "else"])
)

const everything = (definition: PartitionsDefinition.Any) =>
  PartitionsDefinition.all(definition, dictionary, Date.UTC(2025, 4, 1))

/** Those of all partitions that a list of numbers picks. */
const picked = (all: PartitionSet.PartitionSet, numbers: ReadonlyArray<number>) =>
  PartitionSet.fromOrdinals(
    PartitionSet.isEmpty(all) ? [] : numbers.map((n) => PartitionSet.at(all, Math.abs(n) % PartitionSet.size(all))!)
  )

const sidesOf = ({ downstream, upstream }: Case): PartitionMapping.Sides => ({
  upstream: everything(upstream),
  downstream: everything(downstream),
  upstreamDefinition: upstream,
  downstreamDefinition: downstream,
  dictionary
})

const numbers = Schema.Array(Schema.Int)

const keys = (definition: PartitionsDefinition.Any, set: PartitionSet.PartitionSet) =>
  PartitionsDefinition.format(definition, dictionary, set, 10)

const setOf = (definition: PartitionsDefinition.Any, ...keys: ReadonlyArray<string>) =>
  PartitionSet.fromOrdinals(
    keys.map((key) => Result.getOrThrow(PartitionsDefinition.ordinal(definition, dictionary, key)))
  )

const upstreamOf = (name: keyof typeof cases, ...of: ReadonlyArray<string>) => {
  const { mapping, upstream, downstream } = cases[name]!
  return keys(upstream, mapping.upstream(setOf(downstream, ...of), sidesOf(cases[name]!)))
}

const downstreamOf = (name: keyof typeof cases, ...of: ReadonlyArray<string>) => {
  const { mapping, upstream, downstream } = cases[name]!
  return keys(downstream, mapping.downstream(setOf(upstream, ...of), sidesOf(cases[name]!)))
}

for (const [name, one] of Object.entries(cases)) {
  const { mapping } = one
  const full = sidesOf(one)

  describe(`the mapping ${mapping.name} for ${name}`, () => {
    it("fits its definitions", () => {
      assert.isTrue(Result.isSuccess(PartitionMapping.check(mapping, one.upstream, one.downstream)))
    })

    it.prop("goes back to where it came from", [numbers, numbers, numbers], ([holes, pickDown, pickUp]) => {
      const sides = {
        ...full,
        upstream: PartitionSet.difference(full.upstream, picked(full.upstream, holes)),
        downstream: PartitionSet.difference(full.downstream, picked(full.downstream, holes))
      }
      for (const q of PartitionSet.ordinals(picked(sides.downstream, pickDown))) {
        const needed = mapping.upstream(PartitionSet.of(q), sides)
        assert.isTrue(PartitionSet.isSubset(needed, sides.upstream))
        if (!PartitionSet.isEmpty(needed)) assert.isTrue(PartitionSet.has(mapping.downstream(needed, sides), q))
        for (const p of PartitionSet.ordinals(PartitionSet.union(needed, picked(sides.upstream, pickUp)))) {
          const reached = mapping.downstream(PartitionSet.of(p), sides)
          assert.isTrue(PartitionSet.isSubset(reached, sides.downstream))
          assert.strictEqual(PartitionSet.has(needed, p), PartitionSet.has(reached, q), `${p} and ${q}`)
        }
      }
    })

    it.prop("says the same of a set as of its parts", [numbers, numbers], ([first, second]) => {
      for (const [direction, side] of [
        ["upstream", full.downstream],
        ["downstream", full.upstream]
      ] as const) {
        const [a, b] = [picked(side, first), picked(side, second)]
        const map = (set: PartitionSet.PartitionSet) => mapping[direction](set, full)
        const both = map(PartitionSet.union(a, b))
        assert.deepStrictEqual(both.bounds, PartitionSet.union(map(a), map(b)).bounds)
        assert.isTrue(PartitionSet.isSubset(map(a), both))
        assert.isTrue(PartitionSet.isEmpty(map(PartitionSet.empty)))
      }
    })
  })
}

describe("a mapping", () => {
  it("of days to quarters takes the days of the quarter that exist", () => {
    assert.strictEqual(upstreamOf("days of a quarter", "2025Q1"), "2025-03-20…2025-03-31 (12)")
    assert.strictEqual(upstreamOf("days of a quarter", "2025Q3"), "none")
    assert.strictEqual(downstreamOf("days of a quarter", "2025-03-31", "2025-04-01"), "2025Q1, 2025Q2 (2)")
    assert.strictEqual(upstreamOf("the quarter of a day", "2025-04-01"), "2025Q2")
  })

  it("of hours to days follows the clocks of the zone", () => {
    assert.strictEqual(
      upstreamOf("hours of a day with a change of clocks", "2025-03-30"),
      "2025-03-30T00…2025-03-30T23 (23)"
    )
  })

  it("of weeks to months takes a week that reaches into two months for both", () => {
    assert.strictEqual(downstreamOf("weeks and the months they reach into", "2025-W14"), "2025-03, 2025-04 (2)")
  })

  it("that looks back takes the partition and those before it that exist", () => {
    assert.strictEqual(upstreamOf("a window of days", "2025-03-22"), "2025-03-20…2025-03-22 (3)")
    assert.strictEqual(upstreamOf("a window of days", "2025-04-10"), "2025-04-04…2025-04-10 (7)")
    assert.strictEqual(downstreamOf("a window of days", "2025-04-10"), "2025-04-10…2025-04-16 (7)")
    assert.strictEqual(upstreamOf("a quarter and the days before", "2025Q2"), "2025-03-27…2025-04-20 (25)")
    assert.strictEqual(upstreamOf("the day before", "2025-04-01"), "2025-03-31")
  })

  it("to the last partition follows it", () => {
    assert.strictEqual(upstreamOf("last", "us"), "2025-04-20")
    assert.strictEqual(downstreamOf("last", "2025-04-19"), "none")
  })

  it("by a table is many to many", () => {
    assert.strictEqual(upstreamOf("static", "us"), "nyse, nasdaq (2)")
    assert.strictEqual(downstreamOf("static", "nasdaq"), "us, asia (2)")
    assert.strictEqual(downstreamOf("static", "none"), "none")
  })

  it("of products maps each dimension, and takes all of one that only the input has", () => {
    assert.strictEqual(
      upstreamOf("products by dimension", "2025Q1|us"),
      "nyse, nasdaq | 2025-03-20…2025-03-31 | full, part (48)"
    )
    assert.strictEqual(
      downstreamOf("a product from one dimension", "2025-04-19"),
      "full, part | 2025-04-19, 2025-04-20 | us, eu, asia (12)"
    )
    assert.strictEqual(upstreamOf("a dimension of a product", "2025-04-01"), "2025-04-01 | us, eu, asia (3)")
  })

  it("cannot be made to end before it starts, or to look ahead by looking back", () => {
    assert.throws(() => PartitionMapping.timeWindow({ start: 1 }), "does not end before it starts")
    assert.throws(() => PartitionMapping.timeWindow({ start: -0.5 }), "whole number")
    assert.throws(() => PartitionMapping.lookback(-1), "0 or more")
  })

  it("between definitions that it is not made for is refused with the reason", () => {
    const reason = (
      mapping: PartitionMapping.PartitionMapping,
      up: PartitionsDefinition.Any,
      down: PartitionsDefinition.Any
    ) => Result.getOrThrow(Result.flip(PartitionMapping.check(mapping, up, down))).message
    assert.strictEqual(
      reason(PartitionMapping.lookback(3), regions, days),
      "the mapping lookback(3) does not fit between [us, eu, asia] and daily from 2025-03-20 to 2025-04-20: it maps between windows of time, and one of these is something else"
    )
    assert.include(reason(ofMarkets, regions, regions), 'partition "nyse" is not one of [us, eu, asia]')
    assert.include(reason(PartitionMapping.specific(["mars"]), regions, days), 'partition "mars" is not one of')
    const { dimension, dimensions } = PartitionMapping
    const both = product({ day: days, region: regions })
    assert.include(reason(dimension("kind"), both, days), "no dimension in common")
    assert.include(
      reason(dimensions({ kind: PartitionMapping.all }), both, both),
      "do not both have the dimension kind"
    )
    assert.include(reason(dimension("region"), both, days), "no mapping follows between [us, eu, asia] and daily")
    assert.include(reason(dimension("region", PartitionMapping.lookback(1)), both, regions), "windows of time")
  })
})

describe("without a mapping of its own, a dependency", () => {
  const named = (up: PartitionsDefinition.Any, down: PartitionsDefinition.Any) =>
    Result.match(PartitionMapping.defaultFor(up, down), {
      onFailure: ({ message }) => message,
      onSuccess: ({ name }) => name
    })

  it("is on the same key between definitions with the same keys", () => {
    assert.strictEqual(named(days, days), "identity")
    assert.strictEqual(named(days, daily({ start: "2000-01-01" })), "identity")
    assert.strictEqual(named(regions, fixed(["us", "eu", "asia"])), "identity")
    assert.strictEqual(named(customers, dynamic("customers")), "identity")
    assert.strictEqual(named(unpartitioned, unpartitioned), "identity")
    assert.strictEqual(named(product({ days, regions }), product({ days, regions })), "identity")
  })

  it("is on all where one side has no partitions", () => {
    assert.strictEqual(named(days, unpartitioned), "all")
    assert.strictEqual(named(unpartitioned, regions), "all")
  })

  it("is on the windows that share time where both are windows of time", () => {
    assert.strictEqual(named(days, quarters), "timeWindow")
    assert.strictEqual(named(days, daysThere), "timeWindow")
  })

  it("asks for a mapping otherwise", () => {
    assert.strictEqual(
      named(days, regions),
      "no mapping follows between daily from 2025-03-20 to 2025-04-20 and [us, eu, asia]"
    )
    assert.include(named(regions, markets), "no mapping follows")
    assert.include(named(product({ days, regions }), days), "no mapping follows")
  })
})

describe("a mapping over a million partitions", () => {
  const million = daily({ start: "0100-01-01" })
  const all = PartitionsDefinition.all(million, dictionary, Date.UTC(2900, 0))
  const quarters = quarterly({ start: "0100" })
  const both = product({ million, kinds })
  const withKinds = PartitionDictionary.extend(dictionary, PartitionsDefinition.dictionaryKeys(both))
  const allOfBoth = PartitionsDefinition.all(both, withKinds, Date.UTC(2900, 0))
  const of = (up: PartitionsDefinition.Any, down: PartitionsDefinition.Any): PartitionMapping.Sides => ({
    upstream: PartitionsDefinition.all(up, withKinds, Date.UTC(2900, 0)),
    downstream: PartitionsDefinition.all(down, withKinds, Date.UTC(2900, 0)),
    upstreamDefinition: up,
    downstreamDefinition: down,
    dictionary: withKinds
  })

  it("costs its intervals", () => {
    assert.isAbove(PartitionSet.size(all), 1_000_000)
    const dimension = PartitionMapping.dimension("million", PartitionMapping.lookback(89))
    const runs: ReadonlyArray<readonly [string, () => PartitionSet.PartitionSet]> = [
      ["lookback", () => PartitionMapping.lookback(89).upstream(all, of(million, million))],
      ["days of quarters", () => PartitionMapping.timeWindow().downstream(all, of(million, quarters))],
      ["a product", () => dimension.upstream(allOfBoth, of(million, both))],
      ["from a product", () => dimension.downstream(all, of(million, both))]
    ]
    for (const [name, run] of runs) {
      run()
      const start = performance.now()
      assert.isAbove(PartitionSet.size(run()), 10_000)
      assert.isBelow(performance.now() - start, 20, name)
    }
  })

  it("asked for one partition does not look at the others", () => {
    const holes = PartitionSet.filter(all, (ordinal) => ordinal % 2 === 0)
    const sides = { ...of(million, million), upstream: holes }
    const lookback = PartitionMapping.lookback(89)
    const start = performance.now()
    for (let i = 0; i < 10_000; i++) {
      assert.strictEqual(PartitionSet.size(lookback.upstream(PartitionSet.of(i * 10), sides)), 45)
    }
    assert.isBelow(performance.now() - start, 1000)
  })
})
