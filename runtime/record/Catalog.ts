/**
 * What is stored of each asset, and which object each partition stands in.
 *
 * Objects are immutable. A step commits its objects as candidates; publication
 * repoints the partitions of an environment to them in one transaction, if the
 * pointers are still those that were read and the run still holds its lease.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AssetKey } from "../definition/AssetKey.ts"
import type { Written } from "../definition/IOManager.ts"
import type { PartitionDictionary } from "../definition/PartitionDictionary.ts"
import type { PartitionSet } from "../definition/PartitionSet.ts"
import type { Event } from "../event/Event.ts"
import type { Environment, RunId } from "../event/Run.ts"
import type { Version } from "../event/Version.ts"
import type { StateError } from "./StateError.ts"

/** Another run published some of the same partitions first. */
export class PublicationConflict extends Schema.TaggedError<PublicationConflict>()("PublicationConflict", {
  asset: AssetKey,
  runId: Schema.String
}) {
  override get message() {
    return `${this.asset} was published by another run while run ${this.runId} made it: run the same command again`
  }
}

/** The run lost its lease: another process closed it. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", { runId: Schema.String }) {
  override get message() {
    return `run ${this.runId} was closed by another process and cannot publish any more: run the same command again`
  }
}

/** An object on disk: what a step wrote for one asset. */
export interface StoredObject {
  readonly id: string
  readonly asset: AssetKey
  readonly kind: "Table" | "Value" | "Files" | "Sink"
  /** Relative to the objects folder. */
  readonly path: string
  readonly files: ReadonlyArray<string>
  readonly partitions: PartitionSet
  /** Those of them that a blocking check refused, so that they were never published; none where it is left out. */
  readonly rejected?: PartitionSet
  readonly rows: number
  readonly quarantined: number
  readonly bytes: number
  readonly columns: Written["columns"]
  readonly engine: string
  /** Of the asset when it was made. */
  readonly codeVersion: string
  /** Its parameters when it was made; see `RunConfig.Resolved`. */
  readonly config: string
  /** SHA-256 of the files' hashes, hexadecimal. */
  readonly hash: string
  readonly runId: RunId
  readonly step: number
  readonly createdAt: number
}

/** An object and those of its partitions that an environment points to. */
export interface LivePiece {
  readonly object: StoredObject
  readonly live: PartitionSet
}

/** Where an asset's partitions stand: pieces that have no partition in common. */
export type Manifest = ReadonlyArray<LivePiece>

export interface Publication {
  /** Candidates that are recorded in the same transaction; others were committed before. */
  readonly candidates?: ReadonlyArray<StoredObject>
  readonly runId: RunId
  readonly fencingToken: number
  readonly environment: Environment
  readonly objects: ReadonlyArray<{
    readonly id: string
    readonly asset: AssetKey
    /** The partitions to repoint. */
    readonly partitions: PartitionSet
    /** Which object each of them was in when the step began, as far as it was in any. */
    readonly replaces: ReadonlyArray<{ readonly object: string; readonly partitions: PartitionSet }>
  }>
  /** Appended to the event log in the same transaction. */
  readonly events: ReadonlyArray<Event>
}

/** A partition of an external asset as it was last seen. */
export interface Observation {
  readonly ordinal: number
  readonly version: Version
  /** When this version was first seen. */
  readonly changedAt: number
  readonly files: ReadonlyArray<{
    readonly path: string
    readonly name: string
    readonly size: number
    /** -1 where the file was so new that it may have changed again without a change of its time. */
    readonly modified: number
    readonly sha256: string
    /** When this content was first seen under this name. */
    readonly since: number
  }>
}

export class Catalog extends Context.Service<
  Catalog,
  {
    /** The manifests of these assets, empty ones too, or of all that have one; all of one moment. */
    readonly manifests: (
      environment: Environment,
      assets?: ReadonlyArray<AssetKey>
    ) => Effect.Effect<ReadonlyMap<AssetKey, Manifest>, StateError>
    /** Partitions whose last attempt failed, by asset. */
    readonly failed: (environment: Environment) => Effect.Effect<ReadonlyMap<AssetKey, PartitionSet>, StateError>
    /** Records objects that are durable on disk, as candidates. */
    readonly commit: (objects: ReadonlyArray<StoredObject>) => Effect.Effect<void, StateError>
    /** Makes candidates visible; see the head of this file. Failed states of the partitions are cleared. */
    readonly publish: (publication: Publication) => Effect.Effect<void, PublicationConflict | LeaseLost | StateError>
    /** What was last seen of an external asset, sorted by ordinal. */
    readonly observations: (asset: AssetKey) => Effect.Effect<ReadonlyArray<Observation>, StateError>
    /** Replaces what was seen of an external asset; partitions left out are gone. */
    readonly observe: (asset: AssetKey, observations: ReadonlyArray<Observation>) => Effect.Effect<void, StateError>
    /** The ordinals of static and dynamic keys, after giving one to each of `keys` that has none. */
    readonly dictionary: (keys: Iterable<string>) => Effect.Effect<PartitionDictionary, StateError>
  }
>()("strata/record/Catalog") {}
