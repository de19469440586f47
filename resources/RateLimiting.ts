/**
 * Where the limits of `RateLimit` are counted: in this process, or in Redis for
 * all that use it.
 *
 * While Redis is away each process keeps to the limits by itself: too much may
 * be asked of a service then, which is slower, but nothing stands still.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type { Redis } from "./Redis.ts"
import * as Persistence from "./redis/Persistence.ts"

/** Of this process alone. */
export const layerMemory: Layer.Layer<RateLimiter.RateLimiter> = RateLimiter.layer.pipe(
  Layer.provide(RateLimiter.layerStoreMemory)
)

/** Of all processes that use the Redis server. */
export const layerRedis: Layer.Layer<RateLimiter.RateLimiter, never, Redis> = Layer.effect(
  RateLimiter.RateLimiter,
  Effect.gen(function* () {
    const shared = yield* Effect.provide(RateLimiter.make, sharedStore)
    const own = yield* Effect.provide(RateLimiter.make, RateLimiter.layerStoreMemory)
    let isAlone = false
    const told = (error: RateLimiter.RateLimiterError) =>
      isAlone
        ? Effect.void
        : Effect.logWarning(`limits are kept by this process alone until Redis is back: ${reason(error)}`)
    return RateLimiter.RateLimiter.of({
      ...shared,
      consume: (options) =>
        shared.consume(options).pipe(
          Effect.tap(() =>
            Effect.sync(() => {
              isAlone = false
            })
          ),
          Effect.catchIf(
            ({ reason }) => reason._tag === "RateLimitStoreError",
            (error) =>
              Effect.suspend(() => {
                const telling = told(error)
                isAlone = true
                return Effect.andThen(telling, own.consume(options))
              })
          )
        )
    })
  })
)

const sharedStore = RateLimiter.layerStoreRedis({ prefix: "strata:limit:" }).pipe(Layer.provide(Persistence.layer))

const reason = ({ reason }: RateLimiter.RateLimiterError): string =>
  reason._tag === "RateLimitStoreError" ? String(reason.cause) : reason.message
