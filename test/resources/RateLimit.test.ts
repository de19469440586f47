import { spawn } from "node:child_process"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as RateLimit from "../../resources/RateLimit.ts"
import * as RateLimiting from "../../resources/RateLimiting.ts"
import * as Redis from "../../resources/Redis.ts"
import * as Server from "../../resources/seniority/Server.ts"
import { Waiting } from "../../runtime/definition/Waiting.ts"
import * as RedisServer from "../servers/Redis.ts"

const options = { name: "model", limit: 100, per: "1 second" } as const

describe("a limit", () => {
  it.effect("lets through so much in its time, and the rest later, in order", () =>
    Effect.gen(function* () {
      const { take } = yield* RateLimit.make(options)
      const passed: Array<readonly [string, number]> = []
      const pass = (name: string, tokens: number) =>
        Effect.andThen(
          take(tokens),
          Effect.map(Clock.currentTimeMillis, (at) => passed.push([name, at]))
        )
      const all = [pass("a", 60), pass("b", 40), pass("c", 70), pass("d", 60), pass("e", 1)]
      yield* Effect.forkChild(Effect.all(all, { concurrency: "unbounded" }))
      yield* TestClock.adjust("5 seconds")
      expect(passed).toEqual([
        ["a", 0],
        ["b", 0],
        ["c", 1000],
        ["d", 2000],
        ["e", 2000]
      ])
    }).pipe(Effect.provide(RateLimiting.layerMemory))
  )

  it.effect("says what is waited for, and only where something is", () =>
    Effect.gen(function* () {
      const { take } = yield* RateLimit.make(options)
      const waited: Array<string> = []
      const during = (what: string) => {
        waited.push(what)
        return <A, E, R>(self: Effect.Effect<A, E, R>) => self
      }
      const told = Effect.provideService(take(100), Waiting, { during })
      yield* told
      expect(waited).toEqual([])
      yield* Effect.forkChild(told)
      yield* TestClock.adjust("1 second")
      expect(waited).toEqual(["model"])
    }).pipe(Effect.provide(RateLimiting.layerMemory))
  )

  it.effect("is one for all who know its name, and another for others", () =>
    Effect.gen(function* () {
      const first = yield* RateLimit.make(options)
      const same = yield* RateLimit.make(options)
      const other = yield* RateLimit.make({ ...options, name: "another" })
      yield* first.take(100)
      yield* other.take(100)
      const [waited] = yield* Effect.all([Effect.timed(same.take(1)), TestClock.adjust("1 second")], {
        concurrency: "unbounded"
      })
      expect(Duration.toMillis(waited[0])).toBe(1000)
    }).pipe(Effect.provide(RateLimiting.layerMemory))
  )
})

const limiterAt = (url: string) =>
  Effect.map(
    Layer.build(
      RateLimiting.layerRedis.pipe(Layer.provide(Redis.layerUrl({ url: Redacted.make(url), timeout: "400 millis" })))
    ),
    (context) => Context.get(context, RateLimiter.RateLimiter)
  )

const limitAt = (url: string) =>
  Effect.flatMap(limiterAt(url), (limiter) =>
    Effect.provideService(RateLimit.make(options), RateLimiter.RateLimiter, limiter)
  )

describe("a limit in Redis", () => {
  it.live("is one for all connections, and of each process alone while Redis is away", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.start()
      const one = yield* limitAt(redis.url)
      const other = yield* limitAt(redis.url)
      yield* one.take(100)
      const [shared] = yield* Effect.timed(other.take(50))
      expect(Duration.toMillis(shared)).toBeGreaterThan(800)
      yield* redis.stop("SIGKILL")
      const [alone] = yield* Effect.timed(Effect.all([one.take(100), other.take(100)]))
      expect(Duration.toMillis(alone)).toBeLessThan(800)
      const [limited] = yield* Effect.timed(one.take(1))
      expect(Duration.toMillis(limited)).toBeGreaterThan(500)
    }).pipe(Effect.scoped)
  )
})

const ask = (settings: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  Effect.callback<number | null>((resume) => {
    const program = join(import.meta.dirname, "programs", "askSeniority.ts")
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...settings },
      stdio: "inherit"
    })
    child.once("exit", (code) => resume(Effect.succeed(code)))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

describe("the limit of the seniority model", () => {
  it.live("holds over two processes that share a Redis: 1,000 roles a second", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.start()
      const clock = yield* Clock.Clock
      const calls: Array<number> = []
      const server = yield* Server.start({
        host: "127.0.0.1",
        port: 0,
        rate: 1_000_000,
        faults: () => {
          calls.push(clock.currentTimeMillisUnsafe())
          return []
        }
      })
      const settings = { STRATA_REDIS_URL: redis.url, STRATA_SENIORITY_URL: `http://127.0.0.1:${server.port}` }
      const codes = yield* Effect.all([ask(settings, "one", "2000", "100"), ask(settings, "other", "2000", "100")], {
        concurrency: "unbounded"
      })
      expect(codes).toEqual([0, 0])
      expect(server.counts().roles).toBe(4000)
      // 40 calls of 100 roles. The first of a process come late, by the time that it takes to connect.
      const atOnce = calls.map((from) => calls.filter((at) => at >= from && at < from + 500).length * 100)
      expect(Math.max(...atOnce)).toBeLessThanOrEqual(1000)
      expect(calls.at(-1)! - calls[0]!).toBeGreaterThan(2500)
      expect(calls.at(-1)! - calls[0]!).toBeLessThan(6000)
    }).pipe(Effect.scoped)
  )
})
