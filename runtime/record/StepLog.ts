/**
 * Keeps what steps log while they run.
 *
 * A line is kept before the body that logged it goes on: it survives the end of
 * the process, however it ends. A power cut may take the lines of the last
 * seconds. What a step and a run may log is capped, and the logs of old runs go.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { RunId } from "../event/Run.ts"

export const LogLine = Schema.Struct({
  /** Milliseconds since 1970. */
  at: Schema.Finite,
  step: Schema.Int,
  attempt: Schema.Int,
  level: Schema.String,
  text: Schema.String
})
export type LogLine = typeof LogLine.Type

export interface Limits {
  /** Characters of a line. */
  readonly line: number
  /** Characters of all lines of a step. */
  readonly step: number
  /** Of all lines of a run. */
  readonly run: number
  /** Runs whose logs are kept. */
  readonly runs: number
}

export const limits: Limits = { line: 16_384, step: 1_048_576, run: 33_554_432, runs: 200 }

/** Takes the lines of a run, in the order in which they were logged; never fails. */
export interface Writer {
  readonly write: (line: LogLine) => void
}

/** Lines that were kept, and where to go on from. */
export interface Page {
  readonly lines: ReadonlyArray<LogLine>
  readonly next: number
}

export class StepLog extends Context.Service<
  StepLog,
  {
    /** Keeps the lines of a run while the scope is open. */
    readonly writer: (runId: RunId) => Effect.Effect<Writer, never, Scope>
    /** What was kept of a run; `from` is the `next` of an earlier page. Nothing for runs whose logs are gone. */
    readonly read: (runId: RunId, from?: number) => Effect.Effect<Page>
    /** Removes the logs of old runs. */
    readonly sweep: Effect.Effect<void>
  }
>()("strata/record/StepLog") {}

/** Cuts what is too long, and tells once where something is left out from then on. */
export const capped = (write: (line: LogLine) => void, { line, run, step }: Limits = limits): Writer => {
  const ofStep = new Map<number, number>()
  let ofRun = 0
  return {
    write: (entry) => {
      const text = entry.text.length > line ? `${entry.text.slice(0, line)}… (cut)` : entry.text
      const before = ofStep.get(entry.step) ?? 0
      if (before > step || ofRun > run) return
      ofStep.set(entry.step, before + text.length + overhead)
      ofRun += text.length + overhead
      write({ ...entry, text })
      const full = ofStep.get(entry.step)! > step ? "step" : ofRun > run ? "run" : undefined
      if (full !== undefined)
        write({ ...entry, level: "WARN", text: `the log of this ${full} is full: the rest of it is not kept` })
    }
  }
}

/** What a line costs besides its text. */
const overhead = 64

/** A log that goes with the process. */
export const layerMemory: Layer.Layer<StepLog> = Layer.sync(StepLog, () => {
  const runs = new Map<RunId, Array<LogLine>>()
  return StepLog.of({
    writer: (runId) =>
      Effect.sync(() => {
        const lines = runs.get(runId) ?? []
        runs.set(runId, lines)
        return capped((line) => lines.push(line))
      }),
    read: (runId, from = 0) =>
      Effect.sync(() => {
        const lines = runs.get(runId) ?? []
        return { lines: lines.slice(from), next: lines.length }
      }),
    sweep: Effect.void
  })
})
