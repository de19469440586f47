/**
 * What can have happened in a run.
 *
 * Events are the history; what a run, a step or an asset is now is a fold of
 * them, kept beside the history so that it does not grow with it.
 */
import * as Schema from "effect/Schema"
import { AssetKey } from "../definition/AssetKey.ts"
import { MetadataEntries } from "../definition/Metadata.ts"
import { PartitionSet } from "../definition/PartitionSet.ts"
import { CheckResult } from "./CheckResult.ts"
import { RunId, RunStatus, StepError } from "./Run.ts"

const inRun = { runId: RunId, /** Milliseconds since 1970. */ at: Schema.Finite }
const ofStep = { ...inRun, step: Schema.Int }

/** Partitions, and the error that they failed with. */
export const PartitionFailure = Schema.Struct({ partitions: PartitionSet, error: StepError })
export type PartitionFailure = typeof PartitionFailure.Type

/** Attempts at parts of a step's partitions that succeeded; what they made is published with the end of the step. */
const parts = Schema.optionalKey(Schema.Array(Schema.Struct({ attempt: Schema.Int, metadata: MetadataEntries })))

export const Event = Schema.TaggedUnion({
  RunStarted: inRun,
  RunEnded: { ...inRun, status: RunStatus },
  StepPlanned: { ...ofStep, assets: Schema.Array(AssetKey), partitions: PartitionSet, reason: Schema.String },
  /** `partitions`: those that it is about, where they are not all of the step. */
  AttemptStarted: { ...ofStep, attempt: Schema.Int, partitions: Schema.optionalKey(PartitionSet) },
  /**
   * `retryAt`: when the next attempt begins; null when this one was the last. `metadata` is there where other
   * partitions of the attempt were made.
   */
  AttemptFailed: {
    ...ofStep,
    attempt: Schema.Int,
    error: StepError,
    retryAt: Schema.NullOr(Schema.Finite),
    metadata: Schema.optionalKey(MetadataEntries)
  },
  /** All attempts are used up; these partitions of its assets failed, with these errors, and the others were made. */
  StepFailed: {
    ...ofStep,
    assets: Schema.Array(AssetKey),
    partitions: PartitionSet,
    errors: Schema.optionalKey(Schema.Array(PartitionFailure)),
    parts
  },
  /** `without`: partitions that were left out because of an asset that failed. */
  StepSucceeded: {
    ...ofStep,
    attempt: Schema.Int,
    metadata: MetadataEntries,
    parts,
    without: Schema.optionalKey(Schema.Struct({ partitions: PartitionSet, because: AssetKey }))
  },
  /** What the checks found of what an attempt made; without a step, those that stand beside the assets. */
  ChecksEvaluated: {
    ...inRun,
    step: Schema.optionalKey(Schema.Int),
    attempt: Schema.optionalKey(Schema.Int),
    results: Schema.Array(CheckResult)
  },
  StepUnchanged: ofStep,
  StepSkipped: { ...ofStep, because: AssetKey },
  StepCanceled: ofStep
})
export type Event = typeof Event.Type

/** Whether an event is of this kind: by its tag alone, where a guard of the schema would look at all of it. */
export const is =
  <Tag extends Event["_tag"]>(tag: Tag) =>
  (event: Event): event is Extract<Event, { readonly _tag: Tag }> =>
    event._tag === tag
