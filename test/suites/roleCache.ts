/** What every role cache keeps to; each layer runs it. */
import { assert, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as Role from "../../resources/Role.ts"
import { type Count, RoleCache } from "../../resources/RoleCache.ts"
import { all, Seniority } from "../../resources/Seniority.ts"

const clerk = { company: "Acme", title: "Clerk" }
const chief = { company: "Acme", title: "Chief Executive Officer" }
const other = { company: "Globex", title: "Clerk" }

/** Any text that UTF-8 can hold. */
const Text = Schema.String.check(Schema.makeFilter((text: string) => text.isWellFormed()))

/** `fresh` gives an empty cache each time that it is provided. */
export const roleCacheSuite = <E>(fresh: Layer.Layer<RoleCache, E>) => {
  const test = (name: string, body: Effect.Effect<void, unknown, RoleCache>) =>
    it.effect(name, () => body.pipe(Effect.provide(fresh)))

  test(
    "an unknown role has no answer",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      assert.deepStrictEqual(yield* cache.lookup([clerk], "1"), [undefined])
      assert.deepStrictEqual(yield* cache.lookup([], "1"), [])
    })
  )

  test(
    "answers come in the order of the roles asked for",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save([{ ...clerk, seniority: 2 }], "1")
      yield* cache.save([{ ...chief, seniority: 7 }], "1")
      assert.deepStrictEqual(yield* cache.lookup([chief, other, clerk], "1"), [7, undefined, 2])
    })
  )

  test(
    "company and title are told apart",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save([{ company: "ab", title: "c", seniority: 1 }], "1")
      const near = [
        { company: "a", title: "bc" },
        { company: "abc", title: "" },
        { company: "", title: "abc" },
        { company: "ab\0", title: "c" },
        { company: "AB", title: "c" },
        { company: "ab", title: "c " }
      ]
      assert.deepStrictEqual(
        yield* cache.lookup(near, "1"),
        near.map(() => undefined)
      )
    })
  )

  test(
    "an answer of another model version is not there, and never given for this one",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save([{ ...clerk, seniority: 2 }], "1")
      assert.deepStrictEqual(yield* cache.lookup([clerk], "2"), [undefined])
      yield* cache.save([{ ...clerk, seniority: 3 }], "2")
      assert.deepStrictEqual(yield* cache.lookup([clerk], "2"), [3])
      const [first] = yield* cache.lookup([clerk], "1")
      assert.include([undefined, 2], first)
    })
  )

  test(
    "ten thousand answers saved at once are all found",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      const entries = Array.from({ length: 10_000 }, (_, i) => ({
        company: `Company ${i % 97}`,
        title: `Title ${i}`,
        seniority: all[i % 7]!
      }))
      yield* cache.save(entries, "1")
      assert.deepStrictEqual(
        yield* cache.lookup(entries, "1"),
        entries.map((entry) => entry.seniority)
      )
    })
  )

  layer(fresh)((it) => {
    it.effect.prop(
      "whatever text a role has, its own answer is found",
      [Schema.Array(Schema.Tuple([Text, Text, Seniority]))],
      ([tuples]) =>
        Effect.gen(function* () {
          const cache = yield* RoleCache
          const entries = tuples.map(([company, title, seniority]) => ({ company, title, seniority }))
          yield* cache.save(entries, "1")
          const last = new Map(entries.map((entry) => [Role.key(entry), entry]))
          const distinct = [...last.values()]
          assert.deepStrictEqual(
            yield* cache.lookup(distinct, "1"),
            distinct.map((entry) => entry.seniority)
          )
        })
    )
  })

  test(
    "pruning a company forgets its roles and no others, and they are kept again when they are saved again",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      const entries = [clerk, chief, other].map((role) => ({ ...role, seniority: 2 as const }))
      yield* cache.save(entries, "1")
      forgot(yield* cache.prune({ _tag: "Company", company: "Acme" }), 2)
      assert.deepStrictEqual(yield* cache.lookup([clerk, chief, other], "1"), [undefined, undefined, 2])
      yield* cache.save([{ ...clerk, seniority: 3 }], "1")
      assert.deepStrictEqual(yield* cache.lookup([clerk, chief, other], "1"), [3, undefined, 2])
      forgot(yield* cache.prune({ _tag: "Company", company: "Acme" }), 1)
      assert.deepStrictEqual(yield* cache.lookup([clerk, chief, other], "1"), [undefined, undefined, 2])
    })
  )

  test(
    "pruning other models keeps the answers of this one",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save([{ ...clerk, seniority: 2 }], "1")
      yield* cache.save([{ ...chief, seniority: 7 }], "2")
      assert.deepStrictEqual(sorted(yield* cache.count), [
        { model: "1", roles: 1 },
        { model: "2", roles: 1 }
      ])
      forgot(yield* cache.prune({ _tag: "OtherModels", model: "2" }), 1)
      assert.deepStrictEqual(yield* cache.lookup([clerk], "1"), [undefined])
      assert.deepStrictEqual(yield* cache.lookup([chief], "2"), [7])
      assert.deepStrictEqual(yield* cache.count, [{ model: "2", roles: 1 }])
    })
  )

  test(
    "pruning by age keeps what was looked up since",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save(
        [clerk, chief, other].map((role) => ({ ...role, seniority: 2 as const })),
        "1"
      )
      yield* TestClock.adjust("60 days")
      yield* cache.lookup([clerk], "1")
      yield* TestClock.adjust("20 days")
      forgot(yield* cache.prune({ _tag: "Unseen", days: 100 }), 0)
      forgot(yield* cache.prune({ _tag: "Unseen", days: 50 }), 2)
      assert.deepStrictEqual(yield* cache.lookup([clerk, chief, other], "1"), [2, undefined, undefined])
    })
  )

  test(
    "pruning all leaves nothing, and does not stand in the way of what comes after",
    Effect.gen(function* () {
      const cache = yield* RoleCache
      yield* cache.save([{ ...clerk, seniority: 2 }], "1")
      yield* cache.save([{ ...chief, seniority: 2 }], "2")
      forgot(yield* cache.prune({ _tag: "All" }), 2)
      assert.deepStrictEqual(yield* cache.count, [])
      assert.deepStrictEqual(yield* cache.lookup([clerk], "1"), [undefined])
      yield* cache.save([{ ...clerk, seniority: 5 }], "1")
      assert.deepStrictEqual(yield* cache.lookup([clerk], "1"), [5])
    })
  )
}

/** A cache need not know how many. */
const forgot = (told: number | undefined, expected: number) => {
  if (told !== undefined) assert.strictEqual(told, expected)
}

const sorted = (counts: ReadonlyArray<Count>) => [...counts].sort((a, b) => (a.model < b.model ? -1 : 1))
