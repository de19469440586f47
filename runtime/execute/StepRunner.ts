/**
 * Performs an attempt at a step: runs the body, makes what it wrote durable, and
 * holds it to its checks.
 *
 * Nothing of it is visible before it is published; whatever interrupts it leaves
 * only a staging folder behind.
 */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type * as Semaphore from "effect/Semaphore"
import type * as Metadata from "../definition/Metadata.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetCheck from "../definition/AssetCheck.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type { CheckResult } from "../event/CheckResult.ts"
import type { StepError } from "../event/Run.ts"
import * as GraphChecks from "../graph/GraphChecks.ts"
import type { Step } from "../plan/RunPlan.ts"
import * as Staleness from "../plan/Staleness.ts"
import type { AttemptTimeout } from "./Attempts.ts"
import * as Checks from "./Checks.ts"
import * as ResourceUsage from "./ResourceUsage.ts"
import type * as RunState from "./RunState.ts"
import * as StepBody from "./StepBody.ts"
import * as StepMetadata from "./StepMetadata.ts"
import * as StepOutput from "./StepOutput.ts"

/** What an attempt made: durable objects that are not published yet. */
export interface Made {
  readonly number: number
  readonly outputs: ReadonlyArray<StepOutput.StepOutput>
  readonly metadata: Metadata.MetadataEntries
  readonly checks: ReadonlyArray<CheckResult>
  /** The partitions that the body gave up or a blocking check refused, with their errors. */
  readonly failed: ReadonlyMap<number, StepError>
}

/** The partitions of an output that are to be published: not those that failed a check, of it or of one made with it. */
export const publishable = ({ failed }: Made, { object }: StepOutput.StepOutput): PartitionSet.PartitionSet =>
  failed.size === 0
    ? object.partitions
    : PartitionSet.difference(object.partitions, PartitionSet.fromOrdinals(failed.keys()))

/** The partitions of a step that still have to be made, now that its inputs are: the rest is up to date after all. */
export const remaining = (state: RunState.RunState, step: Step): PartitionSet.PartitionSet => {
  const pending = step.reasons.get("InputPending")
  if (pending === undefined) return step.partitions
  const changed = step.assets.map((key) => Staleness.stale(state.view, key, pending, state))
  return PartitionSet.union(PartitionSet.difference(step.partitions, pending), PartitionSet.unionAll(changed))
}

export interface Holding {
  /** Around all that the body does, until what it returned is written. */
  readonly body: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | AttemptTimeout, R>
  /** A permit of it is held while files are made durable; a body does not end before it has one. */
  readonly sealing: Semaphore.Semaphore
}

/** One attempt; interrupted or failed, it leaves nothing behind. */
export const attempt = Effect.fnUntraced(function* (self: StepBody.Attempt, holding: Holding) {
  const started = ResourceUsage.start(self.clock)
  const { failed, metadata, outputs, usage, written } = yield* Effect.scoped(durable(self, holding))
  const checks: Array<CheckResult> = []
  for (const output of outputs) {
    const ofAsset = self.state.view.graph.checks.ofAsset.get(output.object.asset) ?? []
    if (ofAsset.length > 0) checks.push(...(yield* check(self, output, ofAsset)))
  }
  const made: Made = {
    number: self.number,
    outputs,
    checks,
    failed: checks.length === 0 ? failed : new Map([...Checks.refused(checks), ...failed]),
    metadata: {
      ...metadata,
      ...StepMetadata.sum([
        ...written.map(({ written }) => written.metadata),
        ...outputs.map(({ object }) => StepMetadata.measures(object))
      ]),
      ...ResourceUsage.since(started, self.clock),
      ...usage
    }
  }
  return made
})

/** What the body returned, on its place; nothing of the staging folders is left after it. */
const durable = Effect.fnUntraced(function* (self: StepBody.Attempt, { body, sealing }: Holding) {
  const scope = yield* Effect.scope
  const made = yield* body(
    Effect.tap(Effect.scoped(StepBody.write(self, scope)), () => Scope.provide(sealing.takeScoped(1), scope))
  )
  const outputs: Array<StepOutput.StepOutput> = []
  for (const one of made.written) outputs.push(yield* StepOutput.seal(self, one))
  return { ...made, outputs }
})

const check = Effect.fnUntraced(function* (
  { resources, state }: StepBody.Attempt,
  { object, rows }: StepOutput.StepOutput,
  checks: ReadonlyArray<AssetCheck.Any>
) {
  const { asset, partitions } = object
  const pieces = [{ object, live: partitions }]
  const results = yield* Checks.evaluate(
    { state, asset, partitions, pieces, rows, isCandidate: true },
    checks,
    resources
  )
  const isNews = !PartitionSet.isEmpty(PartitionSet.intersection(AssetGraphView.failed(state.view, asset), partitions))
  return isNews ? results : results.filter((result) => !isTakenForGranted(checks, result))
})

/** That a table is as it should be by default is worth a word only where it was not before. */
const isTakenForGranted = (checks: ReadonlyArray<AssetCheck.Any>, { check, outcome }: CheckResult): boolean =>
  outcome === "Passed" && check === GraphChecks.byDefault.name && checks.includes(GraphChecks.byDefault)
