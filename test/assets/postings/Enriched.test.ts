import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Enriched } from "../../../assets/postings/Enriched.ts"
import { Parsed } from "../../../assets/postings/Parsed.ts"
import { Raw } from "../../../assets/postings/Raw.ts"
import { SeniorityModel as ModelVersion } from "../../../assets/postings/SeniorityModel.ts"
import * as CachedRoles from "../../../resources/CachedRoles.ts"
import { read } from "../../../resources/EmbeddedSeniorityModel.ts"
import { layerMemory, RoleCache, RoleCacheError } from "../../../resources/RoleCache.ts"
import { SeniorityModel } from "../../../resources/SeniorityModel.ts"
import type { Event } from "../../../runtime/event/Event.ts"
import { Metadata, sql } from "../../../runtime/index.ts"
import * as Project from "../Project.ts"

const project = Effect.fnUntraced(function* (cache: Layer.Layer<RoleCache>) {
  const asked: Array<number> = []
  const model = Layer.succeed(SeniorityModel, {
    version: "test",
    batch: 1000,
    infer: (roles) =>
      Effect.sync(() => {
        asked.push(roles.length)
        return roles.map(({ title }) => read(title))
      })
  })
  const roles = CachedRoles.layer.pipe(Layer.provide([cache, model]))
  return { asked, ...(yield* Project.make([Raw, ModelVersion, Parsed, Enriched], "STRATA_POSTINGS_SOURCE", roles)) }
})

/** A day of postings of these titles, twice each. */
const day = (titles: ReadonlyArray<string>) =>
  [...titles, ...titles].map((title, n) =>
    JSON.stringify({ url: `https://example.com/${n}`, company: "Acme", title, location: "", scraped_on: n })
  )

const midnight = (n: number) => `${1_748_822_400 + n * 86_400}.jsonl`
const titles = Array.from({ length: 1500 }, (_, n) => (n % 3 === 0 ? `Director ${n}` : `Clerk ${n}`))

/** What the steps of the asset said of themselves. */
const said = (heard: ReadonlyArray<Event>) =>
  heard.flatMap((event) =>
    event._tag === "StepSucceeded" && "distinct pairs" in event.metadata ? [event.metadata] : []
  )

const memory = Effect.sync(() => ({ "redis memory": Metadata.bytes(7) }))
const measured = Layer.effect(
  RoleCache,
  Effect.map(RoleCache, (cache) => ({ ...cache, gauges: memory }))
).pipe(Layer.provide(layerMemory))

describe("enriched postings", () => {
  it.effect("of several days in one step ask once for what the days have in common, in the fewest calls", () =>
    Effect.gen(function* () {
      const { asked, land, materialize, query } = yield* project(measured)
      for (const n of [0, 1, 2, 3]) land(midnight(n), day(titles.slice(n * 100, n * 100 + 1200)))
      const { heard, status } = yield* materialize()
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(asked, [1000, 500])
      const [metadata, ...others] = said(heard)
      assert.strictEqual(others.length, 0)
      const count = (name: string) => metadata?.[name]?.value
      const counts = ["distinct pairs", "cache hits", "cache misses", "model calls", "cache faults"].map(count)
      assert.deepStrictEqual(counts, [1500, 0, 1500, 2, 0])
      for (const time of ["time in cache", "time in model", "time in engine before the join"]) {
        assert.strictEqual(metadata?.[time]?._tag, "Duration", time)
      }
      assert.deepStrictEqual([count("redis memory before"), count("redis memory after")], [7, 7])
      const rows = yield* query((asset) => sql`SELECT title, seniority FROM ${asset("postings/enriched")}`)
      assert.strictEqual(rows.length, 4 * 2400)
      for (const { seniority, title } of rows) assert.strictEqual(Number(seniority), read(String(title)))
    }).pipe(Effect.provide(Project.layer))
  )

  it.effect("are the same without a cache, and say what it cost", () =>
    Effect.gen(function* () {
      const fail = (operation: RoleCacheError["operation"]) =>
        Effect.fail(new RoleCacheError({ operation, cause: "it is away" }))
      const away = Layer.succeed(RoleCache, {
        lookup: () => fail("lookup"),
        save: () => fail("save"),
        prune: () => fail("prune"),
        count: fail("count"),
        gauges: Effect.succeed({})
      })
      const { land, materialize, query } = yield* project(away)
      land(midnight(0), day(titles))
      const { heard, status } = yield* materialize()
      assert.strictEqual(status, "Succeeded")
      const [metadata] = said(heard)
      assert.deepStrictEqual(
        ["cache hits", "cache misses", "cache faults"].map((name) => metadata?.[name]?.value),
        [0, 1500, 3]
      )
      const rows = yield* query((asset) => sql`SELECT title, seniority FROM ${asset("postings/enriched")}`)
      assert.strictEqual(rows.length, 3000)
      for (const { seniority, title } of rows) assert.strictEqual(Number(seniority), read(String(title)))
    }).pipe(Effect.provide(Project.layer))
  )
})
