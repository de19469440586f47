/**
 * What a retry goes on with.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { Run } from "../../runtime/event/Run.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as RunReport from "./RunReport.ts"
import type { View } from "./View.ts"

/** Assets whose code is other than that of the run are named: what the run made of them is stale, and is left so. */
export const opening = (run: Run, changed: ReadonlyArray<AssetKey>, view: View): string => {
  const ink = Ink.make(view)
  const since = view.tty ? Amount.ago(run.startedAt, view.now) : Amount.iso(run.startedAt)
  const goesOn = `going on with run ${run.id} of ${since}, which ${RunReport.statuses[run.status].ended}`
  if (changed.length === 0) return goesOn
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ""
  return `${goesOn}\n${ink.yellow("!")} the code of ${changed.slice(0, 3).join(", ")}${more} has changed since: what is left is made with the code as it is now, and strata plan says what has become stale`
}

export const nothing = (): string => "there is nothing to go on with: no run failed, was canceled or lost"

export const nothingLeft = (run: Run, view: View): string => {
  const text = `run ${run.id} left nothing: all that it was to make is made`
  return view.tty ? `${Ink.make(view).green("✓")} ${text}` : text
}
