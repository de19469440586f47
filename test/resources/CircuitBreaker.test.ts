import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/testing/TestClock"
import * as CircuitBreaker from "../../resources/CircuitBreaker.ts"

const service = Effect.gen(function* () {
  const state = { isUp: false, asked: 0, probed: 0 }
  const answer = Effect.suspend(() => (state.isUp ? Effect.void : Effect.fail("down" as string)))
  const breaker = yield* CircuitBreaker.make<string>({
    failures: 3,
    every: "1 second",
    probe: Effect.suspend(() => {
      state.probed++
      return answer
    }),
    isFault: (error) => error !== "no",
    refused: () => "refused"
  })
  const ask = Effect.flip(
    breaker.protect(
      Effect.suspend(() => {
        state.asked++
        return answer
      })
    )
  )
  return { ask, breaker, state }
})

it.effect("refuses at once after failures in a row", () =>
  Effect.gen(function* () {
    const { ask, state } = yield* service
    for (const _ of [1, 2, 3]) expect(yield* ask).toBe("down")
    for (const _ of [1, 2, 3]) expect(yield* ask).toBe("refused")
    expect(state.asked).toBe(3)
  })
)

it.effect("probes once a second while somebody asks, and lets in again what it finds up", () =>
  Effect.gen(function* () {
    const { ask, breaker, state } = yield* service
    for (const _ of [1, 2, 3]) yield* ask
    for (const _ of [1, 2, 3]) {
      yield* TestClock.adjust("1 second")
      for (const _ of [1, 2, 3]) yield* ask
      yield* Effect.yieldNow
    }
    expect(state).toEqual({ isUp: false, asked: 3, probed: 3 })
    state.isUp = true
    yield* TestClock.adjust("1 second")
    yield* ask
    yield* Effect.yieldNow
    expect(breaker.isOpen()).toBe(false)
    expect(Exit.isSuccess(yield* Effect.exit(breaker.protect(Effect.void)))).toBe(true)
  })
)

it.effect("opens for twice as long when what it let in fails again", () =>
  Effect.gen(function* () {
    const { ask, breaker, state } = yield* service
    for (const _ of [1, 2, 3]) yield* ask
    state.isUp = true
    yield* TestClock.adjust("1 second")
    yield* ask
    yield* Effect.yieldNow
    state.isUp = false
    yield* ask
    expect(breaker.isOpen()).toBe(true)
    yield* TestClock.adjust("1 second")
    yield* ask
    yield* Effect.yieldNow
    expect(state.probed).toBe(1)
    yield* TestClock.adjust("1 second")
    yield* ask
    yield* Effect.yieldNow
    expect(state.probed).toBe(2)
  })
)

it.effect("takes an answer that is no fault as a sign of life", () =>
  Effect.gen(function* () {
    const { breaker } = yield* service
    for (const error of ["down", "down", "no", "down", "down"]) {
      yield* Effect.flip(breaker.protect(Effect.fail(error)))
    }
    expect(breaker.isOpen()).toBe(false)
  })
)
