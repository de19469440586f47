import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as EffectRedis from "effect/persistence/Redis"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Redis from "../../resources/Redis.ts"
import * as Persistence from "../../resources/redis/Persistence.ts"
import * as RedisServer from "../servers/Redis.ts"

const connect = (url: string) =>
  Effect.map(Layer.build(Redis.layerUrl({ url: Redacted.make(url), timeout: "400 millis" })), (context) =>
    Context.get(context, Redis.Redis)
  )

const again = { schedule: Schedule.spaced("20 millis"), times: 500 } as const

it.live("answers commands and pipelines in order", () =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start()
    const redis = yield* connect(server.url)
    expect(redis.address).toBe(`redis://127.0.0.1:${server.port}`)
    expect(yield* redis.use((client) => client.set("a", "1"))).toBe("OK")
    const replies = yield* redis.pipeline((pipeline) => pipeline.get("a").incr("a").get("b"))
    expect(replies).toEqual(["1", 2, null])
    const persistence = Context.get(
      yield* Layer.build(Layer.provide(Persistence.layer, Layer.succeed(Redis.Redis, redis))),
      EffectRedis.Redis
    )
    const script = EffectRedis.script((n: number) => [n], { lua: "return ARGV[1] + 1", numberOfKeys: 0 })
    expect(yield* persistence.eval(script.withReturnType<number>())(1)).toBe(2)
    yield* redis.use((client) => client.script("FLUSH"))
    expect(yield* persistence.eval(script.withReturnType<number>())(2)).toBe(3)
  }).pipe(Effect.scoped)
)

it.live("says which command the server refused, and that it did", () =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start()
    const redis = yield* connect(server.url)
    const error = yield* Effect.flip(redis.pipeline((pipeline) => pipeline.set("a", "1").hget("a", "b")))
    expect(error._tag).toBe("RedisRefused")
    expect(error.message).toContain("WRONGTYPE")
  }).pipe(Effect.scoped)
)

it.live("fails at once when the server is not there, and comes back when it is", () =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start()
    yield* server.stop("SIGKILL")
    const redis = yield* connect(server.url)
    const ping = redis.use((client) => client.ping())
    expect((yield* Effect.flip(ping))._tag).toBe("RedisUnavailable")
    const [away] = yield* Effect.timed(Effect.forEach(Array.from({ length: 200 }), () => Effect.flip(ping)))
    expect(Duration.toMillis(away)).toBeLessThan(400)
    yield* server.start
    expect(yield* Effect.retry(ping, again)).toBe("PONG")
    yield* server.stop("SIGKILL")
    expect((yield* Effect.flip(Effect.repeat(ping, Schedule.spaced("5 millis"))))._tag).toBe("RedisUnavailable")
    yield* server.start
    expect(yield* Effect.retry(ping, again)).toBe("PONG")
  }).pipe(Effect.scoped)
)

it.live("costs the timeout a few times and then nothing when the server hangs", () =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start()
    const redis = yield* connect(server.url)
    const ping = redis.use((client) => client.ping())
    yield* ping
    yield* server.signal("SIGSTOP")
    const [hung] = yield* Effect.timed(Effect.forEach(Array.from({ length: 1000 }), () => Effect.flip(ping)))
    expect(Duration.toMillis(hung)).toBeLessThan(5 * 400 + 1000)
    yield* server.signal("SIGCONT")
    expect(yield* Effect.retry(ping, again)).toBe("PONG")
  }).pipe(Effect.scoped)
)

it.live("never shows a password", () =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start({ args: ["--requirepass", "canary"] })
    const redis = yield* connect(`redis://user:canary-wrong@127.0.0.1:${server.port}`)
    const error = yield* Effect.flip(redis.use((client) => client.auth("canary-wrong")))
    expect(error.message).toContain("WRONGPASS")
    const invalid = yield* Effect.flip(connect("http://user:canary@host"))
    expect(`${redis.address} ${JSON.stringify(error)} ${error.stack} ${error}`).not.toContain("canary")
    expect(`${invalid.message} ${invalid.stack} ${JSON.stringify(invalid)}`).not.toContain("canary")
  }).pipe(Effect.scoped)
)

it("spreads attempts to connect again, up to five seconds", () => {
  const delays = Array.from({ length: 12 }, (_, attempt) => Redis.reconnectDelay(attempt + 1, 1))
  expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(Math.max(...delays)).toBe(5000)
  expect(Redis.reconnectDelay(3, 0)).toBe(200)
})
