import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../../runtime/definition/PartitionsDefinition.ts"

const none = PartitionDictionary.empty
const end = (text: string) => Date.parse(text)

const keysOf = (definition: PartitionsDefinition.Any, until: number, dictionary = dictionaryOf(definition)) =>
  [...PartitionSet.ordinals(PartitionsDefinition.all(definition, dictionary, until))].map((ordinal) =>
    PartitionsDefinition.key(definition, dictionary, ordinal)
  )

const dictionaryOf = (definition: PartitionsDefinition.Any) =>
  PartitionDictionary.make([...new Set(PartitionsDefinition.dictionaryKeys(definition))])

const refusal = (definition: PartitionsDefinition.Any, key: string) =>
  Result.match(PartitionsDefinition.ordinal(definition, dictionaryOf(definition), key), {
    onFailure: ({ message }) => message,
    onSuccess: (ordinal) => `accepted as ${ordinal}`
  })

const roundTrips = (definition: PartitionsDefinition.Any, ordinals: Iterable<number>, dictionary = none) => {
  for (const ordinal of ordinals) {
    const key = PartitionsDefinition.key(definition, dictionary, ordinal)
    assert.deepStrictEqual(PartitionsDefinition.ordinal(definition, dictionary, key), Result.succeed(ordinal), key)
  }
}

const cycles = {
  hourly: PartitionsDefinition.hourly({ start: "1900" }),
  daily: PartitionsDefinition.daily({ start: "1900-01-01" }),
  weekly: PartitionsDefinition.weekly({ start: "1900" }),
  monthly: PartitionsDefinition.monthly({ start: "1900" }),
  quarterly: PartitionsDefinition.quarterly({ start: "1900" }),
  yearly: PartitionsDefinition.yearly({ start: "1900" }),
  weekdays: PartitionsDefinition.cron("0 0 * * 1-5", { start: "1900" }),
  odd: PartitionsDefinition.cron("*/20 3,15 1-7,31 * 3", { start: "1900" }),
  "hourly in Berlin": PartitionsDefinition.hourly({ start: "1990", timeZone: "Europe/Berlin" }),
  "hourly in Lord Howe": PartitionsDefinition.hourly({ start: "1990", timeZone: "Australia/Lord_Howe" }),
  "daily in Kathmandu": PartitionsDefinition.daily({ start: "1990", timeZone: "Asia/Kathmandu" }),
  "weekly in New York": PartitionsDefinition.weekly({ start: "1990", timeZone: "America/New_York" }),
  "cron in Casablanca": PartitionsDefinition.cron("30 2 * * *", { start: "1990", timeZone: "Africa/Casablanca" })
} as const

