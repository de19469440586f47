/**
 * What checks found: how every partition stands with each check, and the results
 * over time, of which the newest thousand of a check are kept.
 *
 * Results of a run are recorded with its events; see `ChecksEvaluated`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { PartitionSet } from "../definition/PartitionSet.ts"
import type { CheckResult } from "../event/CheckResult.ts"
import type { Environment, RunId } from "../event/Run.ts"
import type { StateError } from "./StateError.ts"

/** A result, and when and by what it was found. */
export interface RecordedCheck extends CheckResult {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Null: the check was run again without a run. */
  readonly runId: RunId | null
  /** Null: it stands beside the assets. */
  readonly step: number | null
  readonly attempt: number | null
}

/** Partitions of which the latest result of a check is alike. */
export interface CheckStanding extends Pick<CheckResult, "asset" | "check" | "outcome" | "severity" | "blocking"> {
  readonly partitions: PartitionSet
  /** Of the newest of these results. */
  readonly at: number
}

/** A check by its asset, null for one that stands by itself, and its name. */
export type CheckName = Pick<CheckResult, "asset" | "check">

export class CheckLog extends Context.Service<
  CheckLog,
  {
    /** Records results that no run gave. */
    readonly record: (
      environment: Environment,
      results: ReadonlyArray<CheckResult>,
      at: number
    ) => Effect.Effect<void, StateError>
    /** How partitions stand with the checks, by asset and name. */
    readonly standing: (environment: Environment) => Effect.Effect<ReadonlyArray<CheckStanding>, StateError>
    /** The newest results of a check first. */
    readonly history: (
      environment: Environment,
      of: CheckName,
      limit: number
    ) => Effect.Effect<ReadonlyArray<RecordedCheck>, StateError>
    /** The newest result of every check and outcome. */
    readonly newest: (environment: Environment) => Effect.Effect<ReadonlyArray<RecordedCheck>, StateError>
  }
>()("strata/record/CheckLog") {}
