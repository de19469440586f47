/**
 * Puts outputs on disk and reads them back.
 *
 * It knows formats, not state: it writes into a folder that it is given and
 * reads the pieces that it is told, so durability and visibility are decided
 * elsewhere, in one place.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { AssetKey } from "./AssetKey.ts"
import type * as Files from "./Files.ts"
import type { MetadataEntries } from "./Metadata.ts"
import type * as Output from "./Output.ts"
import type { PartitionSet } from "./PartitionSet.ts"
import type { Relation, Sql } from "./Sql.ts"

/** What a body returned is not what its asset declares: a missing column, a wrong type, a foreign partition. */
export class InvalidOutput extends Schema.TaggedError<InvalidOutput>()("InvalidOutput", {
  asset: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.asset} returned something else than its output declares: ${this.reason}`
  }
}

/** Writing or reading failed; the cause says how. */
export class IOManagerError extends Schema.TaggedError<IOManagerError>()("IOManagerError", {
  asset: Schema.String,
  operation: Schema.Literals(["write", "read"]),
  cause: Schema.Defect()
}) {
  override get message() {
    return `could not ${this.operation} ${this.asset}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** The asset that is written or read, as far as a format needs it. */
export interface Stored {
  readonly asset: AssetKey
  readonly output: Output.Spec
  readonly partitioned: boolean
  /** The key of an ordinal of the asset's definition. */
  readonly keyOf: (ordinal: number) => string
}

export interface WriteRequest extends Stored {
  /** What the body returned. */
  readonly body: unknown
  /** Rows that the body set aside; see `Quarantine`. */
  readonly quarantined: ReadonlyArray<Relation>
  /** The partitions that the step covers; one with ordinal 0 for an unpartitioned asset. */
  readonly partitions: PartitionSet
  /** Existing, empty folder that becomes the object's folder. */
  readonly directory: string
}

/** The content of one partition in what was written. */
export interface PartitionContent {
  readonly ordinal: number
  readonly rows: number
  /** Two 32-bit lanes of the content hash. */
  readonly hash: readonly [number, number]
}

export interface Written {
  /** Names of the files in the folder, for tables in the order of their rows. */
  readonly files: ReadonlyArray<string>
  readonly rows: number
  /** Rows set aside, in the file `quarantine.parquet`; 0 and no file when there are none. */
  readonly quarantined: number
  /** Of all files together. */
  readonly bytes: number
  /** Columns and their DuckDB types, for tables. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly nullable: boolean }>
  /** Version of the engine that hashed the content. */
  readonly engine: string
  /** Of every partition of the request, sorted by ordinal. */
  readonly contents: ReadonlyArray<PartitionContent>
  readonly metadata: MetadataEntries
}

/** An object on disk and the partitions of it that are wanted. */
export interface Piece {
  readonly directory: string
  readonly files: ReadonlyArray<string>
  readonly columns: Written["columns"]
  /** All partitions in the object. */
  readonly partitions: PartitionSet
  /** Those to be read. */
  readonly wanted: PartitionSet
}

export interface ReadRequest extends Stored {
  readonly pieces: ReadonlyArray<Piece>
  /** Landed files, for an external asset of files. */
  readonly landed: ReadonlyArray<Files.File>
}

export class IOManager extends Context.Service<
  IOManager,
  {
    /**
     * Writes what a body returned into the folder of the request, and hashes it by partition.
     * What a stream of rows itself fails with passes through.
     */
    readonly write: (request: WriteRequest) => Effect.Effect<Written, InvalidOutput | IOManagerError, Scope>
    /**
     * The handle that a body gets for an input: a `Table`, `Files`, `Sink`, or a `ReadonlyMap` of values by
     * partition key in the order of the ordinals; only for an asset without partitions the value itself.
     */
    readonly read: (request: ReadRequest) => Effect.Effect<unknown, IOManagerError, Scope>
    /** The relation of a table's pieces, for `strata query`; files become a relation of their list. */
    readonly relation: (request: ReadRequest) => Effect.Effect<Sql, IOManagerError>
    /** The relation of the rows that were set aside in a table's pieces, with the columns of `Quarantine`. */
    readonly quarantine: (request: ReadRequest) => Effect.Effect<Sql, IOManagerError>
    /** The rows of a query over relations that it gave for an asset: BIGINT and wider are bigint, timestamps Date. */
    readonly query: (
      asset: AssetKey,
      query: Sql
    ) => Effect.Effect<ReadonlyArray<Readonly<Record<string, unknown>>>, IOManagerError>
  }
>()("strata/definition/IOManager") {}
