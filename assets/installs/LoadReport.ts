/**
 * What was found of each file that is loaded, for those who listen: by default
 * nobody, as a run records it anyway.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Verdict from "./Verdict.ts"

export interface LoadReport extends Verdict.Counts {
  readonly file: string
  /** Processed records a second. */
  readonly rate: number
}

export const Listener = Context.Reference<(report: LoadReport) => Effect.Effect<void>>(
  "strata/assets/installs/LoadReport/Listener",
  { defaultValue: () => () => Effect.void }
)

export const tell = (report: LoadReport): Effect.Effect<void> =>
  Effect.flatMap(Listener, (listener) => listener(report))
