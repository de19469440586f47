/**
 * Whatever happens to Redis, the answers are those of the model; it costs calls,
 * and a few seconds at most.
 */
import { assert, describe, it } from "@effect/vitest"
import { Redis as Client } from "ioredis"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as CachedRoles from "../../resources/CachedRoles.ts"
import * as Redis from "../../resources/Redis.ts"
import * as RedisRoleCache from "../../resources/RedisRoleCache.ts"
import type { Role } from "../../resources/Role.ts"
import { RoleCache } from "../../resources/RoleCache.ts"
import { Roles } from "../../resources/Roles.ts"
import { all, type Seniority } from "../../resources/Seniority.ts"
import { SeniorityModel } from "../../resources/SeniorityModel.ts"
import * as Proxy from "../servers/Proxy.ts"
import * as RedisServer from "../servers/Redis.ts"

const batches = 12
const size = 400
const batch = (n: number): ReadonlyArray<Role> =>
  Array.from({ length: size }, (_, i) => ({ company: `Company ${i % 37}`, title: `Title ${n * size + i}` }))
const answer = ({ title }: Role): Seniority => all[Number(title.slice(6)) % 7]!

interface Cached {
  /** Of a batch, held to those of the model; gives how many roles the cache knew. */
  readonly ask: (n: number) => Effect.Effect<number, unknown>
  readonly cache: RoleCache["Service"]
  readonly calls: () => number
}

/** Roles that are cached in the server at this address, by a process of its own. */
const cached = Effect.fnUntraced(function* (url: string) {
  let calls = 0
  const model = Layer.succeed(SeniorityModel, {
    version: "test",
    batch: 1000,
    infer: (roles) =>
      Effect.sync(() => {
        calls++
        return roles.map(answer)
      })
  })
  const redis = Redis.layerUrl({ url: Redacted.make(url), timeout: "300 millis" })
  const context = yield* Layer.build(
    CachedRoles.layer.pipe(Layer.provideMerge(Layer.merge(model, RedisRoleCache.layer)), Layer.provide(redis))
  )
  const provided = Effect.provideContext(context)
  return {
    ask: (n) =>
      provided(
        Effect.gen(function* () {
          const roles = batch(n)
          const { hits, seniority } = yield* (yield* Roles).ask(roles)
          assert.deepStrictEqual(seniority, roles.map(answer))
          return hits
        })
      ),
    cache: yield* provided(RoleCache),
    calls: () => calls
  } satisfies Cached as Cached
})

/** What is done to a server while a third of the batches is through. */
interface Fault {
  readonly name: string
  readonly args?: ReadonlyArray<string>
  readonly before?: (server: RedisServer.Redis, admin: Client) => Effect.Effect<unknown, unknown>
  readonly middle?: (server: RedisServer.Redis, admin: Client) => Effect.Effect<unknown, unknown>
}

const command = (admin: Client, ...words: ReadonlyArray<string>) =>
  Effect.promise(() => admin.call(...(words as [string])).catch(() => undefined))
const unanswered = (admin: Client, ...words: ReadonlyArray<string>) =>
  Effect.sync(() => void admin.call(...(words as [string])).catch(() => undefined))

/** Puts this in the place of every bucket. */
const everyBucket = (admin: Client, change: (key: string) => Promise<unknown>) =>
  Effect.promise(async () => {
    for (const key of await admin.keys("strata:*:*")) await change(key)
  })

const faults: ReadonlyArray<Fault> = [
  { name: "is not there at the start", before: (server) => server.stop("SIGKILL") },
  { name: "is killed", middle: (server) => server.stop("SIGKILL") },
  {
    name: "is killed and comes back empty",
    middle: (server) => Effect.andThen(server.stop("SIGKILL"), server.start)
  },
  { name: "pauses for ten seconds", middle: (_, admin) => command(admin, "CLIENT", "PAUSE", "10000") },
  {
    name: "sleeps",
    middle: (_, admin) => unanswered(admin, "DEBUG", "SLEEP", "8"),
    args: ["--enable-debug-command", "yes"]
  },
  { name: "is stopped in its tracks", middle: (server) => server.signal("SIGSTOP") },
  { name: "is full", args: ["--maxmemory", "1mb", "--maxmemory-policy", "noeviction"] },
  { name: "becomes full", middle: (_, admin) => command(admin, "CONFIG", "SET", "maxmemory", "1") },
  { name: "becomes read-only", middle: (_, admin) => command(admin, "REPLICAOF", "127.0.0.1", "1") },
  { name: "loses everything", middle: (_, admin) => command(admin, "FLUSHALL") },
  { name: "wants a password", middle: (_, admin) => command(admin, "CONFIG", "SET", "requirepass", "secret") },
  { name: "forgets its scripts", middle: (_, admin) => command(admin, "SCRIPT", "FLUSH") },
  {
    name: "holds cut texts",
    middle: (_, admin) => everyBucket(admin, async (key) => admin.set(key, (await admin.getBuffer(key))!.subarray(3)))
  },
  {
    name: "holds lists in the place of texts",
    middle: (_, admin) => everyBucket(admin, (key) => admin.multi().del(key).rpush(key, "1").exec())
  },
  {
    name: "holds bytes that are no answers",
    middle: (_, admin) =>
      everyBucket(admin, async (key) => {
        const records = (await admin.getBuffer(key))!
        for (let i = 7; i < records.length; i += 8) records[i] = 252 + (i % 4)
        await admin.set(key, records)
      })
  },
  {
    name: "holds the texts of other keys",
    middle: (_, admin) =>
      Effect.promise(async () => {
        const keys = await admin.keys("strata:*:*")
        const values = await admin.mgetBuffer(keys)
        await Promise.all(keys.map((key, i) => admin.set(key, values[(i + 1) % keys.length]!)))
      })
  },
  { name: "holds no registry", middle: (_, admin) => command(admin, "DEL", "strata:roles") },
  {
    name: "holds something else in its place",
    middle: (_, admin) =>
      Effect.andThen(command(admin, "DEL", "strata:roles"), command(admin, "SET", "strata:roles", "?"))
  },
  {
    name: "holds a registry that is damaged",
    middle: (_, admin) => command(admin, "HSET", "strata:roles", "buckets", "many", "revision", "?", "model test", "x")
  }
]

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

