import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ConfiguredSeniorityModel from "../../resources/ConfiguredSeniorityModel.ts"
import * as EmbeddedSeniorityModel from "../../resources/EmbeddedSeniorityModel.ts"
import { SeniorityModel } from "../../resources/SeniorityModel.ts"
import * as Server from "../../resources/seniority/Server.ts"
import * as RedisServer from "../servers/Redis.ts"

const having = (settings: Readonly<Record<string, string>>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(settings))

const model = (settings: Readonly<Record<string, string>>) =>
  Effect.map(Layer.build(ConfiguredSeniorityModel.layer).pipe(having(settings)), (context) =>
    Context.get(context, SeniorityModel)
  )

const role = { company: "a", title: "Vice President" }

describe("the seniority model of the settings", () => {
  it.live("is the embedded one without an address", () =>
    Effect.gen(function* () {
      const { infer, version } = yield* model({ STRATA_REDIS_URL: "redis://127.0.0.1:1" })
      expect(version).toBe(EmbeddedSeniorityModel.version)
      expect(yield* infer([role])).toEqual([6])
    }).pipe(Effect.scoped)
  )

  it.live.each([true, false])("is that of a server with an address; limits in Redis: %s", (inRedis) =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.start()
      const server = yield* Server.start({ host: "127.0.0.1", port: 0, rate: 1000, faults: () => [] })
      const { batch, infer, version } = yield* model({
        STRATA_SENIORITY_URL: `http://localhost:${server.port}`,
        STRATA_SENIORITY_VERSION: "7",
        STRATA_SENIORITY_BATCH: "10",
        ...(inRedis ? { STRATA_REDIS_URL: redis.url } : {})
      })
      expect([batch, version]).toEqual([10, "7"])
      expect(yield* infer([role])).toEqual([6])
      expect(server.counts().calls).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("asks nobody before it is asked", () =>
    Effect.gen(function* () {
      const settings = { STRATA_SENIORITY_URL: "http://127.0.0.1:1", STRATA_REDIS_URL: "redis://127.0.0.1:1" }
      const { infer } = yield* model(settings)
      expect((yield* Effect.flip(infer([role])))._tag).toBe("ModelUnavailable")
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["127.0.0.1:50051", "no URL"],
    ["ftp://127.0.0.1", "begins with ftp:"],
    ["http://models.example:50051", "without TLS"],
    ["https://me:canary@models.example", "holds a user"]
  ])("is none at %s", ([url, reason]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(model({ STRATA_SENIORITY_URL: url! }))
      expect(error.message).toContain(reason)
      expect(error.message).not.toContain("canary")
      const told = yield* ConfiguredSeniorityModel.description.pipe(having({ STRATA_SENIORITY_URL: url! }))
      expect(told.warnings.join()).toContain(reason)
    }).pipe(Effect.scoped)
  )

  it.live("is described without being asked", () =>
    Effect.gen(function* () {
      const description = (settings: Readonly<Record<string, string>>) =>
        Effect.map(ConfiguredSeniorityModel.description.pipe(having(settings)), ({ provider }) => provider)
      expect(yield* description({})).toBe(`embedded, version ${EmbeddedSeniorityModel.version}`)
      const settings = {
        STRATA_SENIORITY_URL: "https://models.example",
        STRATA_REDIS_URL: "redis://:canary@127.0.0.1:1"
      }
      expect(yield* description({ ...settings, STRATA_SENIORITY_RATE: "50" })).toBe(
        "gRPC at https://models.example:443, version remote-1, at most 50 roles in 1s, counted by all that share the Redis server"
      )
    })
  )
})
