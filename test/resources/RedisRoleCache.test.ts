import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Redis from "../../resources/Redis.ts"
import * as RedisRoleCache from "../../resources/RedisRoleCache.ts"
import * as RedisServer from "../servers/Redis.ts"
import { roleCacheSuite } from "../suites/roleCache.ts"

const fresh = RedisRoleCache.layer.pipe(
  Layer.provide(Layer.unwrap(Effect.map(RedisServer.start(), ({ url }) => Redis.layerUrl({ url: Redacted.make(url) }))))
)

describe("the role cache in Redis", () => {
  roleCacheSuite(fresh)
})
