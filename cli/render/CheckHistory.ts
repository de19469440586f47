/**
 * Results of checks, one a line.
 */
import type { CheckResult } from "../../runtime/event/CheckResult.ts"
import type { RecordedCheck } from "../../runtime/record/CheckLog.ts"
import * as Amount from "./Amount.ts"
import * as CheckLine from "./CheckLine.ts"
import * as CheckList from "./CheckList.ts"
import * as Json from "./Json.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

/** A result that was recorded, or that was found just now. */
type Result = CheckResult & Partial<Pick<RecordedCheck, "at" | "runId">>

export const text = (results: ReadonlyArray<Result>, names: CheckList.Names, view: View): string => {
  const isRecorded = results.some(({ at }) => at !== undefined)
  return Table.make(isRecorded ? [...columns(names), ...times(view)] : columns(names), results, view)
}

/** The results as data; the form is kept. */
export const json = (results: ReadonlyArray<Result>, names: CheckList.Names): string =>
  Json.text(
    results.map((result) => ({
      asset: result.asset,
      check: result.check,
      outcome: result.outcome,
      severity: result.severity,
      blocking: result.blocking,
      partitions: CheckList.partitionsJson(names, result, result.partitions),
      reason: result.reason,
      metadata: result.metadata,
      objects: result.objects,
      ...(result.at === undefined ? {} : { at: Amount.iso(result.at), run: result.runId ?? null })
    }))
  )

const columns = (names: CheckList.Names): ReadonlyArray<Table.Column<Result>> => [
  { title: "ASSET", text: ({ asset }) => asset ?? "", color: (_, ink) => ink.bold },
  { title: "CHECK", text: ({ check }) => check },
  {
    title: "OUTCOME",
    text: (result) => wordOf(result),
    plain: ({ outcome }) => outcome.toLowerCase(),
    color: (result, ink) => ink[CheckLine.signOf(result).color]
  },
  {
    title: "PARTITIONS",
    text: (result) => CheckList.partitionsText(names, result, result.partitions),
    shrinks: true,
    drops: true
  },
  { title: "FOUND", text: ({ reason }) => reason, shrinks: true }
]

const wordOf = ({ outcome, severity }: Result): string => {
  if (outcome === "Errored") return "not evaluated"
  return outcome === "Failed" && severity === "warn" ? "warned" : outcome.toLowerCase()
}

const times = (view: View): ReadonlyArray<Table.Column<Result>> => [
  { title: "WHEN", text: ({ at = 0 }) => (view.tty ? Amount.ago(at, view.now) : Amount.iso(at)) },
  { title: "RUN", text: ({ runId }) => runId ?? "", color: (_, ink) => ink.dim }
]
