/**
 * A condition that every new version of an asset is held to before it is
 * published, partition by partition.
 *
 * Partitions that fail a blocking check are not published, and nothing is made
 * from them; the others are. What any other check finds is recorded. Names of
 * columns are held to the schema of the rows, and what a check of one's own asks
 * for is asked for by its asset.
 */
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import type { Scope } from "effect/Scope"
import type { Contravariant, Covariant } from "effect/Types"
import type * as Asset from "./Asset.ts"
import type { CheckRule, Verdict } from "./CheckRule.ts"
import type * as Metadata from "./Metadata.ts"
import type { Relation, Sql, SqlValue } from "./Sql.ts"
import type { Table } from "./Table.ts"

export type { Verdict } from "./CheckRule.ts"
export { make, on, type Services as StandaloneServices } from "./StandaloneCheck.ts"

const TypeId = "~strata/AssetCheck"

/** `warn`: it never keeps a version from being published. */
export type Severity = "error" | "warn"

/** A check that needs rows with these columns, a handle like this, and the services `R`. */
export interface AssetCheck<in Columns, in Handle, out R> extends Any {
  readonly [TypeId]: {
    readonly _Columns: Contravariant<Columns>
    readonly _Handle: Contravariant<Handle>
    readonly _R: Covariant<R>
  }
}

export interface Any {
  readonly [TypeId]: {
    readonly _Columns: Contravariant<never>
    readonly _Handle: Contravariant<never>
    readonly _R: Covariant<unknown>
  }
  /** Among the checks of its asset. */
  readonly name: string
  readonly description: string
  readonly severity: Severity
  /** Of an error: what fails is not published. */
  readonly blocking: boolean
  readonly rule: CheckRule
}

export interface Options {
  /** Another than the one it is given: the checks of an asset have different names. */
  readonly name?: string
  readonly description?: string
  /** `error` by default. */
  readonly severity?: Severity
  /** Whether an error keeps the version from being published; it does by default. */
  readonly blocking?: boolean
}

export type Services<C> = C extends { readonly [TypeId]: { readonly _R: Covariant<infer R> } } ? R : never

/** What a check may ask for besides services. */
type Own<R> = Exclude<R, Scope>

type Ordered<V> = V extends number | bigint ? number | bigint : V extends Date ? Date | DateTime.Utc : string
type Having<C extends string, V> = { readonly [K in C]: V | null | undefined }

/** Each partition has at least `min` rows and at most `max`. */
export const rowCount = (
  options: Options & { readonly min?: number; readonly max?: number }
): AssetCheck<unknown, Table<unknown>, never> =>
  fromRule("row_count", options, {
    _tag: "RowCount",
    min: options.min ?? 0,
    max: options.max ?? Number.POSITIVE_INFINITY
  })

/** Each partition has as many rows as the partitions of the other asset that it is made from. */
export const sameRowCount = (
  asset: Asset.Asset<Table<unknown>, unknown, unknown, string>,
  options: Options = {}
): AssetCheck<unknown, Table<unknown>, never> =>
  fromRule(`same_row_count(${asset.key})`, options, { _tag: "SameRowCount", asset })

/** No two rows of a partition have the same values in these columns; rows with a NULL among them are not compared. */
export const unique = <const C extends string>(
  columns: C | ReadonlyArray<C>,
  options: Options = {}
): AssetCheck<Having<C, unknown>, Table<unknown>, never> =>
  fromRule(`unique(${listed(columns).join(", ")})`, options, { _tag: "Unique", columns: listed(columns) })

/** These columns have a value in every row. */
export const notNull = <const C extends string>(
  columns: C | ReadonlyArray<C>,
  options: Options = {}
): AssetCheck<Having<C, unknown>, Table<unknown>, never> =>
  fromRule(`not_null(${listed(columns).join(", ")})`, options, { _tag: "NotNull", columns: listed(columns) })

/** The values of a column lie between two, both included; `undefined` leaves an end open, and NULL passes. */
export const between = <const C extends string, V extends number | bigint | string | Date>(
  column: C,
  min: V | undefined,
  max: V | undefined,
  options: Options = {}
): AssetCheck<Having<C, Ordered<V>>, Table<unknown>, never> =>
  fromRule(`between(${column})`, options, { _tag: "Between", column, min, max })

