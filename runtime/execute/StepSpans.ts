/**
 * Spans of steps and attempts: made where somebody follows them; where nobody
 * does, they cost nothing.
 */
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type { Run } from "../event/Run.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Step } from "../plan/RunPlan.ts"

export interface StepSpans {
  /** All spans in it, such as those of queries and calls, say which run and asset they are of. */
  readonly ofStep: <A, E, R>(effect: Effect.Effect<A, E, R>, run: Run, step: Step) => Effect.Effect<A, E, R>
  readonly ofAttempt: <A, E, R>(effect: Effect.Effect<A, E, R>, number: number) => Effect.Effect<A, E, R>
}

export const make: Effect.Effect<StepSpans> = Effect.map(References.TracerEnabled, (isOn) => (isOn ? followed : none))

const none: StepSpans = { ofStep: (effect) => effect, ofAttempt: (effect) => effect }

const followed: StepSpans = {
  ofStep: (effect, run, { assets, index, partitions, reasons }) => {
    const ofStep = {
      "strata.partitions": PartitionSet.size(partitions),
      "strata.reason": [...reasons.keys()].join(",")
    }
    const ofAll = { "strata.run.id": run.id, "strata.asset": assets.join(","), "strata.step": index }
    return effect.pipe(
      Effect.withSpan("strata.step", { attributes: ofStep }, { captureStackTrace: false }),
      Effect.annotateSpans(ofAll)
    )
  },
  ofAttempt: (effect, number) =>
    Effect.annotateSpans(Effect.withSpan(effect, "StepRunner.attempt", { captureStackTrace: false }), {
      "strata.attempt": number
    })
}
