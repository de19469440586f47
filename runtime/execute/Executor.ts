/**
 * Performs a plan: every step as soon as the steps it needs are published, the
 * rest at once, as one tree of fibers.
 *
 * When partitions fail, only partitions made from them are left out. When the
 * run is interrupted, so is everything in it, and it is recorded as canceled.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"
import type * as Asset from "../definition/Asset.ts"
import * as Needs from "../definition/Needs.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as CheckResult from "../event/CheckResult.ts"
import { Waiting } from "../definition/Waiting.ts"
import type { Event } from "../event/Event.ts"
import type { Run, RunId, RunStatus } from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type * as RunPlan from "../plan/RunPlan.ts"
import type { KnownState } from "../record/KnownState.ts"
import { StepLog, type Writer } from "../record/StepLog.ts"
import * as Attempts from "./Attempts.ts"
import * as BodyWaits from "./BodyWaits.ts"
import * as ChecksAcrossAssets from "./ChecksAcrossAssets.ts"
import * as NotMade from "./NotMade.ts"
import * as Pools from "./Pools.ts"
import * as PublicationGate from "./PublicationGate.ts"
import * as ReadySteps from "./ReadySteps.ts"
import { RunListener, type RunListening } from "./RunListener.ts"
import * as RunLease from "./RunLease.ts"
import * as RunRecorder from "./RunRecorder.ts"
import * as RunState from "./RunState.ts"
import * as StepAttempts from "./StepAttempts.ts"
import * as StepEnd from "./StepEnd.ts"
import * as StepLogger from "./StepLogger.ts"
import * as StepRunner from "./StepRunner.ts"
import * as StepSpans from "./StepSpans.ts"

export interface Options {
  /** Of bodies that run at once. */
  readonly concurrency: number
  /** What bodies share, by pool. */
  readonly capacity: Needs.Permits
  /** The services that bodies ask for. */
  readonly resources: Context.Context<never>
}

interface Performance {
  readonly run: Run
  readonly plan: RunPlan.RunPlan
  readonly state: RunState.RunState
  readonly options: Options
  readonly pools: Pools.Pools
  readonly claimOf: (source: Asset.Computation) => Pools.Claim
  /** What a body lends while it waits. */
  readonly lentOf: (source: Asset.Computation) => Pools.Claim
  readonly sealing: Semaphore.Semaphore
  readonly gate: PublicationGate.PublicationGate<ReadySteps.Ended<StepEnd.StepEnd, never>>
  readonly recorder: RunRecorder.RunRecorder
  readonly log: Writer
  readonly notMade: NotMade.NotMade
  readonly listener: RunListening
  readonly spans: StepSpans.StepSpans
  readonly clock: Clock.Clock
}

/** Performs the plan as the run, which has begun with it, and ends the run; the status says how it went. */
export const perform = Effect.fn("Executor.perform")(function* (
  run: Run,
  plan: RunPlan.RunPlan,
  known: KnownState,
  options: Options
) {
  const state = RunState.make(known)
  const self: Performance = {
    run,
    plan,
    state,
    options,
    pools: Pools.make(new Map([...options.capacity, [Needs.jobs, options.concurrency]])),
    claimOf: claims(({ needs }) => new Map([...needs, [Needs.jobs, 1]])),
    lentOf: claims(({ needs }) => Needs.lent(new Map([...needs, [Needs.jobs, 1]]))),
    sealing: yield* Semaphore.make(sealedAtOnce),
    gate: PublicationGate.make(),
    recorder: yield* RunRecorder.make,
    log: yield* StepLog.use((log) => log.writer(run.id)),
    notMade: NotMade.make(state.view),
    listener: yield* RunListener,
    spans: yield* StepSpans.make,
    clock: yield* Clock.Clock
  }
  const performed = Effect.raceAllFirst([performSteps(self), RunLease.keep(run), self.recorder.flush])
  return yield* Effect.onExit(performed, (exit) => finish(self, exit))
}, Effect.scoped)

/** Steps whose files are made durable at once: they share the folders that are synced. */
const sealedAtOnce = 64

/** What a run begins with. */
export const beginning = (runId: RunId, at: number, plan: RunPlan.RunPlan): ReadonlyArray<Event> => [
  { _tag: "RunStarted", runId, at },
  ...plan.steps.map(({ assets, index, partitions, reasons }) => ({
    _tag: "StepPlanned" as const,
    runId,
    at,
    step: index,
    assets,
    partitions,
    reason: [...reasons.keys()].join(", ")
  }))
]

const performSteps = Effect.fnUntraced(function* (self: Performance) {
  yield* ReadySteps.forEach(self.plan.steps, {
    gate: self.gate,
    perform: (step) => performStep(self, step),
    record: (ends) => recordSteps(self, ends)
  })
  const isTrusted = yield* checkAcrossAssets(self)
  // A step of a run that was closed may have failed only because of that.
  yield* RunLease.beat(self.run)
  const status: RunStatus = NotMade.isEmpty(self.notMade) && isTrusted ? "Succeeded" : "Failed"
  return status
}, withRoom)