describe("windows of time", () => {
  for (const [name, definition] of Object.entries(cycles)) {
    it.prop(`of ${name} give each ordinal a key that gives it back`, [Schema.Int], ([n]) => {
      const existing = PartitionsDefinition.all(definition, none, end("2080-01-01T00:00:00Z"))
      roundTrips(definition, [PartitionSet.at(existing, Math.abs(n) % PartitionSet.size(existing))!])
    })
    it(`of ${name} have keys in the order of time, each once`, () => {
      const all = PartitionsDefinition.all(definition, none, end("2031-01-01T00:00:00Z"))
      const newest = PartitionSet.range(PartitionSet.last(all)! - 3000, PartitionSet.last(all)!)
      const keys = [...PartitionSet.ordinals(PartitionSet.intersection(all, newest))].map((ordinal) =>
        PartitionsDefinition.key(definition, none, ordinal)
      )
      assert.deepStrictEqual(keys, [...new Set(keys)])
      if (!name.startsWith("hourly in")) assert.deepStrictEqual(keys, keys.toSorted())
    })
  }

  it("are written as people write them", () => {
    const at = (definition: PartitionsDefinition.Any) => {
      const all = PartitionsDefinition.all(definition, none, end("2025-07-02T00:00:00Z"))
      return PartitionsDefinition.key(definition, none, PartitionSet.last(all)!)
    }
    assert.deepStrictEqual(Object.values(cycles).map(at), [
      "2025-07-01T23",
      "2025-07-01",
      "2025-W26",
      "2025-06",
      "2025Q2",
      "2024",
      "2025-07-01",
      "2025-07-01T15:20",
      "2025-07-02T01",
      "2025-07-02T09:30",
      "2025-07-01",
      "2025-W26",
      "2025-06-30T02:30"
    ])
  })

  it("count from 1970, so that an ordinal is arithmetic", () => {
    const day = PartitionsDefinition.ordinal(cycles.daily, none, "2025-06-01")
    assert.deepStrictEqual(day, Result.succeed(Date.UTC(2025, 5, 1) / 86_400_000))
    assert.deepStrictEqual(PartitionsDefinition.ordinal(cycles.quarterly, none, "1970Q1"), Result.succeed(0))
    assert.strictEqual(PartitionsDefinition.dayOfSeconds(1_748_736_000), "2025-06-01")
  })

  it("number ISO weeks by the year that holds their Thursday", () => {
    const keys = keysOf(PartitionsDefinition.weekly({ start: "2020-W52", end: "2021-W02" }), 0)
    assert.deepStrictEqual(keys, ["2020-W52", "2020-W53", "2021-W01", "2021-W02"])
    assert.include(refusal(cycles.weekly, "2021-W53"), "a week that exists, written like 2025-W23")
  })

  it("end with their end, which is included, or with the last window that has ended", () => {
    const closed = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-03" })
    assert.deepStrictEqual(keysOf(closed, 0), ["2025-06-01", "2025-06-02", "2025-06-03"])
    const open = PartitionsDefinition.daily({ start: "2025-06-01" })
    assert.deepStrictEqual(keysOf(open, end("2025-06-03T23:59:59Z")), ["2025-06-01", "2025-06-02"])
    assert.deepStrictEqual(keysOf(open, end("2025-05-01T00:00:00Z")), [])
  })

  it("take the windows that start in a period, or else the ones around it, as bounds", () => {
    const hours = PartitionsDefinition.hourly({ start: "2025-06-30", end: "2025-06-30" })
    assert.deepStrictEqual([keysOf(hours, 0).length, keysOf(hours, 0)[0]], [24, "2025-06-30T00"])
    const quarters = PartitionsDefinition.quarterly({ start: "2024", end: "2025-06" })
    assert.deepStrictEqual(keysOf(quarters, 0).at(-1), "2025Q2")
  })

  it("know when nothing has an end", () => {
    const open = PartitionsDefinition.daily({ start: "2025-06-01" })
    const product = PartitionsDefinition.product({ day: open, region: PartitionsDefinition.fixed(["us", "eu"]) })
    for (const definition of [open, product, PartitionsDefinition.fixed(["a"])]) {
      const dictionary = dictionaryOf(definition)
      const forEver = PartitionsDefinition.all(definition, dictionary, Number.POSITIVE_INFINITY)
      const untilNow = PartitionsDefinition.all(definition, dictionary, end("2025-07-01T00:00:00Z"))
      assert.strictEqual(
        PartitionsDefinition.isEndless(definition, dictionary, forEver),
        definition.spec._tag !== "Static"
      )
      assert.isFalse(PartitionsDefinition.isEndless(definition, dictionary, untilNow))
    }
  })

  it("refuse texts that are no key of theirs, and say what was expected", () => {
    const daily = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-30" })
    assert.strictEqual(
      refusal(daily, "2024-02-30"),
      'partition "2024-02-30" is not one of daily from 2025-06-01 to 2025-06-30: expected a day that exists, written like 2025-06-01'
    )
    assert.include(refusal(daily, "2025-07-01"), "expected one within these bounds")
    for (const key of ["", "2025-6-1", "2025-06-01T00", " 2025-06-01", "x", "2025Q2"]) {
      assert.include(refusal(daily, key), "a day that exists", key)
    }
    assert.include(refusal(cycles.quarterly, "2025Q5"), "a quarter that exists, written like 2025Q2")
    assert.include(refusal(cycles.hourly, "2025-06-01T24"), "an hour that exists")
    assert.include(
      refusal(cycles.odd, "2025-06-25T15:21"),
      'a time of cron "*/20 3,15 1-7,31 * 3", such as 2025-06-25T15:20'
    )
  })

  it("refuse to be defined without windows, and say why", () => {
    const message = (define: () => unknown) => {
      try {
        define()
      } catch (error) {
        assert.instanceOf(error, PartitionsDefinition.InvalidPartitions)
        return error.message
      }
      return assert.fail("it was defined")
    }
    const { cron, daily, hourly } = PartitionsDefinition
    assert.strictEqual(
      message(() => daily({ start: "2025-06-30", end: "2025-06-01" })),
      "the partitions daily from 2025-06-30 cannot be defined: they end, with 2025-06-01, before they start"
    )
    assert.include(
      message(() => daily({ start: "2025-02-29" })),
      '"2025-02-29" is not a bound of it, expected a day'
    )
    assert.include(
      message(() => hourly({ start: "2025", timeZone: "Europe/Berln" })),
      '"Europe/Berln" is not a time zone'
    )
    assert.include(
      message(() => cron("0 0 30 2 *", { start: "2025" })),
      "no day is ever named by it"
    )
    assert.include(
      message(() => cron("0 0 * *", { start: "2025" })),
      "invalid number of segments"
    )
  })
})

