/**
 * A run while it goes on: a line for what ended, and below them what goes on
 * now, what is tried again, and what waits for what.
 */
import type * as RunProgress from "../../runtime/read/RunProgress.ts"
import type { StepError } from "../../runtime/event/Run.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Amount from "./Amount.ts"
import * as Bar from "./Bar.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export const ended = (self: RunProgress.Ended, names: PartitionNames, view: View): string => {
  const name = Names.made(self.assets, self.partitions, names)
  return view.tty ? forPerson(self, name, view) : forPipe(self, name)
}

/** An attempt failed, and another one follows. */
export const retrying = (self: RunProgress.Retrying, names: PartitionNames, view: View): string => {
  const name = Names.made(self.step.assets, self.step.partitions, names)
  const wait = `in ${seconds(self.until - self.at)}`
  return view.tty
    ? `${Ink.make(view).yellow("↻")} ${name}  retrying ${wait}: ${firstLine(self.error)}`
    : [Amount.iso(self.at), "retrying", name, wait, firstLine(self.error)].map(Width.visible).join("\t")
}

/** The run was interrupted, and is recorded so. */
export const canceled = (resume: string, view: View): string => {
  const ink = Ink.make(view)
  return `${ink.yellow("– canceled")}: ${ink.bold(resume)} goes on with what is left`
}

const forPerson = (self: RunProgress.Ended, name: string, view: View): string => {
  const ink = Ink.make(view)
  const facts = [self.rows > 0 ? Amount.counted(self.rows, "row") : "", timeOf(self)].filter((fact) => fact !== "")
  switch (self.status) {
    case "Failed":
      return `${ink.red("✗")} ${ink.bold(name)}  ${firstLine(self.error)}`
    case "Skipped":
      return `${ink.yellow("–")} ${name}  ${ink.dim(`skipped, because ${self.because} failed`)}`
    case "Unchanged":
      return `${ink.green("✓")} ${name}  ${ink.dim("unchanged")}`
    case "Succeeded":
      return `${ink.green("✓")} ${ink.bold(name)}  ${ink.dim(facts.join(", "))}`
    case "Canceled":
    case "Planned":
    case "Started":
      return `${ink.yellow("–")} ${name}  ${ink.dim("canceled")}`
  }
}

/** `2025-06-01T10:00:00.000Z succeeded postings/parsed 2025-06-01 5580 rows 340 ms`, with tabs between. */
const forPipe = (self: RunProgress.Ended, name: string): string =>
  [
    Amount.iso(self.at),
    self.status.toLowerCase(),
    name,
    self.status === "Succeeded" ? `${self.rows} rows` : "",
    self.error === undefined ? "" : firstLine(self.error),
    self.because === undefined ? "" : `because ${self.because} failed`,
    timeOf(self)
  ]
    .filter((fact) => fact !== "")
    .map(Width.visible)
    .join("\t")

const timeOf = ({ millis }: RunProgress.Ended): string => (millis === undefined ? "" : Amount.duration(millis))

const firstLine = (error: StepError | undefined): string => Secrets.withoutUserInfo(error?.message.split("\n")[0] ?? "")

const seconds = (millis: number): string =>
  Amount.duration(Math.max(0, Math.ceil(millis / 1000)) * 1000).replace(".0", "")

/**
 * What goes on, what waits, and a line of counts. No line is wider than the
 * terminal, and there are never more lines than half of it has.
 */
export const now = (self: RunProgress.RunProgress, names: PartitionNames, view: View): string => {
  const room = Math.max(4, Math.min(mostLines, Math.floor((view.height ?? 24) / 2)))
  const lines: Array<string> = []
  let hidden = 0
  for (const group of self.active()) {
    if (lines.length < room - 2) lines.push(...groupLines(group, names, view).slice(0, room - 2 - lines.length))
    else hidden++
  }
  for (const group of self.pending()) {
    if (lines.length >= room - 2) break
    lines.push(pendingLine(self, group, view))
    hidden--
  }
  const more = hidden + self.pendingCount()
  const ink = Ink.make(view)
  const rest = more > 0 ? [ink.dim(`  … and ${Amount.counted(more, "more asset")}`)] : []
  return [...lines, ...rest, ink.dim(Width.truncate(counts(self, view), view.width - 2))].join("\n")
}

const mostLines = 20

