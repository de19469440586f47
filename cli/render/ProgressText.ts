/**
 * A run while it goes on: a line for what ended, and what runs now.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { StepError, StepStatus } from "../../runtime/event/Run.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as Problem from "./Problem.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/** What ended: one step, or all steps of assets that are made together, folded. */
export interface Ended {
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly status: StepStatus
  readonly rows: number
  readonly millis: number | undefined
  readonly error: StepError | undefined
  /** For a skipped step, the asset whose failure it waited for. */
  readonly because: AssetKey | undefined
}

export interface Running {
  readonly name: string
  readonly attempt: number
  readonly since: number
}

export interface Now {
  readonly running: ReadonlyArray<Running>
  readonly startedAt: number
  readonly steps: number
  readonly done: number
  readonly failed: number
  readonly skipped: number
}

export const ended = (self: Ended, names: PartitionNames, view: View): string => {
  const name = Names.made(self.assets, self.partitions, names)
  return view.tty ? forPerson(self, name, view) : forPipe(self, name, view)
}

/** The run was interrupted, and is recorded so. */
export const canceled = (resume: string, view: View): string => {
  const ink = Ink.make(view)
  return `${ink.yellow("– canceled")}: ${ink.bold(resume)} goes on with what is left`
}

const forPerson = (self: Ended, name: string, view: View): string => {
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
const forPipe = (self: Ended, name: string, view: View): string =>
  [
    Amount.iso(view.now),
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

const timeOf = ({ millis }: Ended): string => (millis === undefined ? "" : Amount.duration(millis))

const firstLine = (error: StepError | undefined): string => Problem.scrubbed(error?.message.split("\n")[0] ?? "")

/** The running steps, the longest first, and a line of counts; no line is wider than the terminal. */
export const now = (self: Now, view: View): string => {
  const ink = Ink.make(view)
  const room = view.width - 2
  const steps = self.running.toSorted((a, b) => a.since - b.since)
  const lines = steps.slice(0, shownSteps).map(({ attempt, name, since }) => {
    const time = Amount.duration(view.now - since)
    const tries = attempt > 1 ? `  attempt ${attempt}` : ""
    return `${ink.cyan("●")} ${Width.truncate(name, room - time.length - tries.length - 2)}${tries}  ${ink.dim(time)}`
  })
  const more = steps.length - shownSteps
  const rest = more > 0 ? [ink.dim(`  … and ${Amount.count(more)} more`)] : []
  return [...lines, ...rest, ink.dim(Width.truncate(counts(self, view), room))].join("\n")
}

const shownSteps = 8

const counts = (self: Now, view: View): string =>
  [
    `${Amount.count(self.done)} of ${Amount.counted(self.steps, "step")} done`,
    self.failed > 0 ? `${Amount.count(self.failed)} failed` : "",
    self.skipped > 0 ? `${Amount.count(self.skipped)} skipped` : "",
    Amount.duration(view.now - self.startedAt)
  ]
    .filter((part) => part !== "")
    .join(", ")
