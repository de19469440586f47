/**
 * Values of `sql` as DuckDB takes them, each with its type said.
 *
 * Integers bind as BIGINT, or HUGEINT beyond it; other numbers as DOUBLE, so
 * that the type never depends on the value at hand; dates as TIMESTAMPTZ. A list
 * has the one type that all of its items fit.
 */
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api"
import { isDate, isUint8Array } from "effect/Predicate"
import * as Sql from "../../runtime/definition/Sql.ts"
import type { NodeApi } from "./NodeApi.ts"

/** Without values there are no types either, and the text may be several statements. */
export interface Binding {
  readonly values: Array<DuckDBValue> | undefined
  readonly types: Array<DuckDBType> | undefined
}

/** Throws for an integer that no type of DuckDB holds. */
export const make = (api: NodeApi, sql: Sql.Sql): Binding => {
  const { values } = Sql.compile(sql)
  if (values.length === 0) return { values: undefined, types: undefined }
  const bound = values.map((value) => bind(api, value))
  return { values: bound.map(([value]) => value), types: bound.map(([, type]) => type) }
}

type Bound = readonly [DuckDBValue, DuckDBType]

const bind = (api: NodeApi, value: Sql.SqlValue): Bound => {
  switch (typeof value) {
    case "string":
      return [value, api.VARCHAR]
    case "boolean":
      return [value, api.BOOLEAN]
    case "bigint":
      return [value, BigInt.asIntN(64, value) === value ? api.BIGINT : api.HUGEINT]
    case "number":
      return Number.isSafeInteger(value) ? [BigInt(value), api.BIGINT] : [value, api.DOUBLE]
    case "object":
      return bindObject(api, value)
  }
}

const bindObject = (api: NodeApi, value: Extract<Sql.SqlValue, object> | null): Bound => {
  if (value === null) return [null, api.SQLNULL]
  if (isDate(value)) return [api.jsToDuckDBValue(value, api.TIMESTAMPTZ), api.TIMESTAMPTZ]
  if (isUint8Array(value)) return [api.blobValue(value), api.BLOB]
  return bindList(api, value)
}

const bindList = (api: NodeApi, items: ReadonlyArray<string | number>): Bound => {
  if (items.length === 0) return [api.listValue([]), api.LIST(api.SQLNULL)]
  if (items.some((item) => typeof item === "string")) return [api.listValue(items.map(String)), api.LIST(api.VARCHAR)]
  return items.every(Number.isSafeInteger)
    ? [api.listValue(items.map(BigInt)), api.LIST(api.BIGINT)]
    : [api.listValue(items), api.LIST(api.DOUBLE)]
}
