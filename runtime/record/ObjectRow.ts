/**
 * An object as a row of the table `object`.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { RunId } from "../event/Run.ts"
import type { StoredObject } from "./Catalog.ts"
import type { Row } from "./SqlRows.ts"

export interface ObjectRow {
  readonly id: string
  readonly asset: AssetKey
  readonly kind: StoredObject["kind"]
  readonly path: string
  readonly files: string
  readonly partitions: Uint8Array
  readonly rejected: Uint8Array | null
  readonly row_count: number
  readonly quarantined: number
  readonly bytes: number
  readonly column_types: string
  readonly engine: string
  readonly code_version: string
  readonly config: string
  readonly hash: string
  readonly run_id: RunId
  readonly step_index: number
  readonly created_at: number
}

export const make = (object: StoredObject): ObjectRow & Row => ({
  id: object.id,
  asset: object.asset,
  kind: object.kind,
  path: object.path,
  files: JSON.stringify(object.files),
  partitions: PartitionSet.encode(object.partitions),
  rejected: object.rejected === undefined ? null : PartitionSet.encode(object.rejected),
  row_count: object.rows,
  quarantined: object.quarantined,
  bytes: object.bytes,
  column_types: JSON.stringify(object.columns),
  engine: object.engine,
  code_version: object.codeVersion,
  config: object.config,
  hash: object.hash,
  run_id: object.runId,
  step_index: object.step,
  created_at: object.createdAt
})

export const toObject = (row: ObjectRow): StoredObject => ({
  id: row.id,
  asset: row.asset,
  kind: row.kind,
  path: row.path,
  files: JSON.parse(row.files),
  partitions: PartitionSet.decode(row.partitions),
  ...(row.rejected === null ? {} : { rejected: PartitionSet.decode(row.rejected) }),
  rows: row.row_count,
  quarantined: row.quarantined,
  bytes: row.bytes,
  columns: JSON.parse(row.column_types),
  engine: row.engine,
  codeVersion: row.code_version,
  config: row.config,
  hash: row.hash,
  runId: row.run_id,
  step: row.step_index,
  createdAt: row.created_at
})