describe("windows of a time zone", () => {
  const berlin = "Europe/Berlin"
  const hours = PartitionsDefinition.hourly({ start: "2024", timeZone: berlin })
  const on = (definition: PartitionsDefinition.Any, day: string) =>
    keysOf(definition, end("2026-01-01T00:00:00Z")).filter((key) => key.startsWith(day))

  it("are 23 hours of the day on which clocks go forward, none of them skipped or doubled", () => {
    const keys = on(hours, "2024-03-31")
    assert.deepStrictEqual([keys.length, ...keys.slice(0, 4)], [23, ...[0, 1, 3, 4].map((h) => `2024-03-31T0${h}`)])
    assert.include(refusal(hours, "2024-03-31T02"), "an hour that clocks in Europe/Berlin show: they skip this one")
  })

  it("are 25 hours of the day on which clocks go back, told apart by their offset", () => {
    const keys = on(hours, "2024-10-27")
    assert.strictEqual(keys.length, 25)
    assert.deepStrictEqual(keys.slice(1, 5), [
      "2024-10-27T01",
      "2024-10-27T02+02:00",
      "2024-10-27T02+01:00",
      "2024-10-27T03"
    ])
    assert.include(
      refusal(hours, "2024-10-27T02"),
      "expected 2024-10-27T02+02:00 or 2024-10-27T02+01:00, because clocks show that hour twice"
    )
  })

  it("have ordinals without gaps through both changes of clocks", () => {
    for (const definition of [hours, PartitionsDefinition.daily({ start: "2024", timeZone: berlin })]) {
      assert.lengthOf(PartitionsDefinition.all(definition, none, end("2026-01-01T00:00:00Z")).bounds, 2)
    }
  })

  it("begin when clocks go on where cron names a time that they skip", () => {
    const nightly = PartitionsDefinition.cron("30 2 * * *", {
      start: "2024-03-30",
      end: "2024-04-01",
      timeZone: berlin
    })
    assert.deepStrictEqual(keysOf(nightly, 0), ["2024-03-30T02:30", "2024-03-31T03:00", "2024-04-01T02:30"])
    assert.include(refusal(nightly, "2024-03-31T02:30"), "they skip this one")
    const often = PartitionsDefinition.cron("*/30 * * * *", {
      start: "2024-03-31",
      end: "2024-03-31",
      timeZone: berlin
    })
    assert.deepStrictEqual(keysOf(often, 0).slice(2, 6), [
      "2024-03-31T01:00",
      "2024-03-31T01:30",
      "2024-03-31T03:00",
      "2024-03-31T03:30"
    ])
  })

  it("begin once where cron names a time that clocks show twice", () => {
    const often = PartitionsDefinition.cron("0 * * * *", { start: "2024-10-27", end: "2024-10-27", timeZone: berlin })
    assert.deepStrictEqual(keysOf(often, 0).slice(1, 4), ["2024-10-27T01:00", "2024-10-27T02:00", "2024-10-27T03:00"])
  })

  it("begin with the first instant of a day that has no midnight", () => {
    const days = PartitionsDefinition.daily({ start: "2018-11-03", end: "2018-11-05", timeZone: "America/Sao_Paulo" })
    assert.deepStrictEqual(keysOf(days, 0), ["2018-11-03", "2018-11-04", "2018-11-05"])
  })

  it("leave out the day that a place skipped to be ahead of the date line", () => {
    const days = PartitionsDefinition.daily({ start: "2011-12-28", timeZone: "Pacific/Apia" })
    assert.deepStrictEqual(keysOf(days, end("2012-01-01T00:00:00Z")), ["2011-12-28", "2011-12-29", "2011-12-31"])
    assert.include(refusal(days, "2011-12-30"), "they skip this one")
  })

  it("end when they have ended there, not in UTC", () => {
    const days = PartitionsDefinition.daily({ start: "2025-06-01", timeZone: "Asia/Tokyo" })
    assert.deepStrictEqual(keysOf(days, end("2025-06-01T15:00:00Z")), ["2025-06-01"])
    assert.deepStrictEqual(keysOf(days, end("2025-06-01T14:59:59Z")), [])
  })
})

