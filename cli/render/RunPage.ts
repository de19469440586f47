/**
 * One run: what it was asked for, and how its steps went.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { StepStatus } from "../../runtime/event/Run.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import * as Amount from "./Amount.ts"
import * as Fields from "./Fields.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as RunReport from "./RunReport.ts"
import * as RunRequest from "./RunRequest.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

export const text = (summary: RunSummary.RunSummary, names: PartitionNames, view: View): string => {
  const { run } = summary
  const at = (millis: number) =>
    view.tty ? `${Amount.ago(millis, view.now)} (${Amount.iso(millis)})` : Amount.iso(millis)
  const fields = Fields.make(
    [
      ["run", run.id],
      ["status", view.tty ? RunReport.status(run, view) : RunReport.statuses[run.status].word],
      ["request", `strata ${run.request}`],
      ["started", at(run.startedAt)],
      ["took", Amount.duration(RunSummary.duration(run, view.now))],
      ["commit", run.git === null ? "" : `${run.git.commit}${run.git.dirty ? ", with changes" : ""}`],
      ["process", `${run.process.pid} on ${run.process.host}`],
      ["steps", RunReport.counts(summary)],
      ["goes on", run.status === "Succeeded" || run.status === "Started" ? "" : RunRequest.retry(run.request, run.id)]
    ],
    view
  )
  const parts = [fields, Table.make(columns(names), rowsOf(summary), view), RunReport.failures(summary, names, view)]
  return parts.filter((part) => part !== "").join("\n\n")
}

interface Row {
  readonly assets: ReadonlyArray<AssetKey>
  readonly status: StepStatus
  readonly partitions: PartitionSet.PartitionSet
  readonly outcome: RunSummary.Outcome
}

/** A row for each status of the assets that are made together. */
const rowsOf = ({ outcomes }: RunSummary.RunSummary): ReadonlyArray<Row> =>
  outcomes.flatMap((outcome) =>
    [...outcome.partitions].map(([status, partitions]) => ({ assets: outcome.assets, status, partitions, outcome }))
  )

const columns = (names: PartitionNames): ReadonlyArray<Table.Column<Row>> => [
  { title: "ASSET", text: ({ assets }) => Names.assets(assets), shrinks: true, color: (_, ink) => ink.bold },
  {
    title: "STATUS",
    text: ({ status }) => `${symbols[status]} ${status.toLowerCase()}`,
    plain: ({ status }) => status.toLowerCase(),
    color: ({ status }, ink) =>
      status === "Failed" ? ink.red : status === "Succeeded" || status === "Unchanged" ? ink.green : ink.yellow
  },
  {
    title: "PARTITIONS",
    text: ({ assets, partitions }) => names.text(assets[0]!, partitions) || "–",
    plain: ({ assets, partitions }) => names.text(assets[0]!, partitions),
    shrinks: true
  },
  {
    title: "ROWS",
    text: ({ outcome, status }) => (status === "Succeeded" ? Amount.count(outcome.rows) : ""),
    plain: ({ outcome, status }) => (status === "Succeeded" ? String(outcome.rows) : ""),
    align: "right"
  },
  {
    title: "TIME",
    text: ({ outcome, status }) =>
      status === "Succeeded" && outcome.millis !== undefined ? Amount.duration(outcome.millis) : "",
    plain: ({ outcome, status }) =>
      status === "Succeeded" && outcome.millis !== undefined ? String(Math.round(outcome.millis)) : "",
    align: "right"
  },
  {
    title: "",
    text: ({ outcome, status }) => (status === "Skipped" ? `because ${outcome.because.join(", ")} failed` : "")
  }
]

const symbols: Readonly<Record<StepStatus, string>> = {
  Planned: "○",
  Started: "●",
  Succeeded: "✓",
  Unchanged: "✓",
  Failed: "✗",
  Skipped: "–",
  Canceled: "–"
}
