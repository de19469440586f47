/**
 * A run while it goes on: a fold of its events, assets that are made together
 * as one group.
 *
 * An event costs the same however many steps there are, and what is shown of
 * the run costs what is shown: a run of ten thousand steps is as cheap to watch
 * as one of ten.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event, type PartitionFailure } from "../event/Event.ts"
import type { StepError, StepStatus } from "../event/Run.ts"
import * as RunSummary from "./RunSummary.ts"

/** A step of the plan. */
export interface Step {
  readonly index: number
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  /** The steps that make its inputs. */
  readonly after: ReadonlyArray<number>
}

/** What ended: one step, or all steps of a group. */
export interface Ended {
  readonly at: number
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly status: StepStatus
  readonly rows: number
  readonly millis: number | undefined
  readonly error: StepError | undefined
  /** For a step that failed, the errors of its partitions, where they are known. */
  readonly failures: ReadonlyArray<PartitionFailure>
  /** For a skipped step, the asset whose failure it waited for. */
  readonly because: AssetKey | undefined
}

/** What is said of it: partitions that failed for different reasons are told apart. */
export const told = (self: Ended): ReadonlyArray<Ended> =>
  self.failures.length === 0 ? [self] : self.failures.map((failure) => ({ ...self, ...failure }))

export interface Running {
  readonly step: Step
  readonly attempt: number
  readonly since: number
}

/** A step whose last attempt failed and that is tried again. */
export interface Retrying {
  readonly step: Step
  readonly attempt: number
  readonly at: number
  /** When the next attempt begins. */
  readonly until: number
  readonly error: StepError
}

export interface Group {
  readonly assets: ReadonlyArray<AssetKey>
  readonly steps: ReadonlyArray<Step>
  /** Steps that ended, with those that failed or were skipped. */
  readonly done: number
  readonly failed: number
  readonly skipped: number
  readonly rows: number
  readonly since: number | undefined
  readonly running: ReadonlyMap<number, Running>
  readonly retrying: ReadonlyMap<number, Retrying>
  /** What steps wait for, by step: pools, or what bodies say. */
  readonly queued: ReadonlyMap<number, ReadonlyArray<string>>
}

export interface RunProgress {
  readonly startedAt: number
  readonly steps: number
  readonly total: { readonly done: number; readonly failed: number; readonly skipped: number }
  /** Groups of which something goes on, in the order in which they began. */
  readonly active: () => Iterable<Group>
  /** Groups that have not begun, in the order of the plan. */
  readonly pending: () => Iterable<Group>
  /** How many have not begun. */
  readonly pendingCount: () => number
  /** What the inputs of a group are made of that is not done yet. */
  readonly upstream: (group: Group) => ReadonlyArray<AssetKey>
  /** Takes an event, and says which step ended because of it. */
  readonly on: (event: Event) => Ended | undefined
  /** Takes what a step waits for; nothing, when it waits no more. */
  readonly waiting: (step: number, names: ReadonlyArray<string>) => void
  /** The group of a step, once its last step has ended: what was made of it and what was up to date. */
  readonly whole: (step: number, at: number) => ReadonlyArray<Ended>
  readonly step: (index: number) => Step
  readonly retryingOf: (step: number) => Retrying | undefined
}

