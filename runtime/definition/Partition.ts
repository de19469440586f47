/**
 * Partitions that a body could not make, while it made the others.
 *
 * A body that covers several partitions names those that are not good; the
 * others are published, and only what is made from the named ones waits.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** `yield* Partition.fail("2025-06-01", new EmptyFile())` inside a body. */
export class Partition extends Context.Service<
  Partition,
  {
    /**
     * Records that a partition of the step failed with the error; it is not tried again in this run. What the body
     * returns must not hold it. A key that is not the step's is a bug and dies.
     */
    readonly fail: (key: string, error: unknown) => Effect.Effect<void>
  }
>()("strata/definition/Partition") {}

export const fail = (key: string, error: unknown): Effect.Effect<void, never, Partition> =>
  Partition.use((partition) => partition.fail(key, error))
