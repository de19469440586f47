/**
 * The rows that a body set aside, in a Parquet file beside the table, keyed and
 * sorted like it.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { ReadRequest, WriteRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Quarantine from "../../runtime/definition/Quarantine.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import { DuckDB } from "../DuckDB.ts"
import * as Failure from "./Failure.ts"
import * as PartitionColumn from "./PartitionColumn.ts"
import * as PieceGroup from "./PieceGroup.ts"

export const name = "quarantine.parquet"

const columns = Object.entries(Quarantine.columns).filter(([name]) => name !== PartitionColumn.name)
const names = columns.map(([name]) => Sql.identifier(name))

/** Writes what was set aside and returns how many rows it is; without any, there is no file. */
export const write = Effect.fn("QuarantineFile.write")(function* (request: WriteRequest) {
  if (request.quarantined.length === 0) return 0
  const db = yield* DuckDB
  const fileSystem = yield* FileSystem.FileSystem
  const path = `${request.directory}/${name}`
  const relations = yield* Effect.forEach(request.quarantined, (relation) => keyed(request, relation))
  const source = { sql: sql`(${Sql.join(relations, " UNION ALL ")})`, isLoaded: false }
  const { from, ordinal, orderBy } = PartitionColumn.toOrdinals(request, request.partitions, source, true)
  const selected = [...names.map((name) => sql`s.${name}`), ...ordinal]
  yield* db
    .copy(sql`SELECT ${Sql.join(selected, ", ")} FROM ${from} ${orderBy}`, path)
    .pipe(Effect.mapError((error) => PartitionColumn.foreignRow(request, error) ?? Failure.writing(request)(error)))
  const failed = Effect.mapError(Failure.writing(request))
  const [row] = yield* failed(db.query(sql`SELECT count(*) AS count FROM read_parquet(${path})`))
  const count = Number(row!.count)
  if (count === 0) yield* failed(fileSystem.remove(path))
  return count
})

/** The rows with the columns of `Quarantine`, cast to its types; in a step of one partition the key may be left out. */
const keyed = Effect.fnUntraced(function* (request: WriteRequest, relation: Sql.Relation) {
  const found = yield* DuckDB.use((db) => db.columns(sql`SELECT * FROM ${relation}`)).pipe(
    Effect.mapError(Failure.writing(request))
  )
  const isFound = (name: string) => found.some((column) => column.name === name)
  const isKeyed = isFound(PartitionColumn.name)
  const missing = columns.map(([name]) => name).filter((name) => !isFound(name))
  if (!isKeyed && !PartitionColumn.isOne(request.partitions)) missing.unshift(PartitionColumn.name)
  if (missing.length > 0) {
    return yield* Failure.invalid(request, `the rows that it set aside lack the column "${missing.join('", "')}"`)
  }
  const selected = columns.map(
    ([name, type]) => sql`${Sql.identifier(name)}::${Sql.literal(type)} AS ${Sql.identifier(name)}`
  )
  const only = request.keyOf(PartitionSet.first(request.partitions)!)
  const key = isKeyed ? Sql.literal("partition_key::VARCHAR") : sql`${only}`
  return sql`SELECT ${Sql.join(selected, ", ")}, ${key} AS partition_key FROM ${relation}`
})

/** The rows set aside in these pieces, with the columns of `Quarantine`. */
export const relation = (request: ReadRequest): Sql.Sql => {
  const pieces = request.pieces.filter(({ files, wanted }) => files.includes(name) && !PartitionSet.isEmpty(wanted))
  if (pieces.length === 0) return empty
  const { join, key } = PartitionColumn.toKeys(request, PartitionSet.unionAll(pieces.map(({ wanted }) => wanted)))
  const scans = PieceGroup.make(pieces).map((group) =>
    PieceGroup.scan(group, [Sql.literal("*")], ({ directory }) => [`${directory}/${name}`])
  )
  const selected = names.map((name) => sql`p.${name}`)
  return sql`(SELECT ${key} AS partition_key, ${Sql.join(selected, ", ")} FROM (${Sql.join(scans, " UNION ALL ")}) AS p ${join})`
}

const empty = sql`(SELECT ${Sql.join(
  Object.entries(Quarantine.columns).map(
    ([name, type]) => sql`CAST(NULL AS ${Sql.literal(type)}) AS ${Sql.identifier(name)}`
  ),
  ", "
)} WHERE false)`