/** The values of a column are among these; NULL passes. */
export const acceptedValues = <const C extends string, const V extends string | number | bigint | boolean>(
  column: C,
  values: ReadonlyArray<V>,
  options: Options = {}
): AssetCheck<Having<C, string | number | bigint | boolean>, Table<unknown>, never> =>
  fromRule(`accepted_values(${column})`, options, {
    _tag: "AcceptedValues",
    column,
    values: values as ReadonlyArray<SqlValue>
  })

/**
 * The share of rows that were set aside stays below a limit.
 *
 * `ofNothing` says what holds where nothing was read at all: by default the check passes.
 */
export const errorRate = (
  options: Options & { readonly below: number; readonly ofNothing?: "pass" | "fail" }
): AssetCheck<unknown, unknown, never> =>
  fromRule("error_rate", options, { _tag: "ErrorRate", below: options.below, ofNothing: options.ofNothing ?? "pass" })

/** Each partition has not lost or won more rows against the version that is published than these shares of them. */
export const changeAgainstLast = (
  options: Options & {
    /** Half of them by default; 1 allows all to go. */
    readonly drop?: number
    /** Any by default. */
    readonly growth?: number
  } = {}
): AssetCheck<unknown, Table<unknown>, never> =>
  fromRule("change_against_last", options, {
    _tag: "ChangeAgainstLast",
    drop: options.drop ?? 0.5,
    growth: options.growth ?? Number.POSITIVE_INFINITY
  })

/** A partition that had rows still has some. Every table is held to it, unless its checks say otherwise. */
export const becameEmpty = (options: Omit<Options, "name"> = {}): AssetCheck<unknown, Table<unknown>, never> =>
  fromRule(emptyName, options, { _tag: "BecameEmpty", isAllowed: false })

const emptyName = "became_empty"

/** Instead of `becameEmpty`, for a table of which partitions may lose all their rows. */
export const mayBecomeEmpty: AssetCheck<unknown, Table<unknown>, never> = fromRule(
  emptyName,
  { blocking: false, severity: "warn" },
  { _tag: "BecameEmpty", isAllowed: true }
)

/** The rows of a query are violations; those with a `partition_key` fail that partition alone. */
export const sql = (
  name: string,
  query: (version: Relation) => Sql,
  options: Omit<Options, "name"> = {}
): AssetCheck<unknown, Table<unknown>, never> => fromRule(name, options, { _tag: "Violations", query })

/** A check of one's own: it gets the new version as an asset downstream would, and gives a verdict, or a query for violations. */
export const effect = <Handle, R = never>(
  name: string,
  evaluate: (version: Handle) => Effect.Effect<Verdict | Sql, unknown, R>,
  options: Omit<Options, "name"> = {}
): AssetCheck<unknown, Handle, Own<R>> => fromRule(name, options, { _tag: "Custom", evaluate: evaluate as never })

export const passed = (reason = "it passed", metadata?: Readonly<Record<string, Metadata.Plain>>): Verdict => ({
  passed: true,
  reason,
  ...(metadata === undefined ? {} : { metadata })
})

/** `partitions`: the keys of those that fail; without it all do. */
export const failed = (reason: string, options: Pick<Verdict, "partitions" | "metadata"> = {}): Verdict => ({
  passed: false,
  reason,
  ...options
})

export const isAssetCheck = (u: unknown): u is Any => hasProperty(u, TypeId)

/** Whether what fails it is not published. */
export const isBlocking = ({ blocking, severity }: Pick<Any, "blocking" | "severity">): boolean =>
  blocking && severity === "error"

const listed = <C>(columns: C | ReadonlyArray<C>): ReadonlyArray<C> =>
  (Array.isArray(columns) ? columns : [columns]) as ReadonlyArray<C>

function fromRule(name: string, options: Options, rule: CheckRule): AssetCheck<unknown, unknown, never> {
  return {
    [TypeId]: { _Columns: () => {}, _Handle: () => {}, _R: (_) => _ },
    name: options.name ?? name,
    description: options.description ?? "",
    severity: options.severity ?? "error",
    blocking: options.blocking ?? true,
    rule
  }
}
