/**
 * Redis as the modules of `effect/persistence` use it: commands and scripts over
 * the connection of `Redis`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as EffectRedis from "effect/persistence/Redis"
import { Redis } from "../Redis.ts"

/** Channels and connections of one's own are not offered: nothing here listens or blocks. */
export const layer: Layer.Layer<EffectRedis.Redis, never, Redis> = Layer.effect(
  EffectRedis.Redis,
  Effect.gen(function* () {
    const redis = yield* Redis
    const notOffered = Effect.fail(new EffectRedis.RedisError({ cause: "only commands and scripts are offered" }))
    return yield* EffectRedis.make({
      send: <A = unknown>(command: string, ...args: ReadonlyArray<string>) =>
        Effect.mapError(
          redis.use((client) => client.call(command, ...args) as Promise<A>),
          // The text of the reply is asked for: NOSCRIPT says that a script has to be loaded again.
          (error) => new EffectRedis.RedisError({ cause: error.message })
        ),
      subscribe: () => notOffered,
      connect: notOffered
    })
  })
)
