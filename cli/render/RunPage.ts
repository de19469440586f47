/**
 * One run: what it was asked for, when its steps ran, how they went, what they
 * took, and why they failed.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { CheckResult } from "../../runtime/event/CheckResult.ts"
import type { StepRecord, StepStatus } from "../../runtime/event/Run.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Amount from "./Amount.ts"
import * as CheckLine from "./CheckLine.ts"
import * as Fields from "./Fields.ts"
import * as Gantt from "./Gantt.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as RunReport from "./RunReport.ts"
import * as RunRequest from "./RunRequest.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export interface RunPage {
  readonly summary: RunSummary.RunSummary
  /** In the order of the plan. */
  readonly steps: ReadonlyArray<StepRecord>
  /** What an asset is made from, as far as it is known. */
  readonly inputs: Gantt.Chart["inputs"]
  /** What checks found, but for what they passed. */
  readonly findings: ReadonlyArray<CheckResult>
  /** How many lines its steps logged. */
  readonly logged: number
}

export const text = (self: RunPage, names: PartitionNames, view: View): string => {
  const { findings, inputs, logged, steps, summary } = self
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
      ["logs", logged === 0 ? "" : `${Amount.counted(logged, "line")}: strata run ${run.id} --logs`],
      ["goes on", run.status === "Succeeded" || run.status === "Started" ? "" : RunRequest.retry(run.request, run.id)]
    ],
    view
  )
  const parts = [
    fields,
    Gantt.text({ run, steps, inputs }, names, view),
    Table.make(columns(names), rowsOf(summary), view),
    findings
      .slice(0, shownFindings)
      .map((found) => CheckLine.text(found, names, view))
      .join("\n"),
    view.tty ? RunReport.skipped(summary, names, view) : "",
    errors(summary, names, view)
  ]
  return parts.filter((part) => part !== "").join("\n\n")
}

const shownFindings = 20

/** Every error with its cause, as far as it is told; the first twenty. */
const errors = (summary: RunSummary.RunSummary, names: PartitionNames, view: View): string => {
  const ink = Ink.make(view)
  const told = summary.failures.slice(0, shownErrors).map((failure) => {
    const text = RunReport.failures({ ...summary, failures: [failure] }, names, view)
    const causes = Secrets.withoutUserInfo(failure.error.detail)
      .split("\n")
      .slice(1)
      .filter((line) => line.trim() !== "" && !text.includes(line.trim()))
    return [text, ...causes.slice(0, shownCauses).map((line) => ink.dim(`  ${line}`))].join("\n")
  })
  const more = summary.failures.length - shownErrors
  return (more > 0 ? [...told, `  … and ${Amount.counted(more, "more failed step")}`] : told).join("\n")
}

const shownErrors = 20
const shownCauses = 12

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
  {
    title: "ASSET",
    text: ({ assets }) => Names.assets(assets),
    shrinks: true,
    cut: Width.truncateStart,
    color: (_, ink) => ink.bold
  },
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
  measured("SIZE", ({ bytes }) => bytes, Amount.bytes),
  measured("CPU", ({ cpu }) => Math.round(cpu), Amount.duration),
  measured("MEMORY", ({ peakMemory }) => peakMemory, Amount.bytes),
  {
    title: "",
    only: "pipe",
    text: ({ outcome, status }) => (status === "Skipped" ? `because ${outcome.because.join(", ")} failed` : "")
  }
]

/** What was made took so much. */
const measured = (
  title: string,
  of: (outcome: RunSummary.Outcome) => number,
  text: (n: number) => string
): Table.Column<Row> => ({
  title,
  drops: true,
  text: ({ outcome, status }) => (status === "Succeeded" ? text(of(outcome)) : ""),
  plain: ({ outcome, status }) => (status === "Succeeded" ? String(of(outcome)) : ""),
  align: "right"
})

const symbols: Readonly<Record<StepStatus, string>> = {
  Planned: "○",
  Started: "●",
  Succeeded: "✓",
  Unchanged: "✓",
  Failed: "✗",
  Skipped: "–",
  Canceled: "–"
}
