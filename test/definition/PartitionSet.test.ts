import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"

const ordinals = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -12, maximum: 40 })))
const sets = Arbitrary.map(Arbitrary.schema(ordinals), PartitionSet.fromOrdinals)
const model = (set: PartitionSet.PartitionSet) => new Set(PartitionSet.ordinals(set))
const sorted = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b)

const isCanonical = ({ bounds }: PartitionSet.PartitionSet) =>
  bounds.length % 2 === 0 && bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound)

const same = (set: PartitionSet.PartitionSet, expected: Iterable<number>) => {
  assert.isTrue(isCanonical(set), `canonical: ${set.bounds}`)
  assert.deepStrictEqual([...PartitionSet.ordinals(set)], sorted(expected))
}

describe("a partition set", () => {
  it.prop("holds the ordinals it is made from, in any order and number", [ordinals], ([list]) =>
    same(PartitionSet.fromOrdinals(list), list)
  )

  it.prop("has the algebra of sets", [sets, sets], ([a, b]) => {
    same(PartitionSet.union(a, b), model(a).union(model(b)))
    same(PartitionSet.intersection(a, b), model(a).intersection(model(b)))
    same(PartitionSet.difference(a, b), model(a).difference(model(b)))
    assert.strictEqual(PartitionSet.isSubset(a, b), model(a).isSubsetOf(model(b)))
    assert.strictEqual(PartitionSet.equals(a, b), model(a).symmetricDifference(model(b)).size === 0)
  })

  it.prop("answers like the set of its ordinals", [sets, Schema.Int], ([a, ordinal]) => {
    assert.strictEqual(PartitionSet.size(a), model(a).size)
    assert.strictEqual(PartitionSet.isEmpty(a), model(a).size === 0)
    assert.strictEqual(PartitionSet.has(a, ordinal % 50), model(a).has(ordinal % 50))
    assert.strictEqual(PartitionSet.first(a), sorted(model(a))[0])
    assert.strictEqual(PartitionSet.last(a), sorted(model(a)).at(-1))
  })

  it.prop("ranks an ordinal by those before it, and finds it again by its rank", [sets, Schema.Int], ([a, any]) => {
    const all = sorted(model(a))
    assert.strictEqual(PartitionSet.rank(a, any % 50), all.filter((ordinal) => ordinal < any % 50).length)
    for (const [rank, ordinal] of all.entries()) assert.strictEqual(PartitionSet.at(a, rank), ordinal)
    assert.isUndefined(PartitionSet.at(a, all.length))
    assert.isUndefined(PartitionSet.at(a, -1))
  })

  it.prop("unites many sets as it unites two", [Arbitrary.array(sets)], ([list]) =>
    same(
      PartitionSet.unionAll(list),
      list.flatMap((set) => [...model(set)])
    )
  )

  it.prop("unites sorted intervals that overlap, touch or are empty", [Schema.Array(Schema.Int)], ([numbers]) => {
    const intervals = numbers.map((n) => ({ start: n % 30, end: (n % 30) + (n % 7) })).sort((a, b) => a.start - b.start)
    const expected = intervals.flatMap(({ start, end }) => [...model(PartitionSet.range(start, end))])
    same(PartitionSet.fromIntervals(intervals), expected)
  })

  it.prop("filters and shifts", [sets, Schema.Int], ([a, n]) => {
    const distance = n % 100
    same(
      PartitionSet.filter(a, (ordinal) => ordinal % 3 === 0),
      [...model(a)].filter((ordinal) => ordinal % 3 === 0)
    )
    same(
      PartitionSet.shift(a, distance),
      [...model(a)].map((ordinal) => ordinal + distance)
    )
  })

  it.prop(
    "is cut into chunks that are full but for the last, and together are the set in order",
    [sets, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))],
    ([a, n]) => {
      const chunks = PartitionSet.chunks(a, n)
      assert.deepStrictEqual(
        chunks.flatMap((chunk) => [...PartitionSet.ordinals(chunk)]),
        sorted(model(a))
      )
      for (const chunk of chunks.slice(0, -1)) assert.strictEqual(PartitionSet.size(chunk), n)
      assert.isTrue(chunks.every((chunk) => isCanonical(chunk) && PartitionSet.size(chunk) > 0))
    }
  )

  it("refuses chunks of nothing instead of going on for ever", () => {
    assert.throws(() => PartitionSet.chunks(PartitionSet.range(0, 3), 0), RangeError)
  })

  it.prop("is stored in bytes that give it back", [sets, Schema.Int], ([a, n]) => {
    for (const set of [a, PartitionSet.shift(a, (n % 2 ** 20) * 2 ** 30)]) {
      assert.deepStrictEqual(PartitionSet.decode(PartitionSet.encode(set)).bounds, set.bounds)
    }
  })

  it("is stored in two bytes an interval where partitions are near each other", () => {
    const holes = PartitionSet.fromOrdinals(Array.from({ length: 1000 }, (_, i) => 20_000 + 2 * i))
    assert.isAtMost(PartitionSet.encode(holes).length, 2 * 1000 + 2)
  })

  for (const [what, bytes] of [
    ["that end within a number", [0x80]],
    ["of a start without an end", [2]],
    ["of an empty interval", [2, 0]],
    ["of intervals that touch", [2, 1, 0, 1]],
    ["of numbers too large", [2, ...Array(9).fill(0xff), 1]]
  ] as const) {
    it(`refuses bytes ${what}`, () => {
      assert.throws(() => PartitionSet.decode(Uint8Array.from(bytes)), "stored partitions are damaged")
    })
  }

  it("is JSON that only decodes when it is canonical", () => {
    const decode = Schema.decodeUnknownSync(PartitionSet.PartitionSet)
    assert.deepStrictEqual(decode({ bounds: [-3, 1, 4, 5] }).bounds, [-3, 1, 4, 5])
    for (const bounds of [[1], [2, 1], [1, 2, 2, 3], [0.5, 1]]) assert.throws(() => decode({ bounds }))
  })

  it("of a million partitions, half of them in random holes, is worked with in a few milliseconds", () => {
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return seed >>> 31
    }
    const [a, b] = [0, 1].map(() => PartitionSet.filter(PartitionSet.range(0, 1_000_000), () => random() === 1)) as [
      PartitionSet.PartitionSet,
      PartitionSet.PartitionSet
    ]
    const bytes = PartitionSet.encode(a)
    const times = Object.entries({
      union: () => PartitionSet.union(a, b),
      intersection: () => PartitionSet.intersection(a, b),
      difference: () => PartitionSet.difference(a, b),
      encode: () => PartitionSet.encode(a),
      decode: () => PartitionSet.decode(bytes),
      "1000 ranks": () => {
        for (let i = 0; i < 1000; i++) PartitionSet.rank(a, i * 997)
      },
      "1000 small intersections": () => {
        for (let i = 0; i < 1000; i++) PartitionSet.intersection(PartitionSet.range(i * 900, i * 900 + 90), a)
      }
    }).map(([name, run]) => [name, fastest(run)] as const)
    for (const [name, millis] of times) assert.isBelow(millis, 60, `${name} took ${millis.toFixed(1)} ms`)
  })
})

/** The best of some runs, so that a busy machine does not count. */
const fastest = (run: () => void): number =>
  Math.min(
    ...Array.from({ length: 7 }, () => {
      const start = performance.now()
      run()
      return performance.now() - start
    })
  )
