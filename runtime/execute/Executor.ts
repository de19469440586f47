/**
 * Performs a plan: every step as soon as the steps it needs are published, the
 * rest at once, as one tree of fibers.
 *
 * When a step fails, only steps made from it are skipped. When the run is
 * interrupted, so is everything in it, and it is recorded as canceled.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { Event } from "../event/Event.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Run, RunStatus } from "../event/Run.ts"
import type * as RunPlan from "../plan/RunPlan.ts"
import { LeaseLost } from "../record/Catalog.ts"
import { EventLog } from "../record/EventLog.ts"
import type { KnownState } from "../record/KnownState.ts"
import { RunLedger } from "../record/RunLedger.ts"
import * as Attempts from "./Attempts.ts"
import { RunListener } from "./RunListener.ts"
import * as RunState from "./RunState.ts"
import * as StepFailure from "./StepFailure.ts"
import * as StepRunner from "./StepRunner.ts"

export interface Options {
  /** Of bodies that run at once. */
  readonly concurrency: number
  /** The services that bodies ask for. */
  readonly resources: Context.Context<never>
}

/** How a step ended, as far as the steps made from it have to know. */
type Outcome = { readonly _tag: "Made" } | { readonly _tag: "NotMade"; readonly because: AssetKey }

interface Performance {
  readonly run: Run
  readonly plan: RunPlan.RunPlan
  readonly state: RunState.RunState
  readonly options: Options
  readonly permits: Semaphore.Semaphore
  readonly outcomes: ReadonlyArray<Deferred.Deferred<Outcome>>
}

/** Performs the plan as the run, which has begun, and ends the run; the status says how it went. */
export const perform = Effect.fn("Executor.perform")(function* (
  run: Run,
  plan: RunPlan.RunPlan,
  known: KnownState,
  options: Options
) {
  const self: Performance = {
    run,
    plan,
    state: RunState.make(known),
    options,
    permits: yield* Semaphore.make(options.concurrency),
    outcomes: yield* Effect.forEach(plan.steps, () => Deferred.make<Outcome>())
  }
  return yield* Effect.onExit(Effect.raceFirst(performSteps(self), watchLease(run)), (exit) => finish(self, exit))
})

const performSteps = Effect.fnUntraced(function* (self: Performance) {
  const at = yield* Clock.currentTimeMillis
  const { id: runId } = self.run
  yield* record([
    Event.cases.RunStarted.make({ runId, at }),
    ...self.plan.steps.map(({ assets, index, partitions, reasons }) =>
      Event.cases.StepPlanned.make({
        runId,
        at,
        step: index,
        assets,
        partitions,
        reason: [...reasons.keys()].join(", ")
      })
    )
  ])
  const outcomes = yield* Effect.forEach(self.plan.steps, (step) => performStep(self, step), {
    concurrency: "unbounded"
  })
  const status: RunStatus = outcomes.every(({ _tag }) => _tag === "Made") ? "Succeeded" : "Failed"
  return status
})

const performStep = Effect.fnUntraced(
  function* (self: Performance, step: RunPlan.Step) {
    for (const before of step.after) {
      const outcome = yield* Deferred.await(self.outcomes[before]!)
      if (outcome._tag === "NotMade") return yield* skip(step, self.run, outcome.because)
    }
    const partitions = StepRunner.remaining(self.state, step)
    if (PartitionSet.isEmpty(partitions)) return yield* unchanged(step, self.run)
    return yield* attempts(self, step, partitions)
  },
  (effect, self, step) =>
    effect.pipe(
      Effect.tap((outcome) => Deferred.succeed(self.outcomes[step.index]!, outcome)),
      Effect.annotateLogs({ run: self.run.id, asset: step.assets[0] })
    )
)

const skip = Effect.fnUntraced(function* (step: RunPlan.Step, run: Run, because: AssetKey) {
  const at = yield* Clock.currentTimeMillis
  yield* record([Event.cases.StepSkipped.make({ runId: run.id, at, step: step.index, because })])
  return { _tag: "NotMade", because } satisfies Outcome as Outcome
})