describe("static partitions", () => {
  it("keep their ordinals when keys are added or reordered", () => {
    const before = dictionaryOf(PartitionsDefinition.fixed(["us", "eu"]))
    const later = PartitionsDefinition.fixed(["asia", "eu", "us"])
    const dictionary = PartitionDictionary.extend(before, PartitionsDefinition.dictionaryKeys(later))
    assert.deepStrictEqual(
      ["us", "eu", "asia"].map((key) => PartitionsDefinition.ordinal(later, dictionary, key)),
      [0, 1, 2].map((ordinal) => Result.succeed(ordinal))
    )
  })

  it("hold no keys of other definitions in the same dictionary", () => {
    const region = PartitionsDefinition.fixed(["us", "eu"])
    const dictionary = PartitionDictionary.make(["other", "us", "eu"])
    assert.deepStrictEqual(keysOf(region, 0, dictionary), ["us", "eu"])
    assert.isTrue(Result.isFailure(PartitionsDefinition.ordinal(region, dictionary, "other")))
  })

  it("are refused without keys, with a key twice, and with a key that breaks the rule", () => {
    assert.throws(() => PartitionsDefinition.fixed([]), "the list is empty")
    assert.throws(() => PartitionsDefinition.fixed(["a", "b", "a"]), '"a" stands twice')
    assert.throws(() => PartitionsDefinition.fixed([""]), "a key is not empty")
    assert.throws(() => PartitionsDefinition.fixed(["a\nb"]), "control characters")
  })

  it("are described by the first of many", () => {
    const many = PartitionsDefinition.fixed(Array.from({ length: 5000 }, (_, i) => `k${i}`))
    assert.strictEqual(PartitionsDefinition.describe(many), "[k0, k1, k2, k3, k4, k5, k6, k7 and 4992 more]")
  })
})

