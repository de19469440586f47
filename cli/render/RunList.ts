/**
 * The runs, newest first.
 */
import type { Run } from "../../runtime/event/Run.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import * as Amount from "./Amount.ts"
import * as RunReport from "./RunReport.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

export const text = (runs: ReadonlyArray<Run>, view: View): string => Table.make(columns(view), runs, view)

const columns = (view: View): ReadonlyArray<Table.Column<Run>> => [
  { title: "RUN", text: ({ id }) => id, color: (_, ink) => ink.bold },
  {
    title: "STATUS",
    text: ({ status }) => `${RunReport.statuses[status].symbol} ${RunReport.statuses[status].word}`,
    plain: ({ status }) => RunReport.statuses[status].word,
    color: ({ status }, ink) => ink[RunReport.statuses[status].color]
  },
  {
    title: "STARTED",
    text: ({ startedAt }) => Amount.ago(startedAt, view.now),
    plain: ({ startedAt }) => Amount.iso(startedAt)
  },
  {
    title: "TIME",
    text: (run) => Amount.duration(RunSummary.duration(run, view.now)),
    plain: (run) => String(RunSummary.duration(run, view.now)),
    align: "right"
  },
  { title: "COMMIT", text: ({ git }) => (git === null ? "" : git.commit.slice(0, 8) + (git.dirty ? "*" : "")) },
  { title: "REQUEST", text: ({ request }) => request, shrinks: true }
]

export const json = (runs: ReadonlyArray<Run>): unknown => runs.map(RunReport.runJson)