const unchanged = Effect.fnUntraced(function* (step: RunPlan.Step, run: Run) {
  const at = yield* Clock.currentTimeMillis
  yield* record([Event.cases.StepUnchanged.make({ runId: run.id, at, step: step.index })])
  return made
})

/** Attempts at a step until one succeeds or the policy ends them. Between attempts it holds no permit. */
const attempts = Effect.fnUntraced(function* (
  self: Performance,
  step: RunPlan.Step,
  partitions: PartitionSet.PartitionSet
) {
  const source = AssetGraph.asset(self.state.view.graph, step.assets[0]!).source as Asset.Computation
  const policy = Attempts.make(source)
  const of = { runId: self.run.id, step: step.index }
  const once = Effect.fnUntraced(function* (number: number) {
    const exit = yield* Effect.exit(self.permits.withPermits(1)(attempt(self, step, partitions, number)))
    if (Exit.isSuccess(exit)) return made
    const retry = yield* policy.next(number, exit.cause)
    const at = yield* Clock.currentTimeMillis
    const error = StepFailure.fromCause(exit.cause)
    const retryAt = Option.match(retry, { onNone: () => null, onSome: (delay) => at + Duration.toMillis(delay) })
    yield* record([Event.cases.AttemptFailed.make({ ...of, at, attempt: number, error, retryAt })])
    if (Option.isSome(retry)) return yield* Effect.as(Effect.sleep(retry.value), undefined)
    return yield* failed(self, step, partitions)
  })
  const until = Effect.gen(function* () {
    for (let number = 1; ; number++) {
      const outcome = yield* once(number)
      if (outcome !== undefined) return outcome
    }
  })
  return yield* Attempts.withinTotal(source, until, failed(self, step, partitions))
})

const attempt = Effect.fnUntraced(function* (
  { options, run, state }: Performance,
  step: RunPlan.Step,
  partitions: PartitionSet.PartitionSet,
  number: number
) {
  const source = AssetGraph.asset(state.view.graph, step.assets[0]!).source as Asset.Computation
  const at = yield* Clock.currentTimeMillis
  yield* record([Event.cases.AttemptStarted.make({ runId: run.id, at, step: step.index, attempt: number })])
  const succeeded = yield* StepRunner.attempt(
    { run, state, step, number, resources: options.resources },
    partitions
  ).pipe(Attempts.withTimeout(source))
  yield* RunListener.use((listener) => listener.on([succeeded]))
})

const failed = Effect.fnUntraced(function* (
  { run }: Performance,
  step: RunPlan.Step,
  partitions: PartitionSet.PartitionSet
) {
  const at = yield* Clock.currentTimeMillis
  const { assets, index } = step
  yield* record([Event.cases.StepFailed.make({ runId: run.id, at, step: index, assets, partitions })])
  return { _tag: "NotMade", because: assets[0]! } satisfies Outcome as Outcome
})

const made: Outcome = { _tag: "Made" }

/** Says every two seconds that the process lives; fails when the run was closed by another. */
const watchLease = Effect.fnUntraced(function* (run: Run) {
  const ledger = yield* RunLedger
  const beat = Effect.gen(function* () {
    const holds = yield* ledger.beat(run.id, yield* Clock.currentTimeMillis)
    if (!holds) return yield* new LeaseLost({ runId: run.id })
  })
  return yield* Effect.andThen(Effect.repeat(beat, Schedule.spaced("2 seconds")), Effect.never)
})

const finish = Effect.fnUntraced(function* (self: Performance, exit: Exit.Exit<RunStatus, unknown>) {
  const { run } = self
  const at = yield* Clock.currentTimeMillis
  const status = Exit.isSuccess(exit) ? exit.value : Cause.hasInterruptsOnly(exit.cause) ? "Canceled" : "Failed"
  yield* record([Event.cases.RunEnded.make({ runId: run.id, at, status })])
})

const record = Effect.fnUntraced(function* (events: ReadonlyArray<Event>) {
  const log = yield* EventLog
  const listener = yield* RunListener
  yield* log.append(events)
  yield* listener.on(events)
})