describe("dynamic partitions", () => {
  const customers = PartitionsDefinition.dynamic("customers")
  const observe = (
    definition: PartitionsDefinition.Any,
    dictionary: PartitionDictionary.PartitionDictionary,
    key: string
  ) => PartitionDictionary.extend(dictionary, Result.getOrThrow(PartitionsDefinition.observedKeys(definition, key)))

  it("are those observed, under the name of their definition", () => {
    const dictionary = observe(
      PartitionsDefinition.dynamic("others"),
      observe(customers, PartitionDictionary.make(["us"]), "bob"),
      "eve"
    )
    assert.deepStrictEqual(keysOf(customers, 0, dictionary), ["bob"])
    roundTrips(customers, [1], dictionary)
    assert.include(
      Result.getOrThrow(Result.flip(PartitionsDefinition.ordinal(customers, dictionary, "eve"))).message,
      'partition "eve" is not one of dynamic customers: expected a key that was observed'
    )
  })

  it("are refused where the rule refuses them", () => {
    assert.include(
      Result.getOrThrow(Result.flip(PartitionsDefinition.observedKeys(customers, "a\0b"))).message,
      "control"
    )
  })
})

describe("a product", () => {
  const day = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-30" })
  const region = PartitionsDefinition.fixed(["us", "eu|south", "asia"])
  const kind = PartitionsDefinition.fixed(["full", "part"])
  const product = PartitionsDefinition.product({ day, region, kind })

  it("has every combination, under a key with a part for each dimension", () => {
    const keys = keysOf(product, 0)
    assert.lengthOf(keys, 30 * 3 * 2)
    assert.include(keys, "2025-06-01|us|full")
    assert.include(keys, "2025-06-30|eu\\|south|part")
    assert.strictEqual(new Set(keys).size, keys.length)
  })

  it("gives each ordinal a key that gives it back", () => {
    const dictionary = dictionaryOf(product)
    roundTrips(product, PartitionSet.ordinals(PartitionsDefinition.all(product, dictionary, 0)), dictionary)
  })

  it("has one interval for each combination besides time", () => {
    const all = PartitionsDefinition.all(product, dictionaryOf(product), 0)
    assert.strictEqual(all.bounds.length, 2 * 6)
  })

  it("keeps its ordinals when bounds and lists grow", () => {
    const dictionary = dictionaryOf(product)
    const larger = PartitionsDefinition.product({
      day: PartitionsDefinition.daily({ start: "2020" }),
      region: PartitionsDefinition.fixed(["africa", "us", "eu|south", "asia"]),
      kind
    })
    const extended = PartitionDictionary.extend(dictionary, PartitionsDefinition.dictionaryKeys(larger))
    assert.deepStrictEqual(
      PartitionsDefinition.ordinal(larger, extended, "2025-06-07|us|part"),
      PartitionsDefinition.ordinal(product, dictionary, "2025-06-07|us|part")
    )
  })

  it("takes its keys apart and puts them together", () => {
    const key = PartitionsDefinition.productKey(PartitionsDefinition.product({ day, region }), {
      day: PartitionsDefinition.dayOfSeconds(1_748_736_000),
      region: "eu|south"
    })
    assert.strictEqual(key, "2025-06-01|eu\\|south")
    const parts = PartitionsDefinition.dimensionKeys(PartitionsDefinition.product({ day, region }), key)
    assert.deepStrictEqual(parts, Result.succeed({ day: "2025-06-01", region: "eu|south" }))
  })

  it("may have two dimensions of time, or nothing but time", () => {
    const month = PartitionsDefinition.monthly({ start: "2025-01", end: "2025-03" })
    for (const definition of [
      PartitionsDefinition.product({ day, month, region }),
      PartitionsDefinition.product({ day, month })
    ]) {
      const dictionary = dictionaryOf(definition)
      const all = PartitionsDefinition.all(definition, dictionary, 0)
      assert.strictEqual(PartitionSet.size(all), keysOf(definition, 0).length)
      roundTrips(definition, PartitionSet.ordinals(all), dictionary)
    }
  })

  it("may have a dynamic dimension, whose combinations appear with its keys", () => {
    const definition = PartitionsDefinition.product({ region, customer: PartitionsDefinition.dynamic("customers") })
    const observed = Result.getOrThrow(PartitionsDefinition.observedKeys(definition, "us|bob"))
    const first = PartitionDictionary.extend(none, observed)
    assert.deepStrictEqual(keysOf(definition, 0, first), ["us|bob"])
    const both = PartitionDictionary.extend(first, PartitionsDefinition.dictionaryKeys(definition, first))
    assert.deepStrictEqual(keysOf(definition, 0, both).toSorted(), ["asia|bob", "eu\\|south|bob", "us|bob"])
  })

  it("says which part of a key is wrong", () => {
    assert.include(refusal(product, "2025-06-01|us"), "expected day|region|kind")
    assert.include(refusal(product, "2025-07-01|us|full"), "expected for day one within these bounds")
    assert.include(refusal(product, "2025-06-01|mars|full"), "expected for region one of these keys")
  })

  it("is refused where its ordinals would not fit, or it has no dimensions to multiply", () => {
    assert.throws(() => PartitionsDefinition.product({ day }), "two dimensions or more")
    assert.throws(() => PartitionsDefinition.product({ day, "a b": region }), 'unlike "a b"')
    assert.throws(() => PartitionsDefinition.product({ a: day, b: day, region }), "too fine together")
    assert.throws(() => PartitionsDefinition.product({ day, p: product }), "a dimension is of time, static or dynamic")
  })
})

