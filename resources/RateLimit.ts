/**
 * How much may be asked of a service in a time, by everybody who knows the limit
 * by its name: all steps of a process, or all processes where the store of
 * `RateLimiter` is shared.
 *
 * A resource declares its limit once, and its callers know nothing of it. Who
 * comes too early waits, in order, and is shown as waiting.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { Waiting } from "../runtime/definition/Waiting.ts"

export interface RateLimit {
  /** Returns when so many may be asked for. */
  readonly take: (tokens: number) => Effect.Effect<void>
}

export interface Options {
  /** Of the limit; also what callers are shown to wait for. */
  readonly name: string
  readonly limit: number
  /** The time in which the limit may be used up. */
  readonly per: Duration.Input
}

export const make = Effect.fn("RateLimit.make")(function* ({ limit, name, per }: Options) {
  const limiter = yield* RateLimiter.RateLimiter
  const take = Effect.fnUntraced(function* (tokens: number) {
    // A store that fails without an answer is no reason to fail a step: its layer decides what then holds.
    const { delay } = yield* Effect.orDie(
      limiter.consume({ algorithm: "fixed-window", onExceeded: "delay", key: name, limit, window: per, tokens })
    )
    if (Duration.isZero(delay)) return
    const { during } = yield* Waiting
    yield* during(name)(Effect.sleep(delay))
  })
  const self: RateLimit = { take }
  return self
})
