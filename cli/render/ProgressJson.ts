/**
 * A run while it goes on, for programs: every event of a step as a line of JSON.
 * The form is kept.
 */
import { Event } from "../../runtime/event/Event.ts"
import type { StepError } from "../../runtime/event/Run.ts"
import type * as RunProgress from "../../runtime/read/RunProgress.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Amount from "./Amount.ts"
import * as Json from "./Json.ts"
import type { PartitionNames } from "./PartitionNames.ts"

/** Nothing for what the plan says already. */
export const line = (event: Event, steps: RunProgress.RunProgress, names: PartitionNames): string => {
  const facts = factsOf(event)
  if (facts === undefined) return ""
  const { at, runId } = event
  const step =
    "step" in event && event.step !== undefined ? { step: event.step, ...stepJson(steps.step(event.step), names) } : {}
  return Json.line({ at: Amount.iso(at), event: event._tag, run: runId, ...step, ...facts })
}

const stepJson = ({ assets, partitions }: RunProgress.Step, names: PartitionNames) => ({
  assets,
  partitions: names.json(assets[0]!, partitions)
})

const factsOf = (event: Event): Record<string, unknown> | undefined =>
  Event.match(event, {
    RunStarted: (): Record<string, unknown> | undefined => ({}),
    RunEnded: ({ status }) => ({ status }),
    StepPlanned: () => undefined,
    AttemptStarted: ({ attempt }) => ({ attempt }),
    AttemptFailed: ({ attempt, error, retryAt }) => ({
      attempt,
      error: errorJson(error),
      retryAt: retryAt === null ? null : Amount.iso(retryAt)
    }),
    StepFailed: ({ errors }) => ({ errors: (errors ?? []).map(({ error }) => errorJson(error)) }),
    StepSucceeded: ({ attempt, metadata }) => ({ attempt, rows: RunSummary.numberIn(metadata, "strata/rows") }),
    ChecksEvaluated: ({ results }) => ({
      checks: results.map(({ asset, check, outcome, reason, severity }) => ({
        asset,
        check,
        outcome,
        severity,
        reason: Secrets.withoutUserInfo(reason)
      }))
    }),
    StepUnchanged: () => ({}),
    StepSkipped: ({ because }) => ({ because }),
    StepCanceled: () => ({})
  })

const errorJson = ({ message, tag }: StepError) => ({ tag, message: Secrets.withoutUserInfo(message) })
