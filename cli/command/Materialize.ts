/**
 * `strata materialize`: makes what is missing, failed or stale.
 */
import * as Effect from "effect/Effect"
import type * as Flags from "../Flags.ts"
import * as Performing from "../Performing.ts"
import * as Planning from "../Planning.ts"

export const materialize = Effect.fn("materialize")(function* (options: Flags.Options<typeof Flags.materialize>) {
  yield* Performing.run(yield* Planning.make(options), options)
}, Effect.scoped)