describe("a definition", () => {
  it("is data that is read back as an equal one", () => {
    const definitions = [
      ...Object.values(cycles),
      PartitionsDefinition.unpartitioned,
      PartitionsDefinition.fixed(["a"])
    ]
    const product = PartitionsDefinition.product({ day: cycles.daily, c: PartitionsDefinition.dynamic("c") })
    for (const definition of [...definitions, product]) {
      const json = JSON.parse(JSON.stringify(Schema.encodeSync(PartitionsDefinition.Spec)(definition.spec)))
      const back = PartitionsDefinition.ofSpec(Schema.decodeUnknownSync(PartitionsDefinition.Spec)(json))
      assert.isTrue(PartitionsDefinition.equals(back, definition), PartitionsDefinition.describe(definition))
    }
  })

  it("is alike another when their keys have the same ordinals, whatever their bounds", () => {
    const { daily, fixed, isAlike, weekly } = PartitionsDefinition
    assert.isTrue(isAlike(daily({ start: "2025-06-01" }), daily({ start: "2020-01-01", end: "2021-01-01" })))
    assert.isFalse(isAlike(daily({ start: "2025-06-01" }), daily({ start: "2025-06-01", timeZone: "Asia/Tokyo" })))
    assert.isFalse(isAlike(daily({ start: "2025" }), weekly({ start: "2025" })))
    assert.isFalse(isAlike(fixed(["a", "b"]), fixed(["b", "a", "c"])))
  })

  it("shows a set in a short line", () => {
    const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
    const days = (...keys: ReadonlyArray<string>) =>
      PartitionSet.fromOrdinals(keys.map((key) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))))
    const show = (set: PartitionSet.PartitionSet, limit?: number) =>
      PartitionsDefinition.format(daily, none, set, limit)
    assert.strictEqual(show(PartitionSet.empty), "none")
    assert.strictEqual(show(days("2025-06-02")), "2025-06-02")
    assert.strictEqual(show(days("2025-06-02", "2025-06-03")), "2025-06-02, 2025-06-03 (2)")
    assert.strictEqual(show(PartitionSet.range(20241, 20301)), "2025-06-02…2025-07-31 (60)")
    assert.strictEqual(
      show(days("2025-06-02", "2025-06-04", "2025-06-06", "2025-06-08", "2025-06-10"), 2),
      "2025-06-02, 2025-06-04, and 3 more (5)"
    )
    const region = PartitionsDefinition.fixed(["us", "eu"])
    const product = PartitionsDefinition.product({ daily, region })
    const dictionary = dictionaryOf(product)
    const june = PartitionsDefinition.all(product, dictionary, end("2025-07-01T00:00:00Z"))
    assert.strictEqual(PartitionsDefinition.format(product, dictionary, june), "2025-06-01…2025-06-30 | us, eu (60)")
    assert.strictEqual(PartitionsDefinition.format(PartitionsDefinition.unpartitioned, none, PartitionSet.of(0)), "")
  })
})
