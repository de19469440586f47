/**
 * What came of a run: a fold of its steps, one line for the assets that are
 * made together.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import type { MetadataEntries } from "../definition/Metadata.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event, type PartitionFailure } from "../event/Event.ts"
import type { Attempt, Run, StepError, StepRecord, StepStatus } from "../event/Run.ts"

export interface RunSummary {
  readonly run: Run
  /** In the order of the plan. */
  readonly outcomes: ReadonlyArray<Outcome>
  readonly failures: ReadonlyArray<Failure>
  readonly steps: Readonly<Record<StepStatus, number>>
}

/** How the steps of assets that are made together went. */
export interface Outcome {
  readonly assets: ReadonlyArray<AssetKey>
  /** Statuses without partitions are left out. */
  readonly partitions: ReadonlyMap<StepStatus, PartitionSet.PartitionSet>
  readonly steps: number
  readonly rows: number
  readonly quarantined: number
  readonly bytes: number
  /** Milliseconds of CPU time that its attempts took, with what ran beside them. */
  readonly cpu: number
  /** The most bytes of memory that the process had while they ran. */
  readonly peakMemory: number
  /** From the start of the first attempt to the end of the last, where both are known. */
  readonly millis: number | undefined
  /** For skipped steps, the assets whose failure they waited for. */
  readonly because: ReadonlyArray<AssetKey>
}

export interface Failure {
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly attempts: number
  readonly error: StepError
}

/** With its events, a step whose partitions failed for different reasons has a failure for each. */
export const make = (run: Run, steps: ReadonlyArray<StepRecord>, events: ReadonlyArray<Event> = []): RunSummary => {
  const errors = new Map(events.filter(Event.guards.StepFailed).map(({ errors = [], step }) => [step, errors] as const))
  return {
    run,
    outcomes: [...Map.groupBy(steps, ({ assets }) => assets.join(",")).values()].map(outcomeOf),
    failures: steps.flatMap((step) => failuresOf(step, errors.get(step.index) ?? [])),
    steps: counted(steps)
  }
}

/** The partitions of an outcome with this status. */
export const partitionsOf = (self: Outcome, status: StepStatus): PartitionSet.PartitionSet =>
  self.partitions.get(status) ?? PartitionSet.empty

/** Milliseconds that the run took, or has taken. */
export const duration = ({ endedAt, startedAt }: Run, now: number): number => (endedAt ?? now) - startedAt

const outcomeOf = (steps: ReadonlyArray<StepRecord>): Outcome => {
  const byStatus = Map.groupBy(steps.flatMap(partsOf), ({ status }) => status)
  const made = steps.flatMap(({ attempts, status }) => (status === "Succeeded" ? attempts.slice(-1) : attempts))
  const total = (name: string) => made.reduce((sum, { metadata }) => sum + numberIn(metadata, name), 0)
  return {
    assets: steps[0]!.assets,
    partitions: new Map(
      [...byStatus].map(([status, some]) => [status, PartitionSet.unionAll(some.map(({ partitions }) => partitions))])
    ),
    steps: steps.length,
    rows: total("strata/rows"),
    quarantined: total("strata/quarantined"),
    bytes: total("strata/bytes"),
    cpu: total("strata/cpu"),
    peakMemory: made.reduce((most, { metadata }) => Math.max(most, numberIn(metadata, "strata/peak_memory")), 0),
    millis: spanOf(steps.flatMap(({ attempts }) => attempts)),
    because: [...new Set(steps.flatMap(({ because }) => because ?? []))]
  }
}

/** A step that failed may have made some of its partitions, and one that succeeded may have left some out. */
const partsOf = ({ because, made, partitions, status }: StepRecord) => {
  const isWhole = PartitionSet.isEmpty(made) || (status === "Succeeded" && because === null)
  if (isWhole) return [{ status, partitions }]
  const rest: StepStatus = status === "Succeeded" ? "Skipped" : status
  return [
    { status: "Succeeded" as const, partitions: made },
    { status: rest, partitions: PartitionSet.difference(partitions, made) }
  ]
}

const spanOf = (attempts: ReadonlyArray<Attempt>): number | undefined => {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const { endedAt, startedAt } of attempts) {
    start = Math.min(start, startedAt)
    end = Math.max(end, endedAt ?? Number.NEGATIVE_INFINITY)
  }
  return end >= start ? end - start : undefined
}

/** Where the errors of partitions are not known, the last one is told: attempts at parts of them may have come after it. */
const failuresOf = (
  { assets, attempts, made, partitions, status }: StepRecord,
  errors: ReadonlyArray<PartitionFailure>
): ReadonlyArray<Failure> => {
  if (status !== "Failed") return []
  if (errors.length > 0) return errors.map((failure) => ({ assets, attempts: attempts.length, ...failure }))
  const error = attempts.findLast(({ error }) => error !== null)?.error
  return error
    ? [{ assets, partitions: PartitionSet.difference(partitions, made), attempts: attempts.length, error }]
    : []
}

const counted = (steps: ReadonlyArray<StepRecord>): RunSummary["steps"] => {
  const counts = { Planned: 0, Started: 0, Succeeded: 0, Unchanged: 0, Failed: 0, Skipped: 0, Canceled: 0 }
  for (const { status } of steps) counts[status]++
  return counts
}

/** The number under a name in metadata; 0 where there is none. */
export const numberIn = (metadata: MetadataEntries, name: string): number => {
  const entry = metadata[name]
  return entry !== undefined && "value" in entry && typeof entry.value === "number" ? entry.value : 0
}
