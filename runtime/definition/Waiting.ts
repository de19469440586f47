/**
 * Lets a resource say that its caller waits for something, such as a limit of
 * calls a second, rather than works: what is waited for is shown, and the time
 * does not count against the timeout of an attempt.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface Waiting {
  /** Performs what only waits, for a thing of this name. */
  readonly during: (what: string) => <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** Outside a step nobody is told. */
export const Waiting = Context.Reference<Waiting>("strata/definition/Waiting", {
  defaultValue: () => ({ during: () => (self) => self })
})
