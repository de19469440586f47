/**
 * Performs a plan: every step as soon as the steps it needs are published, the
 * rest at once, as one tree of fibers.
 *
 * When partitions fail, only partitions made from them are left out. When the
 * run is interrupted, so is everything in it, and it is recorded as canceled.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
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
import { RunListener } from "./RunListener.ts"
import * as RunLease from "./RunLease.ts"
import * as RunRecorder from "./RunRecorder.ts"
import * as RunState from "./RunState.ts"
import * as StepAttempts from "./StepAttempts.ts"
import * as StepEnd from "./StepEnd.ts"
import * as StepLogger from "./StepLogger.ts"
import * as StepRunner from "./StepRunner.ts"

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
  readonly gate: PublicationGate.PublicationGate
  readonly recorder: RunRecorder.RunRecorder
  readonly log: Writer
  readonly notMade: NotMade.NotMade
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
    notMade: NotMade.make(state.view)
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
  yield* ReadySteps.forEach(self.plan.steps, (step) => performStep(self, step))
  const isTrusted = yield* checkAcrossAssets(self)
  // A step of a run that was closed may have failed only because of that.
  yield* RunLease.beat(self.run)
  const status: RunStatus = NotMade.isEmpty(self.notMade) && isTrusted ? "Succeeded" : "Failed"
  return status
})

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
    const { recorder, run, state } = self
    const without = NotMade.neededBy(self.notMade, step)
    const partitions = PartitionSet.difference(
      StepRunner.remaining(state, step),
      without?.partitions ?? PartitionSet.empty
    )
    const of = { runId: run.id, at: yield* Clock.currentTimeMillis, step: step.index }
    if (without !== undefined) NotMade.add(self.notMade, step, without.partitions, without.because)
    if (PartitionSet.isEmpty(partitions)) {
      return yield* recorder.record([
        without === undefined
          ? { _tag: "StepUnchanged", ...of }
          : { _tag: "StepSkipped", ...of, because: without.because }
      ])
    }
    const pieces = yield* StepAttempts.perform(trying(self, step), partitions)
    yield* self.gate.pass
    const failed = yield* StepEnd.record({ recorder, run, state, step, pieces, without })
    if (!PartitionSet.isEmpty(failed)) NotMade.add(self.notMade, step, failed, step.assets[0]!)
  },
  (effect, self, step) => Effect.annotateLogs(effect, { run: self.run.id, asset: step.assets[0] }),
  (effect, { run }, step) => spanned(effect, run, step)
)

/** A span of its own; all spans in it, such as those of queries and calls, say which run and asset they are of. */
const spanned = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  run: Run,
  { assets, index, partitions, reasons }: RunPlan.Step
) =>
  Effect.flatMap(References.TracerEnabled, (isOn) => {
    if (!isOn) return effect
    const ofStep = {
      "strata.partitions": PartitionSet.size(partitions),
      "strata.reason": [...reasons.keys()].join(",")
    }
    const ofAll = { "strata.run.id": run.id, "strata.asset": assets.join(","), "strata.step": index }
    return effect.pipe(
      Effect.withSpan("strata.step", { attributes: ofStep }, { captureStackTrace: false }),
      Effect.annotateSpans(ofAll)
    )
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
  const { gate, log, options, pools, recorder, run, sealing, state } = self
  const source = AssetGraph.asset(state.view.graph, step.assets[0]!).source as Asset.Computation
  const waiting = (pools: ReadonlyArray<string>) =>
    RunListener.use((listener) => listener.waiting?.({ step: step.index, for: pools }) ?? Effect.void)
  const started = (number: number) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) =>
      recorder.note([{ _tag: "AttemptStarted", runId: run.id, at, step: step.index, attempt: number }])
    )
  const attempt = (partitions: PartitionSet.PartitionSet, number: number) => {
    const { begin, end } = gate.attempt()
    const before = Effect.andThen(begin, started(number))
    const logged = StepLogger.keeping(log, { step: step.index, attempt: number })
    const lent = self.lentOf(source)
    const waits = BodyWaits.make({
      tell: waiting,
      lend: () => pools.release(lent),
      takeBack: pools.acquire(lent),
      seize: () => pools.seize(lent)
    })
    const body = <A, E, R>(work: Effect.Effect<A, E, R>) => {
      const timed = Attempts.withTimeout(source, waits.millis)(logged(work))
      const waiter = Effect.provideService(waits.around(timed), Waiting, waits.waiting)
      return pools.using(self.claimOf(source), waiting)(Effect.andThen(before, waiter))
    }
    const of = { run, state, step, number, partitions, resources: options.resources }
    const attempt = Effect.annotateSpans(StepRunner.attempt(of, { body, sealing }), "strata.attempt", number)
    return Effect.onExit(attempt, () => end)
  }
  return { runId: run.id, step: step.index, source, recorder, attempt }
}

const finish = Effect.fnUntraced(function* ({ recorder, run }: Performance, exit: Exit.Exit<RunStatus, unknown>) {
  const at = yield* Clock.currentTimeMillis
  const status = Exit.isSuccess(exit) ? exit.value : Cause.hasInterruptsOnly(exit.cause) ? "Canceled" : "Failed"
  yield* recorder.record([{ _tag: "RunEnded", runId: run.id, at, status }])
})
