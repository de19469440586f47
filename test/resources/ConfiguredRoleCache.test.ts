import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as ConfiguredRoleCache from "../../resources/ConfiguredRoleCache.ts"
import { temporaryFolder } from "../record/temporary.ts"
import * as RedisServer from "../servers/Redis.ts"

const description = (settings: Readonly<Record<string, string>>) =>
  Effect.provideService(
    ConfiguredRoleCache.description,
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromUnknown(settings)
  )

const withServer = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const server = yield* RedisServer.start({ args })
    return yield* description({ STRATA_REDIS_URL: `redis://somebody:canary@127.0.0.1:${server.port}` })
  })

describe("what is said of the role cache", () => {
  it.live("is the file of the project where no Redis is named", () =>
    Effect.gen(function* () {
      const { provider, warnings } = yield* description({})
      assert.include(provider, "cache/roles.sqlite")
      assert.deepStrictEqual(warnings, [])
    })
  )

  it.live("is the address of its Redis, without the password", () =>
    Effect.gen(function* () {
      const told = yield* withServer(["--save", "60 1", "--user", "somebody", "on", ">canary", "~*", "+@all"])
      assert.match(told.provider, /^Redis at redis:\/\/127\.0\.0\.1:\d+$/)
      assert.deepStrictEqual(told.warnings, [])
    })
  )

  it.live("warns of a Redis that keeps nothing on disk, or evicts", () =>
    Effect.gen(function* () {
      const user = ["--user", "somebody", "on", ">canary", "~*", "+@all"]
      const volatile = yield* withServer(user)
      assert.include(volatile.warnings.join(), "keeps nothing on disk")
      const evicting = yield* withServer([
        ...user,
        ...["--appendonly", "yes", "--dir", yield* temporaryFolder],
        ...["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]
      ])
      assert.include(evicting.warnings.join(), "evicts keys when it is full (allkeys-lru)")
      assert.notInclude(evicting.warnings.join(), "on disk")
    })
  )

  it.live("is why it cannot be reached", () =>
    Effect.gen(function* () {
      const gone = yield* description({ STRATA_REDIS_URL: "redis://:canary@127.0.0.1:1" })
      assert.include(gone.warnings.join(), "redis://127.0.0.1:1 cannot be used")
      const invalid = yield* description({ STRATA_REDIS_URL: "http://:canary@host" })
      assert.include(invalid.warnings.join(), "STRATA_REDIS_URL is no address")
      assert.notInclude(JSON.stringify([gone, invalid]), "canary")
    })
  )
})
