import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import * as Version from "../../runtime/event/Version.ts"
import { PartitionSet } from "../../runtime/index.ts"

const Ordinal = Schema.Int.check(Schema.isBetween({ minimum: -50, maximum: 50 }))
const Lane = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 32 - 1 }))
const Pair = Schema.Tuple([Lane, Lane])
const Entries = Schema.Array(Schema.Struct({ ordinal: Ordinal, provenance: Pair, data: Pair }))

const entriesOf = (self: PartitionVersions.PartitionVersions) =>
  [...PartitionSet.ordinals(self.partitions)].map((ordinal) => ({
    ordinal,
    provenance: PartitionVersions.provenance(self, ordinal),
    data: PartitionVersions.data(self, ordinal)
  }))

describe("the versions of partitions", () => {
  it.effect.prop("are those that were given, by ordinal", [Entries], ([entries]) =>
    Effect.sync(() => {
      const last = new Map(entries.map((entry) => [entry.ordinal, entry]))
      const expected = [...last.values()].sort((a, b) => a.ordinal - b.ordinal)
      assert.deepStrictEqual(entriesOf(PartitionVersions.fromEntries(entries)), expected)
    })
  )

  it.effect.prop("come back from their sidecar", [Entries], ([entries]) =>
    Effect.sync(() => {
      const versions = PartitionVersions.fromEntries(entries)
      const bytes = PartitionVersions.encode(versions)
      assert.strictEqual(bytes.byteLength, 16 * PartitionSet.size(versions.partitions))
      assert.deepStrictEqual(PartitionVersions.decode(versions.partitions, bytes), versions)
    })
  )

  it.effect.prop(
    "are the same taken apart and put together again",
    [Entries, Schema.Array(Ordinal)],
    ([entries, some]) =>
      Effect.sync(() => {
        const versions = PartitionVersions.fromEntries(entries)
        const part = PartitionSet.fromOrdinals(some)
        const rest = PartitionSet.difference(versions.partitions, part)
        const parts = [PartitionVersions.restrict(versions, part), PartitionVersions.restrict(versions, rest)]
        assert.deepStrictEqual(entriesOf(PartitionVersions.merge(parts)), entriesOf(versions))
      })
  )

  it("are refused when the sidecar has another length than the set", () => {
    assert.isUndefined(PartitionVersions.decode(PartitionSet.of(1), new Uint8Array(15)))
  })
})

describe("a version", () => {
  it.effect.prop("changes with what is mixed in, and with the order of mixing", [Pair, Pair, Pair], ([a, b, c]) =>
    Effect.sync(() => {
      if (!Version.equals(b, c)) {
        assert.isFalse(Version.equals(Version.mix(a, b), Version.mix(a, c)))
        assert.isFalse(Version.equals(Version.mix(Version.mix(a, b), c), Version.mix(Version.mix(a, c), b)))
      }
    })
  )

  it("differs between texts that are the same when joined", () => {
    assert.isFalse(Version.equals(Version.seed("ab", "c"), Version.seed("a", "bc")))
  })

  it("is spread over both lanes: a hundred thousand numbers have as many versions, and each lane nearly", () => {
    const versions = Array.from({ length: 100_000 }, (_, n) => Version.mixNumber(Version.zero, n))
    assert.strictEqual(new Set(versions.map(Version.toText)).size, versions.length)
    for (const lane of [0, 1] as const) assert.isAbove(new Set(versions.map((version) => version[lane])).size, 99_980)
  })
})
