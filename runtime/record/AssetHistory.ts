/**
 * What became of an asset over time: what was published of it, what failed, and
 * of what its code versions are made.
 *
 * It explains and is shown; nothing is decided by it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import type { MetadataEntries } from "../definition/Metadata.ts"
import type { PartitionSet } from "../definition/PartitionSet.ts"
import type { Environment, Run, RunId, StepError } from "../event/Run.ts"
import type { CodeParts } from "../graph/CodeParts.ts"
import type { StoredObject } from "./Catalog.ts"
import type { StateError } from "./StateError.ts"

/** An object that was published. */
export interface Published {
  readonly object: StoredObject
  /** When its run began: what the run knew of other runs is not younger. */
  readonly begun: number
  /** The partitions that are still in it. */
  readonly live: PartitionSet
}

/** A step that failed. */
export interface FailedStep {
  readonly run: Run
  readonly partitions: PartitionSet
  readonly attempts: number
  readonly error: StepError
}

/** A step that made something of an asset. */
export interface Timing {
  /** Partitions of the asset that it made. */
  readonly partitions: number
  /** That its successful attempts took. */
  readonly millis: number
}

/** What a step that made something of an asset recorded of it. */
export interface Measured {
  readonly runId: RunId
  readonly at: number
  readonly metadata: MetadataEntries
}

export class AssetHistory extends Context.Service<
  AssetHistory,
  {
    /** What was published of an asset, newest first. */
    readonly published: (
      environment: Environment,
      asset: AssetKey,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Published>, StateError>
    /** What a run made of an asset, also what was not published, oldest first. */
    readonly madeBy: (runId: RunId, asset: AssetKey) => Effect.Effect<ReadonlyArray<StoredObject>, StateError>
    /** The steps over an asset that failed, newest first. */
    readonly failures: (
      environment: Environment,
      asset: AssetKey,
      limit: number
    ) => Effect.Effect<ReadonlyArray<FailedStep>, StateError>
    /** The steps that made something of an asset last, newest first; `limit` counts objects. */
    readonly timings: (asset: AssetKey, limit: number) => Effect.Effect<ReadonlyArray<Timing>, StateError>
    /** What was recorded by the steps that made something of an asset last, newest first; `limit` counts objects. */
    readonly measured: (asset: AssetKey, limit: number) => Effect.Effect<ReadonlyArray<Measured>, StateError>
    /** Of what code versions are made, as far as it is known. */
    readonly code: (versions: Iterable<string>) => Effect.Effect<ReadonlyMap<string, CodeParts>, StateError>
    /** Keeps of what code versions are made. */
    readonly keepCode: (parts: ReadonlyMap<string, CodeParts>) => Effect.Effect<void, StateError>
  }
>()("strata/record/AssetHistory") {}