/** Assets with one step are a line; others have a bar, and lines for the steps that take longest or are tried again. */
const groupLines = (group: RunProgress.Group, names: PartitionNames, view: View): ReadonlyArray<string> => {
  const retrying = [...group.retrying.values()]
  if (group.steps.length === 1) {
    const [running] = group.running.values()
    const retried = retrying.map((one) =>
      retryLine(one, Names.made(group.assets, one.step.partitions, names), "", view)
    )
    if (running !== undefined) {
      const name = Names.made(group.assets, running.step.partitions, names)
      return [runningLine(running, name, "", view), ...(group.queued.size > 0 ? [queuedLine(group, "  ", view)] : [])]
    }
    return retried.length > 0 ? retried : [queuedLine(group, "", view)]
  }
  const running = [...group.running.values()].sort((a, b) => a.since - b.since).slice(0, shownSteps)
  const name = (step: RunProgress.Step) => names.brief(group.assets[0]!, step.partitions)
  return [
    groupLine(group, view),
    ...running.map((one) => runningLine(one, name(one.step), "  ", view)),
    ...retrying.slice(0, shownSteps).map((one) => retryLine(one, name(one.step), "  ", view)),
    ...(group.queued.size > 0 ? [queuedLine(group, "  ", view)] : [])
  ]
}

/** Of a group with many. */
const shownSteps = 3

/** The name first, then the facts; the bar has what is left. */
const groupLine = (group: RunProgress.Group, view: View): string => {
  const ink = Ink.make(view)
  const elapsed = view.now - (group.since ?? view.now)
  const rate = elapsed >= 1000 ? `, ${Amount.short((group.rows * 1000) / elapsed)}/s` : ""
  const facts = [
    `${Amount.count(group.done)} of ${Amount.count(group.steps.length)}`,
    group.failed > 0 ? `${Amount.count(group.failed)} failed` : "",
    group.rows > 0 ? `${Amount.counted(group.rows, "row")}${rate}` : "",
    group.since === undefined ? "" : Amount.duration(elapsed)
  ]
  const text = Width.truncate(facts.filter((fact) => fact !== "").join("  "), view.width - 14)
  const name = Width.truncate(Names.assets(group.assets), view.width - Width.width(text) - 6)
  const left = Math.min(widestBar, view.width - Width.width(name) - Width.width(text) - 8)
  const bar = left < 4 ? "" : `${Bar.of(group.done / group.steps.length, left, view)}  `
  return `${ink.cyan("●")} ${ink.bold(name)}  ${bar}${ink.dim(text)}`
}

const widestBar = 24

const runningLine = ({ attempt, since }: RunProgress.Running, name: string, indent: string, view: View): string => {
  const ink = Ink.make(view)
  const time = Amount.duration(view.now - since)
  const tries = attempt > 1 ? `  attempt ${attempt}` : ""
  const room = view.width - 4 - indent.length - time.length - tries.length
  return `${indent}${ink.cyan("●")} ${Width.truncate(name, room)}${tries}  ${ink.dim(time)}`
}

const retryLine = ({ error, until }: RunProgress.Retrying, name: string, indent: string, view: View): string => {
  const ink = Ink.make(view)
  const wait = `retrying in ${seconds(until - view.now)}: ${firstLine(error)}`
  const shown = Width.truncate(name, Math.max(12, Math.floor(view.width / 2)))
  return `${indent}${ink.yellow("↻")} ${shown}  ${ink.yellow(Width.truncate(wait, view.width - indent.length - 6 - Width.width(shown)))}`
}

const queuedLine = ({ assets, queued, steps }: RunProgress.Group, indent: string, view: View): string => {
  const pools = [...new Set([...queued.values()].slice(0, 100).flat())]
  const what = steps.length === 1 ? Names.assets(assets) : Amount.counted(queued.size, "step")
  const text = `${what} ${steps.length > 1 && queued.size > 1 ? "wait" : "waits"} for ${pools.map((pool) => poolWords[pool] ?? pool).join(" and ") || "its turn"}`
  return Ink.make(view).dim(`${indent}○ ${Width.truncate(text, view.width - 4 - indent.length)}`)
}

/** Names of pools that are nobody's own. */
const poolWords: Readonly<Record<string, string>> = { jobs: "a free job", cores: "free cores", memory: "free memory" }

const pendingLine = (self: RunProgress.RunProgress, group: RunProgress.Group, view: View): string => {
  const upstream = self.upstream(group)
  const why = upstream.length === 0 ? "" : `  waits for ${upstream.join(", ")}`
  return Ink.make(view).dim(`○ ${Width.truncate(`${Names.assets(group.assets)}${why}`, view.width - 4)}`)
}

const counts = ({ startedAt, steps, total }: RunProgress.RunProgress, view: View): string =>
  [
    `${Amount.count(total.done)} of ${Amount.counted(steps, "step")} done`,
    total.failed > 0 ? `${Amount.count(total.failed)} failed` : "",
    total.skipped > 0 ? `${Amount.count(total.skipped)} skipped` : "",
    Amount.duration(view.now - startedAt)
  ]
    .filter((part) => part !== "")
    .join(", ")