const admin = (server: RedisServer.Redis) =>
  Effect.acquireRelease(
    Effect.sync(() => new Client(server.url, { retryStrategy: () => null, lazyConnect: false }).on("error", () => {})),
    (client) => Effect.sync(() => client.disconnect())
  )

describe("roles cached in a Redis server that", { concurrent: true }, () => {
  for (const fault of faults) {
    it.live(fault.name, () =>
      Effect.gen(function* () {
        const server = yield* RedisServer.start({ args: fault.args ?? [] })
        const boss = yield* admin(server)
        if (fault.before) yield* fault.before(server, boss)
        const { ask } = yield* cached(server.url)
        const third = batches / 3
        const [before] = yield* Effect.timed(Effect.forEach(numbers(0, third), ask))
        if (fault.middle) yield* fault.middle(server, boss)
        const [after] = yield* Effect.timed(Effect.forEach([...numbers(third, batches), 0], ask))
        // What the machine itself takes, busy as it is, is no fault of Redis.
        const own = fault.middle ? 3 * Duration.toMillis(before) : 0
        assert.isBelow(Duration.toMillis(after), 5000 + own)
      }).pipe(Effect.scoped)
    )
  }

  const networks: ReadonlyArray<readonly [name: string, network: Proxy.Network]> = [
    ["answers late", { _tag: "Slow", millis: 2000 }],
    ["answers a little late", { _tag: "Slow", millis: 50 }],
    ["never answers", { _tag: "Silent" }],
    ["cuts connections", { _tag: "Reset" }]
  ]
  for (const [name, network] of networks) {
    it.live(`${name} over a bad network`, () =>
      Effect.gen(function* () {
        const server = yield* RedisServer.start()
        const proxy = yield* Proxy.make(server.port)
        const { ask } = yield* cached(`redis://127.0.0.1:${proxy.port}`)
        const before = yield* Effect.forEach([0, 1, 2], ask)
        assert.deepStrictEqual(before, [0, 0, 0])
        yield* proxy.become(network)
        const [wall] = yield* Effect.timed(Effect.forEach([0, 3, 4, 5, 6, 7, 8, 9], ask))
        assert.isBelow(Duration.toMillis(wall), 5000)
        assert.isBelow(proxy.accepted(), 10)
        yield* proxy.become({ _tag: "Good" })
        yield* Effect.repeat(ask(0), {
          until: (hits) => hits === size,
          schedule: Schedule.spaced("50 millis"),
          times: 200
        })
        assert.strictEqual(yield* ask(0), size)
      }).pipe(Effect.scoped)
    )
  }

  it.live("was away is used again when it is back", () =>
    Effect.gen(function* () {
      const server = yield* RedisServer.start()
      const { ask, calls } = yield* cached(server.url)
      yield* ask(0)
      yield* server.stop("SIGKILL")
      yield* ask(1)
      yield* server.start
      yield* Effect.repeat(ask(1), {
        until: (hits) => hits === size,
        schedule: Schedule.spaced("50 millis"),
        times: 200
      })
      const before = calls()
      assert.strictEqual(yield* ask(1), size)
      assert.strictEqual(calls(), before)
    }).pipe(Effect.scoped)
  )

  it.live("holds a damaged registry starts anew, with the same answers", () =>
    Effect.gen(function* () {
      const server = yield* RedisServer.start()
      const boss = yield* admin(server)
      yield* (yield* cached(server.url)).ask(0)
      for (const damage of [
        ["buckets", "many"],
        ["buckets", "3"],
        ["model test", "x"],
        ["salt", ""]
      ]) {
        yield* command(boss, "HSET", "strata:roles", ...damage)
        const { ask } = yield* cached(server.url)
        yield* ask(0)
        assert.strictEqual(yield* ask(0), size, damage.join(" "))
      }
    }).pipe(Effect.scoped)
  )

  it.live("two processes share has the answers of both, also after one of them forgot a company", () =>
    Effect.gen(function* () {
      const server = yield* RedisServer.start()
      const [one, two] = [yield* cached(server.url), yield* cached(server.url)]
      yield* one.ask(0)
      assert.strictEqual(yield* two.ask(0), size)
      const company = batch(0)[0]!.company
      yield* two.cache.prune({ _tag: "Company", company })
      const others = batch(0).filter((role) => role.company !== company).length
      assert.strictEqual(yield* one.ask(0), others)
      assert.strictEqual(yield* two.ask(0), size)
    }).pipe(Effect.scoped)
  )
})
