import { assert, describe, it } from "@effect/vitest"
import * as RoleDigests from "../../../resources/roles/RoleDigests.ts"
import * as RolePlaces from "../../../resources/roles/RolePlaces.ts"
import * as RoleRegistry from "../../../resources/roles/RoleRegistry.ts"

const registry = { revision: "", salt: "", buckets: 256, models: new Map(), forgotten: new Map() }

const digests = (count: number) =>
  RoleDigests.make(
    Array.from({ length: count }, (_, n) => ({ company: "Acme", title: `Title ${n}` })),
    Buffer.alloc(16)
  )

describe("places of roles", () => {
  for (const [count, atOnce] of [
    [0, 10],
    [1, 10],
    [1000, 10],
    [1000, 1],
    [1000, 256]
  ] as const) {
    it(`name each bucket of ${count} roles once, ${atOnce} at a time, with all roles that are in it`, () => {
      const all = digests(count)
      const parts = RolePlaces.make(registry, all, atOnce)
      const named = parts.flatMap(({ buckets }) => buckets)
      assert.strictEqual(new Set(named).size, named.length)
      const found = parts.flatMap(({ buckets, ends, roles }) => {
        assert.isAtMost(buckets.length, atOnce)
        assert.strictEqual(ends.length, buckets.length)
        assert.strictEqual(ends.at(-1), roles.length)
        return buckets.flatMap((bucket, index) => {
          const inBucket = roles.subarray(ends[index - 1] ?? 0, ends[index])
          assert.isAbove(inBucket.length, 0)
          for (const role of inBucket) {
            assert.strictEqual(RoleRegistry.bucketName(RoleRegistry.bucket(all, role, registry.buckets)), bucket)
          }
          return [...inBucket]
        })
      })
      assert.deepStrictEqual(
        found.sort((a, b) => a - b),
        Array.from({ length: count }, (_, role) => role)
      )
    })
  }
})
