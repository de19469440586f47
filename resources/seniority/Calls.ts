/**
 * Calls of the model within one time: made again where their status allows it,
 * after a delay, a few times, and while enough other calls succeed.
 *
 * Waiting for the rate limit is not part of the time.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { RateLimit } from "../RateLimit.ts"
import { Retries, type SeniorityModelError } from "../SeniorityModel.ts"
import type { Channel } from "./Channel.ts"
import type * as RetryBudget from "./RetryBudget.ts"
import * as Status from "./Status.ts"

export interface Calls {
  readonly channel: Channel
  readonly limit: RateLimit
  readonly budget: RetryBudget.RetryBudget
}

/** The time that is left for calls that belong together. */
export interface TimeLeft {
  millis: number
}

/** One call and its repetitions; `tokens` are taken of the limit for each. */
export const perform = Effect.fnUntraced(function* (
  { budget, channel, limit }: Calls,
  request: Uint8Array,
  tokens: number,
  time: TimeLeft
): Effect.fn.Return<Uint8Array, SeniorityModelError> {
  const retries = yield* Retries
  for (let attempt = 1; ; attempt++) {
    yield* limit.take(tokens)
    const before = yield* Clock.currentTimeMillis
    const reply = yield* Effect.result(channel.call(request, time.millis))
    time.millis -= (yield* Clock.currentTimeMillis) - before
    if (Result.isSuccess(reply)) {
      budget.succeeded()
      return reply.success
    }
    const failed = reply.failure
    if (!Status.isTransient(failed)) return yield* Status.failure(failed)
    budget.failed()
    const delay = failed.pushbackMillis ?? (yield* backoff(attempt))
    if (attempt === mostAttempts || delay >= time.millis || !budget.allows()) return yield* Status.failure(failed)
    retries.count()
    yield* Effect.sleep(delay)
    time.millis -= delay
  }
})

const mostAttempts = 4

/** Milliseconds: 100, 200, 400, each between half of it and all. */
const backoff = (attempt: number): Effect.Effect<number> =>
  Effect.map(Random.next, (random) => 100 * 2 ** (attempt - 1) * (0.5 + random / 2))
