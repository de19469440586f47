/**
 * What a role costs in Redis, and how many a second are looked up: the cache's
 * layout against a string key for each role. `node Layout.ts <roles> <redis port>`;
 * it prints a line of JSON for each.
 */
import { chunksOf } from "effect/Array"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { Redis as Client } from "ioredis"
import { entries } from "../../data/prefill.ts"
import { role } from "../../data/postings.ts"
import * as Redis from "../../resources/Redis.ts"
import * as RedisRoleCache from "../../resources/RedisRoleCache.ts"

export interface Layout {
  readonly layout: string
  readonly bytes: number
  readonly savesPerSecond: number
  readonly lookupsPerSecond: number
}

const [count = 0, port = 0] = process.argv.slice(2).map(Number)
const sample = Array.from({ length: Math.min(count, 200_000) }, (_, n) => role(1, (n * 7_919) % count))
const admin = new Client(port, "127.0.0.1")
const memory = async () => Number(/used_memory:(\d+)/.exec(await admin.info("memory"))![1])

const measure = async (
  layout: string,
  save: (some: ReturnType<typeof entries> extends Generator<infer A> ? A : never) => Promise<unknown>,
  lookup: () => Promise<unknown>
) => {
  const before = await memory()
  const started = performance.now()
  for (const some of entries(count, 1)) await save(some)
  const saved = performance.now()
  const bytes = ((await memory()) - before) / count
  const looked: Array<number> = []
  for (let round = 0; round < 3; round++) {
    const begun = performance.now()
    await lookup()
    looked.push(performance.now() - begun)
  }
  const perSecond = (roles: number, millis: number) => Math.round((roles / millis) * 1000)
  const measured: Layout = {
    layout,
    bytes,
    savesPerSecond: perSecond(count, saved - started),
    lookupsPerSecond: perSecond(sample.length, looked.sort((a, b) => a - b)[1]!)
  }
  console.log(JSON.stringify(measured))
  await admin.flushall()
}

const name = ({ company, title }: { readonly company: string; readonly title: string }) => `${company}|${title}`

const strings = (some: ReadonlyArray<{ company: string; title: string; seniority: number }>) =>
  Promise.all(
    chunksOf(some, 1000).map((part) => admin.mset(...part.flatMap((entry) => [name(entry), String(entry.seniority)])))
  )
/** Eight commands on their way at once. */
const inTurn = async (ask: (part: typeof sample) => Promise<unknown>) => {
  const parts = chunksOf(sample, 1000).values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const part of parts) await ask(part)
    })
  )
}
await measure("a string key a role, pipelined GET", strings, () =>
  inTurn((part) => admin.pipeline(part.map((role) => ["get", name(role)])).exec())
)
await measure("a string key a role, MGET", strings, () => inTurn((part) => admin.mget(part.map(name))))

const redis = Redis.layerUrl({ url: Redacted.make(`redis://127.0.0.1:${port}`), timeout: "30 seconds" })
const runtime = ManagedRuntime.make(redis)
const cache = RedisRoleCache.make(await runtime.runPromise(Redis.Redis), count)
await measure(
  "Strata: eight bytes a role, in buckets",
  (some) => runtime.runPromise(cache.save(some, "1")),
  () => runtime.runPromise(cache.lookup(sample, "1"))
)
await runtime.dispose()
admin.disconnect()
