/**
 * Lines that steps logged.
 */
import type { StepRecord } from "../../runtime/event/Run.ts"
import type { LogLine } from "../../runtime/record/StepLog.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

type Of = Pick<StepRecord, "assets" | "partitions"> | undefined

/** Lines of a run with these steps, in their order; for a program each is JSON. */
export const text = (lines: ReadonlyArray<LogLine>, { json: isJson, names, steps }: Printed, view: View): string =>
  lines.map((one) => (isJson ? json(one, steps[one.step], names) : line(one, steps[one.step], names, view))).join("\n")

export interface Printed {
  readonly steps: ReadonlyArray<StepRecord>
  readonly names: PartitionNames
  readonly json: boolean
}

/** With the time of day, and further lines below, for a person; with tabs for a pipe. */
export const line = (self: LogLine, step: Of, names: PartitionNames, view: View): string => {
  const name = nameOf(self, step, names)
  if (!view.tty)
    return [Amount.iso(self.at), self.level, name, String(self.attempt), self.text].map(Width.visible).join("\t")
  const ink = Ink.make(view)
  const attempt = self.attempt > 1 ? ` attempt ${self.attempt}` : ""
  const [first = "", ...rest] = self.text.split("\n").map(Width.visible)
  const level = ink[colors[self.level] ?? "dim"](self.level.padEnd(5))
  const head = `${ink.dim(Amount.iso(self.at).slice(11, 23))} ${level} ${ink.bold(name)}${ink.dim(attempt)}  ${first}`
  return [head, ...rest.map((line) => `  ${line}`)].join("\n")
}

export const json = (self: LogLine, step: Of, names: PartitionNames): string =>
  Json.line({
    at: Amount.iso(self.at),
    event: "Log",
    step: self.step,
    assets: step?.assets ?? [],
    partitions: step === undefined ? null : names.json(step.assets[0]!, step.partitions),
    attempt: self.attempt,
    level: self.level,
    text: self.text
  })

const nameOf = ({ step: index }: LogLine, step: Of, names: PartitionNames): string =>
  step === undefined ? `step ${index}` : Names.made(step.assets, step.partitions, names)

const colors: Readonly<Record<string, keyof Ink.Ink>> = { WARN: "yellow", ERROR: "red", FATAL: "red", INFO: "cyan" }
