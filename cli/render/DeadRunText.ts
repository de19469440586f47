/**
 * A run that was lost, and the command that goes on.
 */
import type { Run } from "../../runtime/event/Run.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as RunRequest from "./RunRequest.ts"
import type { View } from "./View.ts"

export const text = (run: Run, view: View): string => {
  const since = view.tty ? Amount.ago(run.startedAt, view.now) : Amount.iso(run.startedAt)
  return `${Ink.make(view).yellow("!")} run ${run.id} of ${since} ended without a word (its process ${run.process.pid} is gone) and is closed as lost: ${RunRequest.resume(run.request)} goes on`
}
