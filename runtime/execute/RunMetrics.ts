/**
 * Counts what happens in runs: steps, attempts that failed, rows, bytes and
 * seconds, by asset.
 */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Event } from "../event/Event.ts"
import type { MetadataEntries } from "../definition/Metadata.ts"
import { RunListener } from "./RunListener.ts"

/** The assets of a step, by its place in the plan. */
export type AssetsOf = (step: number) => string

/** Counts the events of the run that the effect performs. */
export const counting =
  (assetsOf: AssetsOf) =>
  <A, E, R>(perform: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(RunListener, (listener) =>
      Effect.provideService(perform, RunListener, {
        ...listener,
        on: (events) =>
          Effect.andThen(
            Effect.forEach(events, (event) => count(event, assetsOf), { discard: true }),
            listener.on(events)
          )
      })
    )

const steps = Metric.counter("strata_steps_total", { description: "Steps that ended, by how", incremental: true })
const failures = Metric.counter("strata_attempts_failed_total", {
  description: "Attempts that failed, by the tag of the error",
  incremental: true
})
const runs = Metric.counter("strata_runs_total", { description: "Runs that ended, by how", incremental: true })
const rows = Metric.counter("strata_rows_total", { description: "Rows that were written", incremental: true })
const setAside = Metric.counter("strata_quarantined_rows_total", {
  description: "Rows that were set aside",
  incremental: true
})
const bytes = Metric.counter("strata_bytes_total", { description: "Bytes that were written", incremental: true })
const seconds = Metric.histogram("strata_step_seconds", {
  description: "What successful steps took",
  boundaries: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800]
})

const ended = (asset: string, status: string) => Metric.update(Metric.withAttributes(steps, { asset, status }), 1)

const count = (event: Event, assetsOf: AssetsOf): Effect.Effect<void> =>
  Event.match(event, {
    RunStarted: () => Effect.void,
    RunEnded: ({ status }) => Metric.update(Metric.withAttributes(runs, { status }), 1),
    StepPlanned: () => Effect.void,
    AttemptStarted: () => Effect.void,
    AttemptFailed: ({ error, step }) =>
      Metric.update(Metric.withAttributes(failures, { asset: assetsOf(step), error: error.tag }), 1),
    ChecksEvaluated: () => Effect.void,
    StepFailed: ({ step }) => ended(assetsOf(step), "failed"),
    StepSucceeded: ({ metadata, step }) => succeeded(assetsOf(step), metadata),
    StepUnchanged: ({ step }) => ended(assetsOf(step), "unchanged"),
    StepSkipped: ({ step }) => ended(assetsOf(step), "skipped"),
    StepCanceled: ({ step }) => ended(assetsOf(step), "canceled")
  })

const succeeded = (asset: string, metadata: MetadataEntries) => {
  const of = { asset }
  return Effect.all(
    [
      ended(asset, "succeeded"),
      Metric.update(Metric.withAttributes(rows, of), numberIn(metadata, "strata/rows")),
      Metric.update(Metric.withAttributes(setAside, of), numberIn(metadata, "strata/quarantined")),
      Metric.update(Metric.withAttributes(bytes, of), numberIn(metadata, "strata/bytes")),
      Metric.update(Metric.withAttributes(seconds, of), numberIn(metadata, "strata/wall") / 1000)
    ],
    { discard: true }
  )
}

const numberIn = (metadata: MetadataEntries, name: string): number => {
  const entry = metadata[name]
  return entry !== undefined && typeof entry.value === "number" ? entry.value : 0
}
