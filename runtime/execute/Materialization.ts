/**
 * From what was asked for to a run that is done: observe, plan, perform.
 *
 * `strata plan` stops after the plan, `strata materialize` goes on with the
 * same value.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetGraphView from "../event/AssetGraphView.ts"
import {
  type Environment,
  type GitRevision,
  makeRunId,
  type ProcessIdentity,
  type Run,
  type RunStatus
} from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as PoolCapacity from "../graph/PoolCapacity.ts"
import * as Retry from "../plan/Retry.ts"
import * as RunPlan from "../plan/RunPlan.ts"
import { Catalog } from "../record/Catalog.ts"
import { AssetHistory } from "../record/AssetHistory.ts"
import * as KnownState from "../record/KnownState.ts"
import { RunLedger } from "../record/RunLedger.ts"
import { StepLog } from "../record/StepLog.ts"
import * as Capacity from "./Capacity.ts"
import * as Executor from "./Executor.ts"
import * as Observer from "./Observer.ts"
import { RunListener } from "./RunListener.ts"

/** A project as the runtime needs it. */
export interface Project extends KnownState.Versioned {
  readonly graph: AssetGraph.AssetGraph
  /** What `Definitions.provide` gave, built. */
  readonly resources: Context.Context<never>
  /** `Definitions.pools`; without it there are only the cores and the memory of the machine. */
  readonly pools?: Readonly<Record<string, number>>
}

export interface PlanRequest {
  readonly environment: Environment
  /** The assets that are asked for. */
  readonly assets: ReadonlySet<AssetKey>
  /** Narrows what is asked for, once it is known what exists and how it stands. */
  readonly narrow: (view: AssetGraphView.AssetGraphView, key: AssetKey) => PartitionSet.PartitionSet
  readonly force: boolean
  /** Of what is asked for, the partitions that are made although they are up to date; see `narrow`. */
  readonly forced?: PlanRequest["narrow"]
}

export interface Planned {
  readonly plan: RunPlan.RunPlan
  readonly known: KnownState.KnownState
}

/** Observes the external assets that the request depends on, and plans. */
export const plan = Effect.fn("Materialization.plan")(function* (project: Project, request: PlanRequest) {
  const { graph, resources } = project
  yield* Effect.fromResult(PoolCapacity.check(graph, Capacity.make(project.pools)))
  const observed = new Set([...request.assets].flatMap((key) => [key, ...AssetGraph.ancestors(graph, key)]))
  yield* Effect.provideContext(Observer.observe(graph, observed), resources)
  const known = yield* KnownState.load(graph, project, request.environment)
  const partitions = new Map([...request.assets].map((key) => [key, request.narrow(known.view, key)]))
  const forced = new Map(
    [...request.assets].map((key) => [key, request.forced?.(known.view, key) ?? PartitionSet.empty])
  )
  return {
    known,
    plan: RunPlan.make(known.view, { partitions, force: request.force, forced })
  } satisfies Planned as Planned
})

export interface RunRequest {
  readonly environment: Environment
  /** In the words of the command line. */
  readonly request: string
  readonly git: GitRevision | null
  readonly process: ProcessIdentity
  readonly concurrency: number
}

/**
 * A request for what a run has left: all that it was to make and did not, as far
 * as it is still defined, and was not made by another run since. The code as it
 * is now makes it. None where nothing is left, as of a run that succeeded.
 */
export const retryRequest = Effect.fn("Materialization.retryRequest")(function* ({ graph }: Project, run: Run) {
  const retry = Retry.make(yield* RunLedger.use((ledger) => ledger.steps(run.id)))
  if (Retry.isEmpty(retry)) return Option.none<PlanRequest>()
  const manifests = yield* Catalog.use((catalog) => catalog.manifests(run.environment, [...retry.forced.keys()]))
  const since = (key: AssetKey) =>
    PartitionSet.unionAll(
      (manifests.get(key) ?? []).filter(({ object }) => object.createdAt > run.startedAt).map(({ live }) => live)
    )
  const existing = (view: AssetGraphView.AssetGraphView, key: AssetKey, set: PartitionSet.PartitionSet | undefined) =>
    PartitionSet.intersection(set ?? PartitionSet.empty, view.existing.get(key)!)
  const request: PlanRequest = {
    environment: run.environment,
    assets: new Set([...retry.partitions.keys()].filter((key) => graph.assets.has(key))),
    narrow: (view, key) => existing(view, key, retry.partitions.get(key)),
    force: false,
    forced: (view, key) => PartitionSet.difference(existing(view, key, retry.forced.get(key)), since(key))
  }
  return Option.some(request)
})

/** The newest run of the environment that failed or did not end: what is retried where no run is named. */
export const newestUnfinished = Effect.fn("Materialization.newestUnfinished")(function* (environment: Environment) {
  const runs = yield* RunLedger.use((ledger) => ledger.list(1_000))
  const isUnfinished = (run: Run) => run.environment === environment && unfinished.has(run.status)
  return Option.fromNullishOr(runs.find(isUnfinished))
})

const unfinished: ReadonlySet<RunStatus> = new Set<RunStatus>(["Failed", "Canceled", "Lost"])

/** Performs a plan as a new run. */
export const perform = Effect.fn("Materialization.perform")(function* (
  project: Project,
  { known, plan }: Planned,
  request: RunRequest
) {
  const { resources } = project
  const ledger = yield* RunLedger
  const at = yield* Clock.currentTimeMillis
  const random = (yield* Random.nextIntBetween(0, 36 ** 5)).toString(36).padStart(5, "0")
  yield* keepCode(project, plan)
  yield* StepLog.use((log) => log.sweep)
  const id = makeRunId(at, random)
  const events = Executor.beginning(id, at, plan)
  const run = yield* ledger.begin({ ...request, id, at, events })
  yield* Effect.annotateCurrentSpan({ "strata.run.id": id, "strata.request": request.request })
  yield* RunListener.use((listener) => listener.on(events))
  const status = yield* Executor.perform(run, plan, known, {
    concurrency: request.concurrency,
    capacity: Capacity.make(project.pools),
    resources
  })
  return { run, status }
})

/** Keeps of what the code is made that the plan uses, so that a change of it can be named later. */
const keepCode = Effect.fnUntraced(function* ({ codeParts, codeVersions }: Project, { steps }: RunPlan.RunPlan) {
  const used = new Set(steps.flatMap(({ assets }) => assets.map((key) => codeVersions.get(key) ?? "")))
  const parts = [...used].flatMap((version) => {
    const found = codeParts?.get(version)
    return found === undefined ? [] : [[version, found] as const]
  })
  if (parts.length > 0) yield* AssetHistory.use((history) => history.keepCode(new Map(parts)))
})
