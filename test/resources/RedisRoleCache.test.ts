import { assert, describe, it } from "@effect/vitest"
import { Redis as Client } from "ioredis"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as RedisRoleCache from "../../resources/RedisRoleCache.ts"
import * as RoleRedis from "../../resources/roles/RoleRedis.ts"
import { RoleCache } from "../../resources/RoleCache.ts"
import * as Redis from "../servers/Redis.ts"
import { roleCacheSuite } from "../suites/roleCache.ts"

const client = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new Client(url)),
    (client) => Effect.sync(() => client.disconnect())
  )

const fresh = Layer.effect(
  RoleCache,
  Effect.gen(function* () {
    const server = yield* Redis.start()
    const redis = yield* RoleRedis.make(yield* client(server.url))
    return RedisRoleCache.make(redis, 2e4)
  })
).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))

describe("the role cache in Redis", () => {
  roleCacheSuite(fresh)
})
