/** A run that enriches is killed: what the model had answered is in Redis, and only the rest is asked again. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Redis from "../../resources/Redis.ts"
import * as RedisRoleCache from "../../resources/RedisRoleCache.ts"
import { RoleCache } from "../../resources/RoleCache.ts"
import * as SeniorityServer from "../../resources/seniority/Server.ts"
import * as RedisServer from "../servers/Redis.ts"
import * as Process from "./Process.ts"

const roles = 3000
const line = (n: number) =>
  JSON.stringify({
    url: `https://jobs.example.com/${n}`,
    company: "Acme",
    title: `Clerk ${n}`,
    location: "",
    scraped_on: n
  })

const polled = { schedule: Schedule.spaced("20 millis"), times: 1000 } as const

it.live("a killed run loses no answer, and the next asks only for the others", () =>
  Effect.gen(function* () {
    const redis = yield* RedisServer.start()
    const model = yield* SeniorityServer.start({ host: "127.0.0.1", port: 0, rate: 1500, faults: () => [] })
    const folder = Process.folder()
    mkdirSync(join(folder, "landed"))
    const lines = Array.from({ length: roles }, (_, n) => `${line(n)}\n`)
    writeFileSync(join(folder, "landed", "1748822400.jsonl"), lines.join(""))
    const env = {
      STRATA_HOME: join(folder, "home"),
      STRATA_POSTINGS_SOURCE: join(folder, "landed"),
      STRATA_REDIS_URL: redis.url,
      STRATA_ROLE_CACHE_SIZE: "20000",
      STRATA_SENIORITY_URL: `http://127.0.0.1:${model.port}`,
      STRATA_SENIORITY_BATCH: "200",
      STRATA_SENIORITY_RATE: "10000"
    }
    const context = yield* Layer.build(
      RedisRoleCache.layer.pipe(
        Layer.provide(Redis.layerUrl({ url: Redacted.make(redis.url) })),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env)))
      )
    )
    const known = Effect.map(Context.get(context, RoleCache).count, (counts) =>
      counts.reduce((sum, { roles }) => sum + roles, 0)
    )

    const run = Process.start(["materialize", "postings/parsed,postings/enriched"], { env })
    yield* Effect.repeat(known, { until: (known) => known >= 600, ...polled })
    process.kill(-run.pid, "SIGKILL")
    const { signal } = yield* Effect.promise(() => run.ended)
    assert.strictEqual(signal, "SIGKILL")
    // Calls that were on their way are answered to nobody.
    yield* Effect.repeat(Effect.sync(model.counts), { until: ({ open }) => open === 0, ...polled })
    const [kept, asked] = [yield* known, model.counts().roles]
    assert.isBelow(kept, roles)

    const again = yield* Effect.promise(() =>
      Process.run(["materialize", "postings/parsed,postings/enriched"], { env })
    )
    assert.strictEqual(again.code, 0, again.stderr)
    assert.strictEqual(model.counts().roles - asked, roles - kept)
    assert.strictEqual(yield* known, roles)
    const counted = yield* Effect.promise(() =>
      Process.run(["query", "--json", "SELECT count(*) AS n FROM postings.enriched WHERE seniority = 2"], { env })
    )
    assert.include(counted.stdout, String(roles))
  }).pipe(Effect.scoped)
)
