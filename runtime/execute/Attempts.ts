/**
 * Decides whether, and after which delay, a failed step is tried again: by the
 * schedule of the error's tag, as far as the limits allow.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import type * as Pull from "effect/Pull"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import * as RetryPolicy from "../definition/RetryPolicy.ts"

/** An attempt took longer than the asset allows. */
export class AttemptTimeout extends Schema.TaggedError<AttemptTimeout>()("AttemptTimeout", {
  after: Schema.String
}) {
  override get message() {
    return `the attempt was stopped after ${this.after}, its timeout: raise it, or give a step less to do`
  }
}

/** The attempts at a step, and the delays between them, took longer than the asset allows. */
export class TotalTimeout extends Schema.TaggedError<TotalTimeout>()("TotalTimeout", { after: Schema.String }) {
  override get message() {
    return `the step was stopped after ${this.after}, the timeout of all its attempts together: raise it, or let it be tried less often`
  }
}

export interface Attempts {
  /** The delay before the next attempt, after the failure of attempt `number`; none when it was the last. */
  readonly next: (number: number, cause: Cause.Cause<unknown>) => Effect.Effect<Option.Option<Duration.Duration>>
}

type Step = (now: number, input: unknown) => Pull.Pull<[unknown, Duration.Duration], never, unknown>

/** The attempts at one step. Each tag goes through its own schedule. */
export const make = (source: Asset.Computation): Attempts => {
  const steps = new Map<string, Step>()
  const stepOf = Effect.fnUntraced(function* (tag: string, schedule: Schedule.Schedule<unknown, never>) {
    const step = steps.get(tag) ?? ((yield* Schedule.toStep(schedule as Schedule.Schedule<unknown>)) as Step)
    steps.set(tag, step)
    return step
  })
  return {
    next: Effect.fnUntraced(function* (number, cause) {
      const error = Option.getOrUndefined(Cause.findErrorOption(cause))
      const tag = hasProperty(error, "_tag") ? String(error._tag) : undefined
      const retry = tag === undefined || Cause.hasDies(cause) ? undefined : source.retry[tag]
      if (tag === undefined || retry === undefined || retry === "fail") return Option.none()
      if (number >= (source.limits.maxAttempts ?? 10)) return Option.none()
      const step = yield* stepOf(tag, retry)
      const delay = yield* Effect.option(step(yield* Clock.currentTimeMillis, error))
      return Option.map(delay, ([, scheduled]) =>
        Duration.max(scheduled, Duration.millis(RetryPolicy.askedDelay(error)))
      )
    })
  }
}

/** Stops an attempt at its timeout; what its body waited of its own accord, in milliseconds, does not count. */
export const withTimeout =
  (source: Asset.Computation, waited: (now: number) => number) =>
  <A, E, R>(attempt: Effect.Effect<A, E, R>): Effect.Effect<A, E | AttemptTimeout, R> => {
    const { timeout } = source.limits
    if (timeout === undefined) return attempt
    const limit = Duration.fromInputUnsafe(timeout)
    return Effect.raceFirst(attempt, overdue(limit, waited))
  }

const overdue = Effect.fnUntraced(function* (limit: Duration.Duration, waited: (now: number) => number) {
  const began = yield* Clock.currentTimeMillis
  for (let left = Duration.toMillis(limit); left > 0; ) {
    yield* Effect.sleep(Math.max(left, 1))
    const now = yield* Clock.currentTimeMillis
    // While the body waits this stands still, and is looked at now and then.
    left = Duration.toMillis(limit) - (now - began - waited(now))
    if (left > 0) left = Math.max(left, 20)
  }
  return yield* new AttemptTimeout({ after: Duration.format(limit) })
})

/** Stops all attempts, and the delays between them, at the limit of their total time. */
export const withinTotal = <A, E, R, E2, R2>(
  source: Asset.Computation,
  attempts: Effect.Effect<A, E, R>,
  otherwise: (error: TotalTimeout) => Effect.Effect<A, E2, R2>
): Effect.Effect<A, E | E2, R | R2> => {
  const { totalTimeout } = source.limits
  if (totalTimeout === undefined) return attempts
  const after = Duration.format(Duration.fromInputUnsafe(totalTimeout))
  return Effect.timeoutOrElse(attempts, {
    duration: totalTimeout,
    orElse: () => Effect.suspend(() => otherwise(new TotalTimeout({ after })))
  })
}
