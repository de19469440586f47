/**
 * A step of a run as people name it: its number, an asset, or a partition of one
 * such as `postings/daily[2025-06-01]`.
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { PartitionDictionary } from "../runtime/definition/PartitionDictionary.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import type { StepRecord } from "../runtime/event/Run.ts"
import type * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Usage } from "./Failure.ts"

/** Whether the step of this number is one that is meant; without a name every one is. */
export const wanted = (
  name: Option.Option<string>,
  steps: ReadonlyArray<StepRecord>,
  of: { readonly graph: AssetGraph.AssetGraph | undefined; readonly dictionary: PartitionDictionary }
): Result.Result<(step: number) => boolean, Usage> => {
  if (Option.isNone(name)) return Result.succeed(() => true)
  const text = name.value
  const [, key = text, partition] = /^([^[]*)\[(.*)\]$/s.exec(text) ?? []
  const found = steps.filter(
    (step) =>
      String(step.index) === text || (isOf(step, key) && (partition === undefined || holds(step, partition, of)))
  )
  const indices = new Set(found.map(({ index }) => index))
  return indices.size > 0
    ? Result.succeed((step) => indices.has(step))
    : Result.fail(
        new Usage({
          reason: `the run has no step ${text}: name one by its number from 0 to ${steps.length - 1}, by an asset such as ${steps[0]?.assets[0] ?? "postings/daily"}, or by a partition of it`
        })
      )
}

const isOf = ({ assets }: StepRecord, key: string): boolean => assets.some((asset) => asset === key)

const holds = (
  { assets, partitions }: StepRecord,
  partition: string,
  { dictionary, graph }: { readonly graph: AssetGraph.AssetGraph | undefined; readonly dictionary: PartitionDictionary }
): boolean => {
  const definition = graph?.assets.get(assets[0]!)?.partitions
  const ordinal = definition === undefined ? undefined : PartitionsDefinition.ordinal(definition, dictionary, partition)
  return ordinal !== undefined && Result.isSuccess(ordinal) && PartitionSet.has(partitions, ordinal.success)
}
