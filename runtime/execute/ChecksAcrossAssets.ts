/**
 * Evaluates the checks that stand beside the assets, over what is published.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import type { Verdict } from "../definition/CheckRule.ts"
import type * as PartitionMapping from "../definition/PartitionMapping.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import type { Sql } from "../definition/Sql.ts"
import type * as AssetGraphView from "../event/AssetGraphView.ts"
import type { CheckResult } from "../event/CheckResult.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { AcrossAssets } from "../graph/GraphChecks.ts"
import * as Checks from "./Checks.ts"
import type * as CheckSubject from "./CheckSubject.ts"
import * as CustomChecks from "./CustomChecks.ts"
import type * as RunState from "./RunState.ts"
import * as StepInputs from "./StepInputs.ts"

/** The partitions of a check that partitions of its assets have a part in, where something of every asset is there. */
export const partitionsOf = (
  { check, inputs }: AcrossAssets,
  state: RunState.RunState,
  changed: (key: AssetKey) => PartitionSet.PartitionSet
): PartitionSet.PartitionSet => {
  const { view } = state
  const all = PartitionsDefinition.all(check.partitions, view.dictionary, view.now)
  const downstream = ({ asset, mapping }: AcrossAssets["inputs"][number], of: PartitionSet.PartitionSet) =>
    mapping.downstream(of, sides(view, check.partitions, asset, all))
  const touched = PartitionSet.unionAll(inputs.map((input) => downstream(input, changed(input.asset))))
  return inputs.reduce(
    (partitions, input) => PartitionSet.intersection(partitions, downstream(input, state.present(input.asset))),
    touched
  )
}

/** One or two results, of the partitions that passed and of the others. */
export const evaluate = Effect.fnUntraced(
  function* (
    { check, inputs }: AcrossAssets,
    state: RunState.RunState,
    partitions: PartitionSet.PartitionSet,
    resources: Context.Context<never>
  ) {
    if (PartitionSet.isEmpty(partitions)) return []
    const { view } = state
    const isPartitioned = PartitionsDefinition.isPartitioned(check.partitions)
    const own = Array.from(PartitionSet.ordinals(partitions), (ordinal) => ({
      ordinal,
      key: isPartitioned ? PartitionsDefinition.key(check.partitions, view.dictionary, ordinal) : ""
    }))
    const needed = inputs.map((input) => ({
      ...input,
      partitions: PartitionSet.intersection(
        input.mapping.upstream(partitions, sides(view, check.partitions, input.asset, partitions)),
        state.present(input.asset)
      )
    }))
    const evaluated = Effect.gen(function* () {
      const handles: Record<string, unknown> = isPartitioned ? { partitions: own } : {}
      for (const { asset, name, partitions } of needed) {
        handles[name] = yield* StepInputs.handleOf(state, asset, partitions)
      }
      const verdict = check.evaluate(handles as never) as Effect.Effect<Verdict | Sql, unknown>
      const over = { asset: inputs[0]!.asset, partitions: new Map(own.map(({ key, ordinal }) => [key, ordinal])) }
      return yield* CustomChecks.judged(over, verdict, resources)
    }).pipe(Effect.scoped)
    const objects = needed.flatMap(({ asset, partitions }) =>
      state.pieces(asset, partitions).map(({ object }) => object.id)
    )
    const found = yield* Checks.orErrored(partitions, evaluated)
    const { blocking, name, severity } = check
    return found.map((found): CheckResult => ({ asset: null, check: name, severity, blocking, objects, ...found }))
  },
  (effect, { check }) => Effect.withSpan(effect, "ChecksAcrossAssets.evaluate", { attributes: { check: check.name } })
)

export type Needs = CheckSubject.Needs

const sides = (
  view: AssetGraphView.AssetGraphView,
  definition: PartitionsDefinition.Any,
  asset: AssetKey,
  downstream: PartitionSet.PartitionSet
): PartitionMapping.Sides => ({
  upstream: view.existing.get(asset)!,
  downstream,
  upstreamDefinition: AssetGraph.asset(view.graph, asset).partitions,
  downstreamDefinition: definition,
  dictionary: view.dictionary
})
