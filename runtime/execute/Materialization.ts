/**
 * From what was asked for to a run that is done: observe, plan, perform.
 *
 * `strata plan` stops after the plan, `strata materialize` goes on with the
 * same value.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { AssetKey } from "../definition/AssetKey.ts"
import type * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetGraphView from "../event/AssetGraphView.ts"
import { type Environment, type GitRevision, makeRunId, type ProcessIdentity } from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as PoolCapacity from "../graph/PoolCapacity.ts"
import * as RunPlan from "../plan/RunPlan.ts"
import { AssetHistory } from "../record/AssetHistory.ts"
import * as KnownState from "../record/KnownState.ts"
import { RunLedger } from "../record/RunLedger.ts"
import * as Capacity from "./Capacity.ts"
import * as Executor from "./Executor.ts"
import * as Observer from "./Observer.ts"

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
  return { known, plan: RunPlan.make(known.view, { partitions, force: request.force }) } satisfies Planned as Planned
})

export interface RunRequest {
  readonly environment: Environment
  /** In the words of the command line. */
  readonly request: string
  readonly git: GitRevision | null
  readonly process: ProcessIdentity
  readonly concurrency: number
}

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
  const run = yield* ledger.begin({ ...request, id: makeRunId(at, random), at })
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
