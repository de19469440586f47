/**
 * Counts the rows of a version that depart from rules on its columns: all rules
 * in one statement, partition by partition.
 */
import * as Effect from "effect/Effect"
import type { ColumnRule } from "../definition/CheckRule.ts"
import { IOManager } from "../definition/IOManager.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as Sql from "../definition/Sql.ts"
import { sql } from "../definition/Sql.ts"
import * as CheckSubject from "./CheckSubject.ts"
import * as ViolationSample from "./ViolationSample.ts"

export interface Counted {
  readonly rows: CheckSubject.Counts
  /** Violations of each rule, in the order of the rules. */
  readonly violations: ReadonlyArray<CheckSubject.Counts>
}

export const count = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rules: ReadonlyArray<ColumnRule>
) {
  const io = yield* IOManager
  const version = yield* CheckSubject.request(subject)
  const relation = yield* io.relation(version)
  const { by, key } = CheckSubject.grouped(version)
  const counts = [
    ...(subject.rows === undefined ? [sql`SELECT -1 AS rule, ${key}, count(*) AS count FROM ${relation} ${by}`] : []),
    ...rules.map((rule, index) => departures(rule, sql`${Sql.literal(String(index))} AS rule, ${key}`, relation, by))
  ]
  const ordinals = CheckSubject.ordinalsOf(version, subject.partitions)
  const found = counts.length === 0 ? [] : yield* io.query(version.asset, Sql.join(counts, " UNION ALL "))
  const byRule = Map.groupBy(found, ({ rule }) => Number(rule))
  const of = (rule: number): CheckSubject.Counts =>
    new Map((byRule.get(rule) ?? []).map((row) => [ordinals.get(String(row.key))!, Number(row.count)]))
  const violations = yield* Effect.forEach(rules, (rule, index) => exact(subject, rule, of(index)))
  return { rows: subject.rows ?? of(-1), violations } satisfies Counted as Counted
})

/** Rows of these partitions that depart from a rule. */
export const sample = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rule: ColumnRule,
  partitions: PartitionSet.PartitionSet
) {
  const io = yield* IOManager
  const version = yield* CheckSubject.request(subject, partitions)
  const relation = yield* io.relation(version)
  const query =
    rule._tag === "Unique"
      ? repeated(rule.columns, version.partitioned, relation)
      : sql`SELECT * FROM ${relation} WHERE ${departs(rule)}`
  return ViolationSample.make(yield* io.query(version.asset, sql`${query} LIMIT ${ViolationSample.rows}`))
})

type RowRule = Exclude<ColumnRule, { readonly _tag: "Unique" }>

/**
 * A query of its own for each rule, because one whose condition the statistics of
 * a file rule out reads nothing of the file.
 */
const departures = (rule: ColumnRule, selected: Sql.Sql, relation: Sql.Sql, by: Sql.Sql): Sql.Sql => {
  if (rule._tag !== "Unique") {
    return sql`SELECT ${selected}, count(*) AS count FROM ${relation} WHERE ${departs(rule)} ${by}`
  }
  // Rows that are equal have equal hashes: where no hash stands twice, there is nothing more to look at.
  const repeated = sql`count(*) - count(DISTINCT hash(${names(rule.columns)}))`
  return sql`SELECT ${selected}, ${repeated} AS count FROM ${relation} WHERE ${complete(rule.columns)} ${by}`
}

const departs = (rule: RowRule): Sql.Sql => {
  switch (rule._tag) {
    case "NotNull":
      return Sql.join(
        rule.columns.map((column) => sql`${Sql.identifier(column)} IS NULL`),
        " OR "
      )
    case "Between": {
      const column = Sql.identifier(rule.column)
      const below = rule.min === undefined ? [] : [sql`${column} < ${Sql.value(rule.min)}`]
      const above = rule.max === undefined ? [] : [sql`${column} > ${Sql.value(rule.max)}`]
      return below.length + above.length === 0 ? sql`false` : Sql.join([...below, ...above], " OR ")
    }
    case "AcceptedValues": {
      const column = Sql.identifier(rule.column)
      if (rule.values.length === 0) return sql`${column} IS NOT NULL`
      return sql`${column} NOT IN (${Sql.join(rule.values.map(Sql.value), ", ")})`
    }
  }
}

/** Hashes that stand twice are looked at again: two values may have the same one. */
const exact = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rule: ColumnRule,
  found: CheckSubject.Counts
) {
  const suspected = PartitionSet.fromOrdinals([...found].filter(([, count]) => count > 0).map(([ordinal]) => ordinal))
  if (rule._tag !== "Unique" || PartitionSet.isEmpty(suspected)) return found
  const io = yield* IOManager
  const version = yield* CheckSubject.request(subject, suspected)
  const groups = repeated(rule.columns, version.partitioned, yield* io.relation(version))
  const { by, key } = CheckSubject.grouped(version)
  const rows = yield* CheckSubject.byOrdinal(
    version,
    suspected,
    sql`SELECT ${key}, sum("count" - 1)::BIGINT AS repeated FROM (${groups}) ${by}`
  )
  return new Map([...rows].map(([ordinal, row]) => [ordinal!, Number(row.repeated)]))
})

/** The values that stand in several rows of a partition. */
const repeated = (columns: ReadonlyArray<string>, isPartitioned: boolean, relation: Sql.Sql): Sql.Sql => {
  const key = isPartitioned && !columns.includes("partition_key") ? sql`partition_key, ` : sql``
  return sql`SELECT ${key}${names(columns)}, count(*) AS "count" FROM ${relation}
    WHERE ${complete(columns)} GROUP BY ALL HAVING count(*) > 1`
}

const names = (columns: ReadonlyArray<string>): Sql.Sql => Sql.join(columns.map(Sql.identifier), ", ")

const complete = (columns: ReadonlyArray<string>): Sql.Sql =>
  Sql.join(
    columns.map((column) => sql`${Sql.identifier(column)} IS NOT NULL`),
    " AND "
  )
