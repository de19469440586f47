/**
 * What came of a run: what was made, what failed and why, what was left out
 * because of it.
 */
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { Run, RunStatus, StepStatus } from "../../runtime/event/Run.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import type * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Amount from "./Amount.ts"
import * as CommandText from "./CommandText.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as RunRequest from "./RunRequest.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/** A table of the assets of which something was made; nothing where there is none. */
export const made = (summary: RunSummary.RunSummary, names: PartitionNames, view: View): string =>
  Table.make(
    madeColumns(names),
    summary.outcomes.filter((outcome) => !PartitionSet.isEmpty(RunSummary.partitionsOf(outcome, "Succeeded"))),
    view
  )

type Outcome = RunSummary.Outcome

const madeColumns = (names: PartitionNames): ReadonlyArray<Table.Column<Outcome>> => [
  {
    title: "MADE",
    text: ({ assets }) => Names.assets(assets),
    shrinks: true,
    cut: Width.truncateStart,
    color: (_, ink) => ink.bold
  },
  {
    title: "PARTITIONS",
    text: (outcome) => names.text(outcome.assets[0]!, succeeded(outcome)) || "–",
    plain: (outcome) => names.text(outcome.assets[0]!, succeeded(outcome)),
    shrinks: true
  },
  { title: "COUNT", text: (outcome) => String(PartitionSet.size(succeeded(outcome))), only: "pipe" },
  { title: "ROWS", text: ({ rows }) => Amount.count(rows), plain: ({ rows }) => String(rows), align: "right" },
  {
    title: "SET ASIDE",
    text: ({ quarantined }) => (quarantined === 0 ? "" : Amount.count(quarantined)),
    plain: ({ quarantined }) => String(quarantined),
    align: "right",
    color: (_, ink) => ink.yellow
  },
  { title: "SIZE", text: ({ bytes }) => Amount.bytes(bytes), plain: ({ bytes }) => String(bytes), align: "right" },
  {
    title: "TIME",
    text: ({ millis }) => (millis === undefined ? "" : Amount.duration(millis)),
    plain: ({ millis }) => (millis === undefined ? "" : String(Math.round(millis))),
    align: "right"
  }
]

const succeeded = (outcome: Outcome) => RunSummary.partitionsOf(outcome, "Succeeded")

/** What failed, with the error; the first twenty, and how many more there are. */
export const failures = (summary: RunSummary.RunSummary, names: PartitionNames, view: View): string => {
  const { failures } = summary
  const ink = Ink.make(view)
  const lines = failures.slice(0, shownFailures).flatMap((failure) => {
    const { assets, attempts, error, partitions } = failure
    const tries = attempts > 1 ? ` after ${Amount.counted(attempts, "attempt")}` : ""
    const message = Secrets.withoutUserInfo(error.message).split("\n")
    return [
      `${ink.red("✗")} ${ink.bold(Names.made(assets, partitions, names))} failed${tries}: ${error.tag}`,
      ...message.map((line) => `  ${line}`),
      ...refusedRows(summary, failure).map(([command, shows]) => `  ${ink.bold(command)}  ${shows}`)
    ]
  })
  const more = failures.length - shownFailures
  return (more > 0 ? [...lines, `  … and ${Amount.counted(more, "more failed step")}`] : lines).join("\n")
}

const shownFailures = 20

/** How to look at what a check refused. */
const refusedRows = (
  { outcomes, run }: RunSummary.RunSummary,
  { assets, error }: RunSummary.Failure
): ReadonlyArray<readonly [command: string, shows: string]> => {
  const outcome = outcomes.find((outcome) => outcome.assets.join() === assets.join())
  if (error.tag !== "CheckFailed" || outcome === undefined) return []
  const look = (name: string) => CommandText.make(["query", `FROM "${name}" LIMIT 10`])
  return assets.flatMap((asset) => [
    ...(outcome.quarantined > 0
      ? [[look(`${asset}@${run.id}/quarantine`), "looks at what was set aside"] as const]
      : []),
    ...(outcome.rows > 0 ? [[look(`${asset}@${run.id}`), "looks at what was made"] as const] : [])
  ])
}

/** What was left out because something that it is made from failed, told together where the cause is the same. */
export const skipped = ({ outcomes }: RunSummary.RunSummary, names: PartitionNames, view: View): string => {
  const left = outcomes.filter(({ partitions }) => partitions.has("Skipped"))
  return [...Map.groupBy(left, ({ because }) => because.join(", "))]
    .map(([cause, outcomes]) => {
      const made = outcomes.map((outcome) =>
        Names.made(outcome.assets, RunSummary.partitionsOf(outcome, "Skipped"), names)
      )
      const sign = Ink.make(view).yellow("–")
      return made.length === 1
        ? `${sign} ${made[0]} skipped, because ${cause} failed`
        : [
            `${sign} ${Amount.counted(made.length, "asset")} skipped, because ${cause} failed:`,
            ...made.map((name) => `  ${name}`)
          ].join("\n")
    })
    .join("\n")
}

