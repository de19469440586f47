/**
 * What events change in the runs, steps, attempts and states of partitions:
 * the fold of one append, so that a thousand events are a few statements.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event } from "../event/Event.ts"
import type { Attempt, RunStatus, StepStatus } from "../event/Run.ts"

export interface EventProjection {
  readonly planned: ReadonlyArray<typeof Event.cases.StepPlanned.Type>
  /** What each attempt is now, by step and number. */
  readonly attempts: ReadonlyMap<string, Attempt & { readonly step: number }>
  /** What each step is now. */
  readonly steps: ReadonlyMap<number, StepChange>
  readonly failed: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  readonly ended: { readonly status: RunStatus; readonly at: number } | undefined
}

export interface StepChange {
  readonly status: StepStatus
  readonly because: AssetKey | null
  readonly at: number
}

type Ended = typeof Event.cases.StepFailed.Type | typeof Event.cases.StepSucceeded.Type

/** The fold of events of one run, in their order. */
export const make = (events: ReadonlyArray<Event>): EventProjection => {
  const planned: Array<EventProjection["planned"][number]> = []
  const attempts = new Map<string, Attempt & { readonly step: number }>()
  const steps = new Map<number, StepChange>()
  const failed = new Map<AssetKey, PartitionSet.PartitionSet>()
  let ended: EventProjection["ended"]

  const step = (index: number, status: StepStatus, at: number, because: AssetKey | null = null) =>
    steps.set(index, { status, because, at })
  const attempt = (
    of: { readonly step: number; readonly attempt: number; readonly at: number },
    change: Partial<Attempt>
  ) => {
    const key = `${of.step}.${of.attempt}`
    const known = attempts.get(key)
    if (known === undefined) {
      attempts.set(key, { ...begun, step: of.step, number: of.attempt, startedAt: of.at, ...change })
    } else Object.assign(known, change)
  }
  const succeededParts = ({ at, parts = [], step }: Ended) => {
    for (const { attempt: number, metadata } of parts) {
      attempt({ step, attempt: number, at }, { outcome: "Succeeded", metadata, endedAt: at })
    }
  }

  const take = Event.match({
    RunStarted: () => {},
    RunEnded: ({ at, status }) => {
      ended ??= { at, status }
    },
    StepPlanned: (event) => {
      planned.push(event)
    },
    AttemptStarted: (event) => {
      attempt(event, {})
      step(event.step, "Started", event.at)
    },
    AttemptFailed: (event) => {
      const { at: endedAt, error, metadata } = event
      attempt(event, { outcome: "Failed", error, endedAt, ...(metadata === undefined ? {} : { metadata }) })
    },
    StepFailed: (event) => {
      succeededParts(event)
      step(event.step, "Failed", event.at)
      for (const asset of event.assets) {
        failed.set(asset, PartitionSet.union(failed.get(asset) ?? PartitionSet.empty, event.partitions))
      }
    },
    StepSucceeded: (event) => {
      succeededParts(event)
      attempt(event, { outcome: "Succeeded", metadata: event.metadata, endedAt: event.at })
      step(event.step, "Succeeded", event.at, event.without?.because)
    },
    ChecksEvaluated: () => {},
    StepUnchanged: (event) => void step(event.step, "Unchanged", event.at),
    StepSkipped: (event) => void step(event.step, "Skipped", event.at, event.because),
    StepCanceled: (event) => void step(event.step, "Canceled", event.at)
  })
  for (const event of events) take(event)
  return { planned, attempts, steps, failed, ended }
}

/** The steps by what they are now, in order. */
export const stepsByStatus = ({ steps }: EventProjection): ((status: StepStatus) => ReadonlyArray<number>) => {
  const byStatus = Map.groupBy(steps.keys(), (index) => steps.get(index)!.status)
  return (status) => byStatus.get(status) ?? []
}

const begun = { outcome: "Started", error: null, endedAt: null, metadata: {} } as const
