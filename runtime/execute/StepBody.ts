/**
 * The body of a step: its inputs are found, it runs where its asset says, and
 * what it returned is written into staging folders.
 */
import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { IOManager } from "../definition/IOManager.ts"
import type * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type { Run } from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Step } from "../plan/RunPlan.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import type * as RunState from "./RunState.ts"
import { StepHost } from "./StepHost.ts"
import * as StepInputs from "./StepInputs.ts"
import * as StepWork from "./StepWork.ts"

export interface Attempt {
  readonly run: Run
  readonly state: RunState.RunState
  readonly step: Step
  readonly number: number
  readonly partitions: PartitionSet.PartitionSet
  /** The services that bodies ask for. */
  readonly resources: Context.Context<never>
  /** Of the run. */
  readonly clock: Clock.Clock
}

/** Of what an attempt makes of an asset, among all objects of the asset. */
export const objectIdOf = ({ number, run, step }: Attempt): string => `${run.id}.${step.index}.${number}`

/** Runs the body and writes what it returned into staging folders, which go with the scope that is given. */
export const write = (
  self: Attempt,
  scope: Scope.Scope
): Effect.Effect<StepWork.Performed, unknown, ObjectStore | IOManager | Scope.Scope> =>
  ObjectStore.use((objects) => {
    const work = workOf(self, objects, scope)
    const { isolation } = StepWork.sourceOf(work.asset)
    if (isolation._tag === "Fiber") return StepWork.perform(work, self.resources)
    const codeVersion = self.state.view.codeVersions.get(work.asset.key) ?? ""
    return Effect.flatMap(StepHost, (host) => host.perform(isolation, { work, codeVersion, resources: self.resources }))
  })

const workOf = (self: Attempt, objects: ObjectStore["Service"], scope: Scope.Scope): StepWork.StepWork => {
  const { run, state, step } = self
  const { graph } = state.view
  const first = step.assets[0]!
  const asset = AssetGraph.asset(graph, first)
  return {
    asset,
    partitions: self.partitions,
    keyOf: (ordinal) => AssetGraphView.keyOf(state.view, first, ordinal),
    config: state.view.configs.get(first)?.value,
    inputs: StepInputs.requests(objects, state, asset, self.partitions),
    outputs: Array.from(StepWork.sourceOf(asset).outputs, ([name, key]) => ({
      name,
      stored: StepInputs.storedAs(state.view, AssetGraph.asset(graph, key)),
      directory: Scope.provide(objects.stage(run.id, `${key}/${objectIdOf(self)}`), scope)
    }))
  }
}
