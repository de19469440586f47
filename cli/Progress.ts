/**
 * Shows a run while it goes on: hears its events and draws them.
 *
 * On a terminal the steps of an asset are folded into one line when the last
 * of them has ended, and what runs is redrawn ten times a second; in a pipe
 * every step that ends is a line.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import { Event } from "../runtime/event/Event.ts"
import type { StepError } from "../runtime/event/Run.ts"
import { RunListener } from "../runtime/execute/RunListener.ts"
import type * as RunPlan from "../runtime/plan/RunPlan.ts"
import * as RunSummary from "../runtime/read/RunSummary.ts"
import * as Names from "./render/Names.ts"
import type { PartitionNames } from "./render/PartitionNames.ts"
import * as ProgressText from "./render/ProgressText.ts"
import * as RunRequest from "./render/RunRequest.ts"
import { Screen } from "./Screen.ts"

/** Shows the run of this plan while the effect performs it. */
export const during =
  (plan: RunPlan.RunPlan, names: PartitionNames, request: string) =>
  <A, E, R>(perform: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.gen(function* () {
      const screen = yield* Screen
      const run = make(plan, names, yield* Clock.currentTimeMillis)
      const tell = (ended: ProgressText.Ended) => screen.tell((view) => ProgressText.ended(ended, names, view))
      const on = (events: ReadonlyArray<Event>) => {
        const ended = events.flatMap((event) => run.on(event, screen.isLive))
        return ended.length === 0 ? Effect.void : Effect.forEach(ended, tell, { discard: true })
      }
      const draw = Effect.suspend(() => screen.show((view) => ProgressText.now(run.now(), view)))
      yield* screen.isLive ? Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis"))) : Effect.void
      const canceled = screen.tell((view) => ProgressText.canceled(RunRequest.retry(request), view))
      return yield* perform.pipe(
        Effect.provideService(RunListener, { on }),
        Effect.onInterrupt(() => canceled)
      )
    }).pipe(Effect.scoped, Effect.ensuring(Screen.use((screen) => screen.show(() => ""))))

/** Takes events one by one; returns what is to be told because of each. */
const make = (plan: RunPlan.RunPlan, names: PartitionNames, startedAt: number) => {
  const running = new Map<number, ProgressText.Running>()
  const errors = new Map<number, StepError>()
  const groups = new Map<string, Group>()
  const total = { done: 0, failed: 0, skipped: 0 }
  for (const { assets } of plan.steps) {
    const group = groups.get(assets.join(","))
    if (group === undefined)
      groups.set(assets.join(","), { left: 1, succeeded: [], unchanged: [], rows: 0, startedAt: undefined })
    else group.left++
  }

  const end = (
    index: number,
    at: number,
    { rows = 0, ...how }: Pick<ProgressText.Ended, "status"> & Partial<ProgressText.Ended>,
    isFolded: boolean
  ): ReadonlyArray<ProgressText.Ended> => {
    const { assets, partitions } = plan.steps[index]!
    const since = running.get(index)?.since
    running.delete(index)
    total.done++
    const ended = {
      assets,
      partitions,
      error: errors.get(index),
      because: undefined,
      rows,
      millis: since === undefined ? undefined : at - since,
      ...how
    }
    return isFolded ? fold(groups.get(assets.join(","))!, ended, at) : [ended]
  }

  return {
    now: (): ProgressText.Now => ({ running: [...running.values()], startedAt, steps: plan.steps.length, ...total }),
    on: (event: Event, isFolded: boolean): ReadonlyArray<ProgressText.Ended> =>
      Event.match(event, {
        AttemptStarted: ({ at, attempt, step }) => {
          const { assets, partitions } = plan.steps[step]!
          const group = groups.get(assets.join(","))!
          group.startedAt ??= at
          running.set(step, {
            name: Names.made(assets, partitions, names),
            attempt,
            since: running.get(step)?.since ?? at
          })
          return []
        },
        AttemptFailed: ({ error, step }) => {
          errors.set(step, error)
          return []
        },
        StepFailed: ({ at, step }) => {
          total.failed++
          return end(step, at, { status: "Failed" }, isFolded)
        },
        StepSucceeded: ({ at, metadata, step }) => {
          errors.delete(step)
          return end(step, at, { status: "Succeeded", rows: RunSummary.numberIn(metadata, "strata/rows") }, isFolded)
        },
        ChecksEvaluated: () => [],
        StepUnchanged: ({ at, step }) => end(step, at, { status: "Unchanged" }, isFolded),
        StepSkipped: ({ at, because, step }) => {
          total.skipped++
          return end(step, at, { status: "Skipped", because }, isFolded)
        },
        StepCanceled: ({ at, step }) => end(step, at, { status: "Canceled" }, isFolded),
        RunStarted: () => [],
        RunEnded: () => [],
        StepPlanned: () => []
      })
  }
}

/** The steps of assets that are made together, while they end one after the other. */
interface Group {
  left: number
  readonly succeeded: Array<PartitionSet.PartitionSet>
  readonly unchanged: Array<PartitionSet.PartitionSet>
  rows: number
  startedAt: number | undefined
}

/** What went wrong is told at once, the rest when the group is done. */
const fold = (group: Group, ended: ProgressText.Ended, at: number): ReadonlyArray<ProgressText.Ended> => {
  group.left--
  group.rows += ended.rows
  if (ended.status === "Succeeded") group.succeeded.push(ended.partitions)
  if (ended.status === "Unchanged") group.unchanged.push(ended.partitions)
  const now = ended.status === "Failed" || ended.status === "Canceled" ? [ended] : []
  if (group.left > 0) return now
  const whole = { ...ended, error: undefined, because: undefined }
  const made = {
    ...whole,
    status: "Succeeded" as const,
    partitions: PartitionSet.unionAll(group.succeeded),
    rows: group.rows,
    millis: at - (group.startedAt ?? at)
  }
  const unchanged = {
    ...whole,
    status: "Unchanged" as const,
    partitions: PartitionSet.unionAll(group.unchanged),
    rows: 0,
    millis: undefined
  }
  return [...now, ...[made, unchanged].filter(({ partitions }) => !PartitionSet.isEmpty(partitions))]
}
