/**
 * Closes the runs whose process ended without a word, and says so.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Run } from "../runtime/event/Run.ts"
import { ObjectStore } from "../runtime/record/ObjectStore.ts"
import * as ProcessLiveness from "../runtime/record/ProcessLiveness.ts"
import { RunLedger } from "../runtime/record/RunLedger.ts"
import * as DeadRunText from "./render/DeadRunText.ts"
import { Screen } from "./Screen.ts"

/** Comes before every command that reads or writes state. */
export const close = Effect.gen(function* () {
  const ledger = yield* RunLedger
  const lost = yield* ledger.closeDead(yield* ProcessLiveness.judge, yield* Clock.currentTimeMillis)
  if (lost.length === 0) return
  const ids = new Set(lost.map(({ id }) => id))
  yield* Effect.ignore(ObjectStore.use((store) => store.sweep((id) => ids.has(id))))
  yield* Effect.forEach(lost, (run: Run) => Screen.use((screen) => screen.tell((view) => DeadRunText.text(run, view))))
})
