/**
 * What a check asks of each partition of a version, and how it judges what was
 * measured of it.
 *
 * Rules that count are data, so that many of them are one query; the others hold
 * a function of their author.
 */
import type * as Effect from "effect/Effect"
import type * as Asset from "./Asset.ts"
import type { AssetKey } from "./AssetKey.ts"
import type * as Metadata from "./Metadata.ts"
import { isSql, type Relation, type Sql, type SqlValue } from "./Sql.ts"

/** Rows that depart from what a column may hold. */
export type ColumnRule =
  | { readonly _tag: "Unique"; readonly columns: ReadonlyArray<string> }
  | { readonly _tag: "NotNull"; readonly columns: ReadonlyArray<string> }
  | {
      readonly _tag: "Between"
      readonly column: string
      readonly min: SqlValue | undefined
      readonly max: SqlValue | undefined
    }
  | { readonly _tag: "AcceptedValues"; readonly column: string; readonly values: ReadonlyArray<SqlValue> }

/** Rules over counts of a partition. */
export type CountRule =
  | { readonly _tag: "RowCount"; readonly min: number; readonly max: number }
  | { readonly _tag: "SameRowCount"; readonly asset: Asset.Any }
  | { readonly _tag: "ErrorRate"; readonly below: number; readonly ofNothing: "pass" | "fail" }
  | { readonly _tag: "BecameEmpty"; readonly isAllowed: boolean }
  | { readonly _tag: "ChangeAgainstLast"; readonly drop: number; readonly growth: number }

/** Rules that their author wrote. */
export type CustomRule =
  | { readonly _tag: "Violations"; readonly query: (version: Relation) => Sql }
  | {
      readonly _tag: "Custom"
      readonly evaluate: (version: never) => Effect.Effect<Verdict | Sql, unknown, unknown>
    }

export type CheckRule = ColumnRule | CountRule | CustomRule

/** What a check found, in the words of its author. */
export interface Verdict {
  readonly passed: boolean
  /** In a phrase. */
  readonly reason: string
  /** Keys of the partitions that do not pass; without it all of them. */
  readonly partitions?: ReadonlyArray<string>
  readonly metadata?: Readonly<Record<string, Metadata.Plain>>
}

/** What was counted of a partition, or of several together. */
export interface Measured {
  readonly rows: number
  /** Rows set aside. */
  readonly quarantined: number
  /** Rows that depart from a column rule. */
  readonly violations: number
  /** Rows of the version that was published before, where there was one. */
  readonly before: number | undefined
  /** Rows of the asset that is compared with. */
  readonly other: number
}

export const isColumnRule = (self: CheckRule): self is ColumnRule => columnRules.has(self._tag)

export const isCustomRule = (self: CheckRule): self is CustomRule =>
  self._tag === "Violations" || self._tag === "Custom"

/** Whether it compares a version with the one before, so that there is nothing to judge in a version alone. */
export const isOfChange = (self: CheckRule): boolean => self._tag === "BecameEmpty" || self._tag === "ChangeAgainstLast"

export const isViolations = (found: Verdict | Sql): found is Sql => isSql(found)

const columnRules: ReadonlySet<string> = new Set(["Unique", "NotNull", "Between", "AcceptedValues"])

/** Whether a partition passes. */
export const holds = (self: ColumnRule | CountRule, of: Measured): boolean => {
  switch (self._tag) {
    case "RowCount":
      return of.rows >= self.min && of.rows <= self.max
    case "SameRowCount":
      return of.rows === of.other
    case "ErrorRate": {
      const all = of.rows + of.quarantined
      return all === 0 ? self.ofNothing === "pass" : of.quarantined / all < self.below
    }
    case "BecameEmpty":
      return self.isAllowed || of.rows > 0 || (of.before ?? 0) === 0
    case "ChangeAgainstLast":
      return of.before === undefined || isWithin(self, of.rows, of.before)
    case "Unique":
    case "NotNull":
    case "Between":
    case "AcceptedValues":
      return of.violations === 0
  }
}

