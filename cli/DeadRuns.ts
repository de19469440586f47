/**
 * Closes the runs whose process ended without a word or has fallen silent, and
 * says so.
 */
import * as Effect from "effect/Effect"
import * as LostRuns from "../runtime/record/LostRuns.ts"
import * as DeadRunText from "./render/DeadRunText.ts"
import { Screen } from "./Screen.ts"

const tell = (lost: ReadonlyArray<LostRuns.Lost>) =>
  Effect.forEach(lost, (one) => Screen.use((screen) => screen.tell((view) => DeadRunText.text(one, view))), {
    discard: true
  })

/** Comes before every command that reads or writes state. */
export const close = Effect.flatMap(LostRuns.close, tell)

/** Goes on beside what takes long. */
export const watch = LostRuns.watch(tell)
