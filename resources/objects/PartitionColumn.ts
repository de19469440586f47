/**
 * The column `partition_key`: the text of the key in every relation that a body
 * sees or returns, the ordinal on disk, where rows are sorted by it.
 */
import type { InvalidOutput, Stored } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import type { Column, DuckDBError } from "../DuckDB.ts"
import * as Failure from "./Failure.ts"
import type * as TableRows from "./TableRows.ts"

export const name = "partition_key"

/** Whether the step covers one partition, so that rows need not say which. */
export const isOne = (partitions: PartitionSet.PartitionSet): boolean => PartitionSet.size(partitions) === 1

/** What stands where in a query that writes the rows of `s`. */
export interface Ordinals {
  /** The column of ordinals, if there is one; the query fails for a row outside the step. */
  readonly ordinal: ReadonlyArray<Sql.Sql>
  readonly from: Sql.Sql
  readonly orderBy: Sql.Sql
}

/** The rows of an asset without partitions, as they are. */
export const unpartitioned = (source: TableRows.Source): Ordinals => ({
  ordinal: [],
  from: sql`${source.sql} AS s`,
  orderBy: Sql.literal("")
})

/** The rows of a source that has keys or, in a step of one partition, need not. */
export const toOrdinals = (
  stored: Stored,
  partitions: PartitionSet.PartitionSet,
  source: TableRows.Source,
  hasKeys: boolean
): Ordinals => {
  const keys = Array.from(PartitionSet.ordinals(partitions), (ordinal) => ({ ordinal, key: stored.keyOf(ordinal) }))
  const foreign = sql`error(${foreignMark} || coalesce('=' || s.partition_key, ''))`
  const { from, orderBy } = unpartitioned(source)
  if (keys.length === 1) {
    const ordinal = sql`${integer(keys[0]!.ordinal)}::BIGINT`
    const checked = hasKeys
      ? sql`CASE WHEN s.partition_key = ${keys[0]!.key} THEN ${ordinal} ELSE ${foreign} END`
      : ordinal
    return { ordinal: [sql`${checked} AS partition_key`], from, orderBy }
  }
  const texts = keys.map(({ key }) => key)
  const ordinals = keys.map(({ ordinal }) => ordinal)
  return {
    ordinal: [sql`CASE WHEN k.ordinal IS NULL THEN ${foreign} ELSE k.ordinal END AS partition_key`],
    from: sql`${from} LEFT JOIN (SELECT unnest(${texts}) AS key, unnest(${ordinals}) AS ordinal) AS k ON s.partition_key = k.key`,
    orderBy: source.isLoaded ? sql`ORDER BY k.ordinal, s.rowid` : sql`ORDER BY k.ordinal`
  }
}

/** Why a source cannot say the partitions of its rows, if it cannot. */
export const problem = (partitions: PartitionSet.PartitionSet, found: Column | undefined): ReadonlyArray<string> => {
  const size = PartitionSet.size(partitions)
  if (found === undefined) {
    return size === 1
      ? []
      : [`column "${name}" is missing: a step of ${size} partitions has to say the partition of each row`]
  }
  return found.type === "VARCHAR" || found.type.startsWith("ENUM(")
    ? []
    : [`column "${name}" is ${found.type}: it holds the text of the key, so cast it to VARCHAR`]
}

/** Why a query of ordinals failed, where that is a row outside the step. */
export const foreignRow = (stored: Stored, error: DuckDBError): InvalidOutput | undefined => {
  const at = error.message.indexOf(foreignMark)
  if (at < 0) return undefined
  const key = error.message.slice(at + foreignMark.length)
  const reason = key.startsWith("=")
    ? `a row has the ${name} "${key.slice(1)}", which is not a partition of the step: leave such rows out`
    : `a row has no ${name}: give every row the key of its partition`
  return Failure.invalid(stored, reason)
}

const foreignMark = "strata: not a partition of the step"

/** What stands where in a query that turns the ordinals of `p.partition_key` into keys. */
export interface Keys {
  readonly key: Sql.Sql
  /** Goes behind `FROM … AS p`. */
  readonly join: Sql.Sql
}

/**
 * Keys of these partitions. A list that is indexed by the ordinal costs nothing
 * where the key is not asked for; ordinals far apart are joined instead.
 */
export const toKeys = (stored: Stored, wanted: PartitionSet.PartitionSet): Keys => {
  const first = PartitionSet.first(wanted)!
  const last = PartitionSet.last(wanted)!
  const size = PartitionSet.size(wanted)
  const none = Sql.literal("")
  if (size === 1) return { key: Sql.text(stored.keyOf(first)), join: none }
  if (last - first > 4 * size + 64) {
    const rows = Array.from(
      PartitionSet.ordinals(wanted),
      (ordinal) => sql`(${Sql.text(stored.keyOf(ordinal))}, ${integer(ordinal)})`
    )
    return {
      key: Sql.literal("k.key"),
      join: sql`JOIN (VALUES ${Sql.join(rows, ", ")}) AS k(key, ordinal) ON p.partition_key = k.ordinal`
    }
  }
  const keys = Array.from({ length: last - first + 1 }, (_, index) =>
    PartitionSet.has(wanted, first + index) ? Sql.text(stored.keyOf(first + index)) : Sql.literal("NULL")
  )
  return { key: sql`[${Sql.join(keys, ", ")}][p.partition_key - ${integer(first - 1)}]`, join: none }
}

/**
 * Rows of these partitions and not of those, which have none in common: by
 * whichever is said more shortly. It goes behind the files that are read.
 */
export const filter = (wanted: PartitionSet.PartitionSet, dead: PartitionSet.PartitionSet): Sql.Sql => {
  if (PartitionSet.isEmpty(dead)) return Sql.literal("")
  const [set, isWanted] = wanted.bounds.length <= dead.bounds.length ? [wanted, true] : [dead, false]
  if (set.bounds.length > 2 * fewIntervals) return joined(set, isWanted ? "SEMI" : "ANTI")
  return isWanted ? sql`WHERE ${within(set)}` : sql`WHERE NOT ${within(set)}`
}

/** So many are compared with each row, by which whole row groups may be left out; more cost less as a hash table. */
const fewIntervals = 8

const joined = (set: PartitionSet.PartitionSet, how: "SEMI" | "ANTI"): Sql.Sql => {
  const list = (bound: 0 | 1) => Sql.join(set.bounds.filter((_, i) => i % 2 === bound).map(integer), ", ")
  const ordinals = sql`SELECT unnest(range(s, e)) AS "strata ordinal" FROM (SELECT unnest([${list(0)}]) AS s, unnest([${list(1)}]) AS e)`
  return sql`${Sql.literal(how)} JOIN (${ordinals}) AS listed ON partition_key = listed."strata ordinal"`
}

const within = (partitions: PartitionSet.PartitionSet): Sql.Sql =>
  sql`(${Sql.join(
    [...PartitionSet.intervals(partitions)].map(
      ({ end, start }) => sql`partition_key BETWEEN ${integer(start)} AND ${integer(end - 1)}`
    ),
    " OR "
  )})`

const integer = (n: number): Sql.Sql => Sql.literal(String(n))