/** Services that a step adds lie on top of those of the run, of which it makes no copy: it adds about ten. */
function withRoom<A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  return Effect.updateContext(self, (there: Context.Context<R>) =>
    Context.makeUnsafe<R>(there.mapUnsafe, { maxDepth: 32 })
  )
}

/** Evaluates the checks that stand beside the assets over what the run has published; false where a blocking one fails. */
const checkAcrossAssets = Effect.fnUntraced(function* ({ options, recorder, run, state }: Performance) {
  const checks = [...state.view.graph.checks.acrossAssets.values()]
  const results = (yield* Effect.forEach(checks, (check) => {
    const partitions = ChecksAcrossAssets.partitionsOf(check, state, state.changed)
    return ChecksAcrossAssets.evaluate(check, state, partitions, options.resources)
  })).flat()
  if (results.length === 0) return true
  const at = yield* Clock.currentTimeMillis
  yield* recorder.record([{ _tag: "ChecksEvaluated", runId: run.id, at, results }])
  return !results.some(CheckResult.isBlocking)
})

const performStep = Effect.fnUntraced(
  function* (self: Performance, step: RunPlan.Step) {
    const without = NotMade.neededBy(self.notMade, step)
    const remaining = StepRunner.remaining(self.state, step)
    const partitions = without === undefined ? remaining : PartitionSet.difference(remaining, without.partitions)
    if (without !== undefined) NotMade.add(self.notMade, step, without.partitions, without.because)
    const pieces = PartitionSet.isEmpty(partitions) ? [] : yield* StepAttempts.perform(trying(self, step), partitions)
    return { step, pieces, without } satisfies StepEnd.StepEnd as StepEnd.StepEnd
  },
  (effect, self, step) => Effect.annotateLogs(effect, { run: self.run.id, asset: step.assets[0] }),
  (effect, { run, spans }, step) => spans.ofStep(effect, run, step)
)

const recordSteps = Effect.fnUntraced(function* (self: Performance, ends: ReadonlyArray<StepEnd.StepEnd>) {
  const failed = yield* StepEnd.record(self, ends)
  for (const [index, { step }] of ends.entries()) {
    if (!PartitionSet.isEmpty(failed[index]!)) NotMade.add(self.notMade, step, failed[index]!, step.assets[0]!)
  }
})

/** One claim for each body. */
const claims = (permitsOf: (source: Asset.Computation) => Needs.Permits) => {
  const known = new Map<Asset.Computation, Pools.Claim>()
  return (source: Asset.Computation): Pools.Claim => {
    const claim = known.get(source) ?? { permits: permitsOf(source), priority: source.priority }
    known.set(source, claim)
    return claim
  }
}

const trying = (self: Performance, step: RunPlan.Step) => {
  const { clock, gate, listener, log, options, pools, recorder, run, sealing, spans, state } = self
  const source = AssetGraph.asset(state.view.graph, step.assets[0]!).source as Asset.Computation
  const waiting =
    listener.waiting && ((pools: ReadonlyArray<string>) => listener.waiting!({ step: step.index, for: pools }))
  const attempt = (partitions: PartitionSet.PartitionSet, number: number) => {
    let over: (() => void) | undefined
    const begin = Effect.suspend(() => {
      over = gate.begin()
      const at = clock.currentTimeMillisUnsafe()
      return recorder.note([{ _tag: "AttemptStarted", runId: run.id, at, step: step.index, attempt: number }])
    })
    const lent = self.lentOf(source)
    const waits = BodyWaits.make({
      tell: waiting ?? (() => Effect.void),
      lend: () => pools.release(lent),
      takeBack: pools.acquire(lent),
      seize: () => pools.seize(lent)
    })
    const logged = StepLogger.keeping(log, { step: step.index, attempt: number })
    const body = <A, E, R>(work: Effect.Effect<A, E, R>) => {
      const timed = Attempts.withTimeout(source, waits.millis)(logged(work))
      const waiter = Effect.provideService(waits.around(timed), Waiting, waits.waiting)
      return pools.using(self.claimOf(source), waiting)(Effect.andThen(begin, waiter))
    }
    const of = { run, state, step, number, partitions, clock, resources: options.resources }
    const attempt = spans.ofAttempt(StepRunner.attempt(of, { body, sealing }), number)
    return Effect.onExit(attempt, () => Effect.sync(() => over?.()))
  }
  return { runId: run.id, step: step.index, source, recorder, attempt }
}

const finish = Effect.fnUntraced(function* ({ recorder, run }: Performance, exit: Exit.Exit<RunStatus, unknown>) {
  const at = yield* Clock.currentTimeMillis
  const status = Exit.isSuccess(exit) ? exit.value : Cause.hasInterruptsOnly(exit.cause) ? "Canceled" : "Failed"
  yield* recorder.record([{ _tag: "RunEnded", runId: run.id, at, status }])
})
