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
import { RunId, RunStatus, StepError } from "./Run.ts"

const inRun = { runId: RunId, /** Milliseconds since 1970. */ at: Schema.Finite }
const ofStep = { ...inRun, step: Schema.Int }

export const Event = Schema.TaggedUnion({
  RunStarted: inRun,
  RunEnded: { ...inRun, status: RunStatus },
  StepPlanned: { ...ofStep, assets: Schema.Array(AssetKey), partitions: PartitionSet, reason: Schema.String },
  AttemptStarted: { ...ofStep, attempt: Schema.Int },
  /** `retryAt`: when the next attempt begins; null when this one was the last. */
  AttemptFailed: { ...ofStep, attempt: Schema.Int, error: StepError, retryAt: Schema.NullOr(Schema.Finite) },
  /** All attempts are used up; these partitions of its assets failed. */
  StepFailed: { ...ofStep, assets: Schema.Array(AssetKey), partitions: PartitionSet },
  StepSucceeded: { ...ofStep, attempt: Schema.Int, metadata: MetadataEntries },
  StepUnchanged: ofStep,
  StepSkipped: { ...ofStep, because: AssetKey },
  StepCanceled: ofStep
})
export type Event = typeof Event.Type
