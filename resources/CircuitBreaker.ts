/**
 * Keeps a service that does not answer from slowing down those who ask it.
 *
 * After some failures in a row the circuit is open: whoever asks is refused at
 * once, and a probe in the background finds out when the service is back. What
 * is let in then has to succeed; until it does, one failure opens the circuit
 * again, for twice as long.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

export interface CircuitBreaker<E> {
  /** Performs, or fails at once while the circuit is open. */
  readonly protect: <A, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly isOpen: () => boolean
}

export interface Options<E> {
  /** Failures in a row that open the circuit. */
  readonly failures: number
  /** Time between probes. */
  readonly every: Duration.Input
  /** Succeeds when the service is back; it has to end by itself. */
  readonly probe: Effect.Effect<unknown, unknown>
  /** Failures of other kinds are answers: the service is there. */
  readonly isFault: (error: E) => boolean
  /** What is said while the circuit is open. */
  readonly refused: () => E
}

/** The longest time between probes, in times of the first. */
const patience = 30

/** A circuit whose probes end with the scope. */
export const make = Effect.fnUntraced(function* <E>(options: Options<E>) {
  const scope = yield* Effect.scope
  const first = Duration.toMillis(options.every)
  const state = { failures: 0, interval: first, probeAt: undefined as number | undefined, isProbing: false }

  const succeeded = () => {
    state.failures = 0
    state.interval = first
    state.probeAt = undefined
  }

  const failed = (now: number) => {
    state.failures++
    if (state.failures < options.failures || state.probeAt !== undefined) return
    state.probeAt = now + state.interval
    state.interval = Math.min(state.interval * 2, first * patience)
  }

  const probe = Effect.gen(function* () {
    const exit = yield* Effect.exit(options.probe)
    const now = yield* Clock.currentTimeMillis
    state.isProbing = false
    // Who comes next is on trial.
    if (Exit.isSuccess(exit)) {
      state.failures = options.failures - 1
      state.probeAt = undefined
    } else state.probeAt = now + first
  })

  const refuse = Effect.fnUntraced(function* (probeAt: number) {
    const now = yield* Clock.currentTimeMillis
    if (now >= probeAt && !state.isProbing) {
      state.isProbing = true
      yield* Effect.forkIn(probe, scope)
    }
    return yield* Effect.fail(options.refused())
  })

  const result: CircuitBreaker<E> = {
    isOpen: () => state.probeAt !== undefined,
    protect: (self) =>
      Effect.suspend(() =>
        state.probeAt !== undefined
          ? refuse(state.probeAt)
          : Effect.tapError(Effect.tap(self, Effect.sync(succeeded)), (error) =>
              options.isFault(error) ? Effect.map(Clock.currentTimeMillis, failed) : Effect.sync(succeeded)
            )
      )
  }
  return result
})
