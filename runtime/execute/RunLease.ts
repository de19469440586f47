/**
 * Keeps the lease of a run while it is performed, and gives the run up when it
 * was taken away.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Run } from "../event/Run.ts"
import { LeaseLost } from "../record/Catalog.ts"
import * as Lease from "../record/Lease.ts"
import { RunLedger } from "../record/RunLedger.ts"

/** Says that the process of the run lives; fails when the run was closed by another. */
export const beat = Effect.fnUntraced(function* ({ id }: Run) {
  const ledger = yield* RunLedger
  const holds = yield* ledger.beat(id, yield* Clock.currentTimeMillis)
  if (!holds) return yield* new LeaseLost({ runId: id })
})

/** Says so again and again; does not end but by that failure. */
export const keep = Effect.fnUntraced(function* (run: Run) {
  const every = Lease.beat(yield* Lease.duration)
  return yield* Effect.andThen(Effect.repeat(beat(run), Schedule.spaced(every)), Effect.never)
})
