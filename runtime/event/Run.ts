/**
 * A run: one plan, performed by one process.
 */
import * as Schema from "effect/Schema"
import { AssetKey } from "../definition/AssetKey.ts"
import { MetadataEntries } from "../definition/Metadata.ts"
import { PartitionSet } from "../definition/PartitionSet.ts"

/** Sorts by time: `<seconds in base 36>-<random>`, such as `t5zk2q-7f3a`. */
export const RunId = Schema.String.check(Schema.isPattern(/^[0-9a-z]+-[0-9a-z]+$/)).pipe(Schema.brand("RunId"))
export type RunId = typeof RunId.Type

/** `random` holds five base-36 digits of chance. */
export const makeRunId = (millis: number, random: string): RunId =>
  RunId.make(`${Math.floor(millis / 1000).toString(36)}-${random}`)

export const Environment = Schema.String.pipe(Schema.brand("Environment"))
export type Environment = typeof Environment.Type
export const main = Environment.make("main")

/** Tells a process from every other one, also after a reboot and when process ids come round again. */
export const ProcessIdentity = Schema.Struct({
  pid: Schema.Int,
  bootId: Schema.String,
  /** Clock ticks from boot to the start of the process. */
  startTicks: Schema.String,
  host: Schema.String
})
export type ProcessIdentity = typeof ProcessIdentity.Type

export const GitRevision = Schema.Struct({ commit: Schema.String, dirty: Schema.Boolean })
export type GitRevision = typeof GitRevision.Type

/** `Lost`: its process ended without a word, or said nothing for longer than its lease. */
export const RunStatus = Schema.Literals(["Started", "Succeeded", "Failed", "Canceled", "Lost"])
export type RunStatus = typeof RunStatus.Type

export const Run = Schema.Struct({
  id: RunId,
  environment: Environment,
  /** What was asked for, in the words of the command line. */
  request: Schema.String,
  git: Schema.NullOr(GitRevision),
  process: ProcessIdentity,
  fencingToken: Schema.Int,
  status: RunStatus,
  /** Milliseconds since 1970, as all times here. */
  startedAt: Schema.Finite,
  heartbeatAt: Schema.NullOr(Schema.Finite),
  endedAt: Schema.NullOr(Schema.Finite)
})
export type Run = typeof Run.Type

/** `Unchanged`: when its inputs were made, it turned out to be up to date. */
export const StepStatus = Schema.Literals([
  "Planned",
  "Started",
  "Succeeded",
  "Unchanged",
  "Failed",
  "Skipped",
  "Canceled"
])
export type StepStatus = typeof StepStatus.Type

/** An error as it is kept: its tag, its message, and its causes below it. */
export const StepError = Schema.Struct({
  tag: Schema.String,
  message: Schema.String,
  /** What `Cause.pretty` says, framework frames left out. */
  detail: Schema.String
})
export type StepError = typeof StepError.Type

export const Attempt = Schema.Struct({
  number: Schema.Int,
  outcome: Schema.Literals(["Started", "Succeeded", "Failed", "Canceled"]),
  error: Schema.NullOr(StepError),
  startedAt: Schema.Finite,
  endedAt: Schema.NullOr(Schema.Finite),
  metadata: MetadataEntries
})
export type Attempt = typeof Attempt.Type

export const StepRecord = Schema.Struct({
  runId: RunId,
  /** Its place in the plan, from 0. */
  index: Schema.Int,
  assets: Schema.Array(AssetKey),
  partitions: PartitionSet,
  /** Those of them that were made and published. */
  made: PartitionSet,
  /** Why it was planned, in words. */
  reason: Schema.String,
  status: StepStatus,
  /** For a skipped step, the asset whose failure it waited for. */
  because: Schema.NullOr(AssetKey),
  attempts: Schema.Array(Attempt)
})
export type StepRecord = typeof StepRecord.Type
