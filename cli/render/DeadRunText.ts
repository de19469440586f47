/**
 * A run that was lost, and the command that goes on.
 */
import type { Lost } from "../../runtime/record/LostRuns.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as RunRequest from "./RunRequest.ts"
import type { View } from "./View.ts"

export const text = ({ liveness, run }: Lost, view: View): string => {
  const at = (millis: number) => (view.tty ? Amount.ago(millis, view.now) : Amount.iso(millis))
  const { pid } = run.process
  const what =
    liveness === "Gone"
      ? `ended without a word (its process ${pid} is gone)`
      : `has said nothing since ${at(run.heartbeatAt ?? run.startedAt)} (its process ${pid} ${liveness === "Stopped" ? "is stopped" : "hangs"})`
  return `${Ink.make(view).yellow("!")} run ${run.id} of ${at(run.startedAt)} ${what} and is closed as lost: ${RunRequest.retry(run.request, run.id)} goes on`
}

/** To the process of a run that goes on after others took it for lost. */
export const closed = (runId: string, request: string, view: View): string =>
  `${Ink.make(view).red("✗")} run ${runId} was closed by another process, because it had said nothing for longer than its lease, and can publish nothing any more: ${RunRequest.retry(request, runId)} goes on`
