/**
 * The role cache of the settings: in Redis where `STRATA_REDIS_URL` names one,
 * else in a file of this project.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ResourceDescription } from "../runtime/index.ts"
import * as EmbeddedRoleCache from "./EmbeddedRoleCache.ts"
import * as Redis from "./Redis.ts"
import * as RedisRoleCache from "./RedisRoleCache.ts"
import * as RoleRedis from "./roles/RoleRedis.ts"

export const layer = Layer.unwrap(
  Effect.map(
    Redis.url,
    Option.match({
      onNone: () => Layer.orDie(EmbeddedRoleCache.layer),
      onSome: () => Layer.provide(RedisRoleCache.layer, Redis.layer)
    })
  )
)

/** What it is at the moment, and what of it may cost calls. */
export const description: Effect.Effect<ResourceDescription> = Effect.gen(function* () {
  if (Option.isNone(yield* Redis.url)) return described("a file of this project, cache/roles.sqlite in its home")
  return yield* Effect.provide(
    Effect.gen(function* () {
      const redis = yield* Redis.Redis
      const warnings = yield* Effect.match(losses(redis), {
        onSuccess: (warnings) => warnings,
        onFailure: ({ message }) => [message]
      })
      return described(`Redis at ${redis.address}`, warnings)
    }),
    Redis.layer
  )
}).pipe(Effect.catch(({ message }) => Effect.succeed(described("none", [message]))))

const described = (provider: string, warnings: ReadonlyArray<string> = []): ResourceDescription => ({
  name: "role cache",
  provider,
  warnings
})

/** Ways in which the server forgets on its own. */
const losses = Effect.fnUntraced(function* (redis: Redis.Redis["Service"]) {
  const info = yield* RoleRedis.info(redis, "memory", "persistence")
  const saves = yield* Effect.orElseSucceed(
    Effect.map(
      redis.use((client) => client.config("GET", "save")),
      (setting) => (setting as ReadonlyArray<string>)[1] !== ""
    ),
    // Those who may not see the setting are not told of it.
    () => true
  )
  const policy = info.get("maxmemory_policy")
  return [
    ...(info.get("aof_enabled") === "0" && !saves
      ? ["Redis keeps nothing on disk, so a restart costs all answers: set save or appendonly there"]
      : []),
    ...(Number(info.get("maxmemory")) > 0 && policy !== "noeviction"
      ? [
          `Redis evicts keys when it is full (${policy}), each with the answers of many roles: set maxmemory-policy noeviction there`
        ]
      : [])
  ]
})
