/**
 * What the body of an attempt waits for, by its own word: a limit of calls, for
 * instance.
 *
 * From the first fiber of the body that waits until none does any more, it is
 * told what is waited for, the time does not count, and what the body lends is
 * there for others. Fibers that go on meanwhile only call and answer.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Waiting } from "../definition/Waiting.ts"

export interface BodyWaits {
  /** As the body gets it. */
  readonly waiting: Waiting
  /** The milliseconds of waiting so far. */
  readonly millis: (now: number) => number
  /** Around the body: whatever interrupted it, it ends with what it lent. */
  readonly around: <A, E, R>(body: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export interface Options {
  /** Hears the names of what is waited for; of nothing, at the end. */
  readonly tell: (names: ReadonlyArray<string>) => Effect.Effect<void>
  /** Permits that the body holds, and does not need while it waits. */
  readonly lend: () => void
  /** Waits until they are there again; interrupted, it holds none. */
  readonly takeBack: Effect.Effect<void>
  /** Takes them without waiting. */
  readonly seize: () => void
}

export const make = ({ lend, seize, takeBack, tell }: Options): BodyWaits => {
  const state = { waiting: 0, since: 0, total: 0, isLent: false, isReturning: false }

  const enter = (what: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (state.waiting++ > 0) return Effect.void
      state.since = now
      if (!state.isLent) lend()
      state.isLent = true
      return tell([what])
    })

  const leave = Effect.map(Clock.currentTimeMillis, (now) => {
    if (--state.waiting === 0) state.total += now - state.since
  })

  const comeBack = Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      if (state.waiting > 0 || !state.isLent || state.isReturning) return Effect.void
      state.isReturning = true
      return Effect.onExit(restore(takeBack), (exit) => {
        state.isReturning = false
        if (exit._tag === "Failure") return Effect.void
        // Somebody began to wait again while it was on its way.
        if (state.waiting > 0) {
          lend()
          return Effect.void
        }
        state.isLent = false
        return tell([])
      })
    })
  )

  return {
    waiting: {
      during: (what) => (self) =>
        Effect.andThen(
          Effect.acquireUseRelease(
            enter(what),
            () => self,
            () => leave
          ),
          (value) => Effect.as(comeBack, value)
        )
    },
    millis: (now) => state.total + (state.waiting > 0 ? now - state.since : 0),
    around: (body) =>
      Effect.ensuring(
        body,
        Effect.sync(() => {
          if (state.isLent) seize()
          state.isLent = false
        })
      )
  }
}