export const make = (steps: ReadonlyArray<Step>, startedAt: number): RunProgress => {
  const groups = groupsOf(steps)
  const groupOf = new Map(groups.flatMap((group) => group.steps.map(({ index }) => [index, group] as const)))
  const stepOf = new Map(steps.map((step) => [step.index, step]))
  const errors = new Map<number, StepError>()
  const pending = new Set(groups)
  const active = new Set<MutableGroup>()
  const total = { done: 0, failed: 0, skipped: 0 }

  const begin = (group: MutableGroup) => {
    if (pending.delete(group)) active.add(group)
  }

  const end = (index: number, at: number, how: Pick<Ended, "status"> & Partial<Ended>): Ended => {
    const group = groupOf.get(index)!
    const since = group.running.get(index)?.since
    begin(group)
    for (const steps of [group.running, group.retrying, group.queued]) steps.delete(index)
    group.rows += how.rows ?? 0
    for (const counts of [group, total]) {
      counts.done++
      if (how.status === "Failed") counts.failed++
      if (how.status === "Skipped") counts.skipped++
    }
    const { assets, partitions } = stepOf.get(index)!
    if (how.status === "Succeeded") group.succeeded.push(partitions)
    if (how.status === "Unchanged") group.unchanged.push(partitions)
    if (group.done === group.steps.length) active.delete(group)
    const error = errors.get(index)
    errors.delete(index)
    const millis = since === undefined ? undefined : at - since
    return { at, assets, partitions, error, failures: [], because: undefined, rows: 0, millis, ...how }
  }

  return {
    startedAt,
    steps: steps.length,
    total,
    active: () => active,
    pending: () => pending,
    pendingCount: () => pending.size,
    upstream: (group) => upstreamOf(group, groupOf),
    step: (index) => stepOf.get(index)!,
    retryingOf: (index) => groupOf.get(index)?.retrying.get(index),
    waiting: (step, names) => {
      const group = groupOf.get(step)!
      begin(group)
      if (names.length > 0 || !group.running.has(step)) group.queued.set(step, names)
      else group.queued.delete(step)
    },
    whole: (index, at) => {
      const group = groupOf.get(index)!
      return group.done === group.steps.length ? wholeOf(group, at) : []
    },
    on: (event) =>
      Event.match(event, {
        AttemptStarted: ({ at, attempt, step }) => {
          const group = groupOf.get(step)!
          begin(group)
          group.since ??= at
          group.queued.delete(step)
          group.retrying.delete(step)
          const since = group.running.get(step)?.since ?? at
          group.running.set(step, { step: stepOf.get(step)!, attempt, since })
          return undefined
        },
        AttemptFailed: ({ at, attempt, error, retryAt, step }) => {
          const group = groupOf.get(step)!
          errors.set(step, error)
          if (retryAt === null) return undefined
          group.running.delete(step)
          group.retrying.set(step, { step: stepOf.get(step)!, attempt, at, until: retryAt, error })
          return undefined
        },
        StepFailed: ({ at, errors, partitions, step }) =>
          end(step, at, { status: "Failed", partitions, failures: errors ?? [] }),
        StepSucceeded: ({ at, metadata, step }) => {
          errors.delete(step)
          return end(step, at, { status: "Succeeded", rows: RunSummary.numberIn(metadata, "strata/rows") })
        },
        StepUnchanged: ({ at, step }) => end(step, at, { status: "Unchanged" }),
        StepSkipped: ({ at, because, step }) => end(step, at, { status: "Skipped", because }),
        StepCanceled: ({ at, step }) => end(step, at, { status: "Canceled" }),
        ChecksEvaluated: () => undefined,
        RunStarted: () => undefined,
        RunEnded: () => undefined,
        StepPlanned: () => undefined
      })
  }
}

interface MutableGroup extends Group {
  done: number
  failed: number
  skipped: number
  rows: number
  since: number | undefined
  readonly running: Map<number, Running>
  readonly retrying: Map<number, Retrying>
  readonly queued: Map<number, ReadonlyArray<string>>
  readonly succeeded: Array<PartitionSet.PartitionSet>
  readonly unchanged: Array<PartitionSet.PartitionSet>
}

const groupsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<MutableGroup> =>
  [...Map.groupBy(steps, ({ assets }) => assets.join(",")).values()].map((steps) => ({
    assets: steps[0]!.assets,
    steps,
    done: 0,
    failed: 0,
    skipped: 0,
    rows: 0,
    since: undefined,
    running: new Map(),
    retrying: new Map(),
    queued: new Map(),
    succeeded: [],
    unchanged: []
  }))

const upstreamOf = (group: Group, groupOf: ReadonlyMap<number, Group>): ReadonlyArray<AssetKey> => {
  const upstream = new Set(group.steps.flatMap(({ after }) => after.map((index) => groupOf.get(index)!)))
  return [...upstream].filter(({ done, steps }) => done < steps.length).flatMap(({ assets }) => assets)
}

/** Steps that failed, were skipped or canceled have been told one by one. */
const wholeOf = (group: MutableGroup, at: number): ReadonlyArray<Ended> => {
  const whole = { at, assets: group.assets, error: undefined, failures: [], because: undefined }
  const made: Ended = {
    ...whole,
    status: "Succeeded",
    partitions: PartitionSet.unionAll(group.succeeded),
    rows: group.rows,
    millis: at - (group.since ?? at)
  }
  const unchanged: Ended = {
    ...whole,
    status: "Unchanged",
    partitions: PartitionSet.unionAll(group.unchanged),
    rows: 0,
    millis: undefined
  }
  return [made, unchanged].filter(({ partitions }) => !PartitionSet.isEmpty(partitions))
}