/** What a person wants to know after the table: how it went, what failed and why, and what to do next. */
export const closing = (
  summary: RunSummary.RunSummary,
  {
    graph,
    names,
    place
  }: { readonly graph: AssetGraph.AssetGraph; readonly names: PartitionNames; readonly place: string },
  view: View
): string => {
  const ink = Ink.make(view)
  const { run } = summary
  const time = Amount.duration(RunSummary.duration(run, view.now))
  const isDone = run.status === "Succeeded"
  const table = summary.outcomes
    .filter(({ partitions }) => partitions.has("Succeeded"))
    .flatMap(({ assets }) => assets)
    .findLast((key) => graph.assets.get(key)?.output._tag === "Table")
  // Nothing is left of a run that failed because of what its checks found at the end.
  const { Canceled, Failed, Planned, Skipped } = summary.steps
  const isChecked = run.status === "Failed" && Canceled + Failed + Planned + Skipped === 0
  const [remedy, does] = isChecked
    ? [CommandText.make(["checks"]), "says which checks do not hold"]
    : [RunRequest.retry(run.request), "goes on with what is left"]
  const next = [
    isDone ? undefined : `${ink.bold(remedy)}  ${does}`,
    table === undefined || !isDone
      ? undefined
      : `${ink.bold(CommandText.make(["query", `FROM "${table}" LIMIT 10`]))}  looks at ${table}`,
    `${ink.bold(CommandText.make(["run", run.id]))}  shows this run again`
  ]
  return [
    failures(summary, names, view),
    skipped(summary, names, view),
    `${status(run, view)} in ${time}: ${counts(summary)}; run ${run.id}, objects in ${place}`,
    ...(view.tty
      ? next.flatMap((line) => (line === undefined ? [] : [`  ${line}`]))
      : isDone
        ? []
        : [`${remedy} ${does}`])
  ]
    .filter((part) => part !== "")
    .join("\n")
}

/** Counts that are always the same, zeros left out: `5 succeeded, 1 failed, 2 skipped`. */
export const counts = ({ steps }: Pick<RunSummary.RunSummary, "steps">): string =>
  countedStatuses
    .filter((status) => steps[status] > 0)
    .map((status) => `${Amount.count(steps[status])} ${stepWords[status]}`)
    .join(", ") || "no steps"

const countedStatuses: ReadonlyArray<StepStatus> = [
  "Succeeded",
  "Unchanged",
  "Failed",
  "Skipped",
  "Canceled",
  "Started",
  "Planned"
]

const stepWords: Readonly<Record<StepStatus, string>> = {
  Planned: "waiting",
  Started: "running",
  Succeeded: "succeeded",
  Unchanged: "unchanged",
  Failed: "failed",
  Skipped: "skipped",
  Canceled: "canceled"
}

/** The status of a run as a word with its symbol. */
export const status = (run: Run, view: View): string => {
  const { color, symbol, word } = statuses[run.status]
  return Ink.make(view)[color](`${symbol} ${word}`)
}

export const statuses: Readonly<
  Record<
    RunStatus,
    { readonly symbol: string; readonly word: string; readonly ended: string; readonly color: keyof Ink.Ink }
  >
> = {
  Started: { symbol: "●", word: "running", ended: "is running", color: "cyan" },
  Succeeded: { symbol: "✓", word: "succeeded", ended: "succeeded", color: "green" },
  Failed: { symbol: "✗", word: "failed", ended: "failed", color: "red" },
  Canceled: { symbol: "–", word: "canceled", ended: "was canceled", color: "yellow" },
  Lost: { symbol: "?", word: "lost", ended: "was lost", color: "red" }
}

/** The run as data; the form is kept. */
export const json = (summary: RunSummary.RunSummary, names: PartitionNames): unknown => ({
  ...runJson(summary.run),
  steps: summary.steps,
  assets: summary.outcomes.map((outcome) => ({
    assets: outcome.assets,
    partitions: Object.fromEntries(
      [...outcome.partitions].map(([status, set]) => [status, names.json(outcome.assets[0]!, set)])
    ),
    steps: outcome.steps,
    rows: outcome.rows,
    quarantined: outcome.quarantined,
    bytes: outcome.bytes,
    cpu: Math.round(outcome.cpu),
    peakMemory: outcome.peakMemory,
    millis: outcome.millis ?? null,
    because: outcome.because
  })),
  failures: summary.failures.map(({ assets, attempts, error, partitions }) => ({
    assets,
    partitions: names.json(assets[0]!, partitions),
    attempts,
    error: { ...error, message: Secrets.withoutUserInfo(error.message), detail: Secrets.withoutUserInfo(error.detail) }
  }))
})

export const runJson = (run: Run): Record<string, unknown> => ({
  id: run.id,
  environment: run.environment,
  status: run.status,
  request: run.request,
  git: run.git,
  startedAt: Amount.iso(run.startedAt),
  endedAt: run.endedAt === null ? null : Amount.iso(run.endedAt),
  process: { pid: run.process.pid, host: run.process.host }
})