/** What was found of so many partitions that all pass or all do not, counted together. */
export const reason = (self: ColumnRule | CountRule, of: Measured, partitions: number): string => {
  switch (self._tag) {
    case "RowCount":
      return partitions === 1
        ? `${thereAre(of.rows)}, ${rangeText(self)} expected`
        : `${thereAre(of.rows)} in ${partitions} partitions, ${rangeText(self)} expected in each`
    case "SameRowCount":
      return `${thereAre(of.rows)}, and ${rowsText(of.other)} in ${keyOf(self.asset)}`
    case "ErrorRate": {
      const all = of.rows + of.quarantined
      return all === 0
        ? "nothing was read"
        : `${of.quarantined} of ${all} rows were set aside (${percent(of.quarantined / all)}), less than ${percent(self.below)} may be`
    }
    case "BecameEmpty":
      return of.before === undefined || of.rows > 0
        ? `${thereAre(of.rows)}`
        : `there are no rows, and ${rowsText(of.before)} in the version before: if that is right, add AssetCheck.mayBecomeEmpty to its checks`
    case "ChangeAgainstLast":
      return of.before === undefined
        ? `${thereAre(of.rows)}, and no version before`
        : `${thereAre(of.rows)}, and ${rowsText(of.before)} in the version before; ${changeText(self)}`
    case "Unique": {
      const are = self.columns.length === 1 ? "is" : "are"
      return `${self.columns.join(", ")} ${are} ${of.violations === 0 ? "not " : ""}repeated in ${shareText(of)}`
    }
    case "NotNull":
      return of.violations === 0
        ? `no ${self.columns.join(" and no ")} is NULL in ${shareText(of)}`
        : `${self.columns.join(" or ")} is NULL in ${shareText(of)}`
    case "Between":
      return `${self.column} is ${notText(of)}${betweenText(self)} in ${shareText(of)}`
    case "AcceptedValues":
      return `${self.column} is ${notText(of)}one of ${self.values.join(", ")} in ${shareText(of)}`
  }
}

/** Several partitions counted together; `before` of those that had a version. */
export const together = (all: Iterable<Measured>): Measured => {
  const sum = { rows: 0, quarantined: 0, violations: 0, before: undefined as number | undefined, other: 0 }
  for (const { before, other, quarantined, rows, violations } of all) {
    sum.rows += rows
    sum.quarantined += quarantined
    sum.violations += violations
    sum.other += other
    if (before !== undefined) sum.before = (sum.before ?? 0) + before
  }
  return sum
}

const isWithin = (
  { drop, growth }: Extract<CountRule, { readonly _tag: "ChangeAgainstLast" }>,
  rows: number,
  before: number
): boolean => rows >= before * (1 - drop) && rows <= before * (1 + growth)

const keyOf = (asset: Asset.Any): AssetKey => asset.key

const thereAre = (count: number): string => `there ${count === 1 ? "is" : "are"} ${rowsText(count)}`

const rowsText = (count: number): string => (count === 1 ? "1 row" : `${count === 0 ? "no" : count} rows`)

const notText = ({ violations }: Measured): string => (violations === 0 ? "" : "not ")

const shareText = ({ rows, violations }: Measured): string =>
  violations === 0 ? rowsText(rows) : `${violations} of ${rowsText(rows)}`

const rangeText = ({ max, min }: { readonly min: number; readonly max: number }): string => {
  if (max === Number.POSITIVE_INFINITY) return `at least ${min} are`
  return min === 0 ? `at most ${max} are` : `${min} to ${max} are`
}

const betweenText = ({ max, min }: Extract<ColumnRule, { readonly _tag: "Between" }>): string => {
  if (max === undefined) return `at least ${text(min)}`
  return min === undefined ? `at most ${text(max)}` : `between ${text(min)} and ${text(max)}`
}

const text = (value: SqlValue | undefined): string => (value instanceof Date ? value.toISOString() : String(value))

const changeText = ({ drop, growth }: { readonly drop: number; readonly growth: number }): string => {
  const less = drop < 1 ? `${percent(drop)} may be lost` : ""
  const more = growth === Number.POSITIVE_INFINITY ? "" : `${percent(growth)} may be added`
  return [less, more].filter((part) => part !== "").join(" and ")
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`
