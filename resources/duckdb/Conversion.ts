/**
 * DuckDB values as JavaScript values, and back, by the type of their column.
 *
 * BIGINT and wider are bigint, narrower integers number; DECIMAL, UUID, TIME and
 * INTERVAL are text, so nothing is rounded; dates and timestamps are Date, cut to
 * milliseconds; structs are objects, lists arrays, maps Map, blobs Uint8Array.
 */
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api"
import { isDate, isIterable, isObject, isUint8Array } from "effect/Predicate"
import type { NodeApi } from "./NodeApi.ts"

/** Undefined where a value is already what it should be. */
export type Read = ((value: never) => unknown) | undefined

/** Throws a TypeError or RangeError for a value that the column cannot hold. */
export type Write = (value: unknown) => DuckDBValue

/** How the values of a column are read; NULL stays null. */
export const reader = (api: NodeApi, type: DuckDBType): Read => {
  const read = readerOf(api, type)
  return read && ((value: never) => (value === null ? null : (read as (value: never) => unknown)(value)))
}

const readerOf = (api: NodeApi, type: DuckDBType): Read => {
  const id = api.DuckDBTypeId
  switch (type.typeId) {
    case id.TIMESTAMP:
    case id.TIMESTAMP_TZ:
      return (value: { readonly micros: bigint }) => new Date(Number(floor(value.micros, 1000n)))
    case id.TIMESTAMP_NS:
      return (value: { readonly nanos: bigint }) => new Date(Number(floor(value.nanos, 1_000_000n)))
    case id.TIMESTAMP_MS:
      return (value: { readonly millis: bigint }) => new Date(Number(value.millis))
    case id.TIMESTAMP_S:
      return (value: { readonly seconds: bigint }) => new Date(Number(value.seconds) * 1000)
    case id.DATE:
      return (value: { readonly days: number }) => new Date(value.days * 86_400_000)
    case id.BLOB:
      return (value: { readonly bytes: Uint8Array }) => new Uint8Array(value.bytes)
    case id.DECIMAL:
    case id.UUID:
    case id.TIME:
    case id.TIME_TZ:
    case id.INTERVAL:
    case id.BIT:
      return String
    case id.LIST:
    case id.ARRAY: {
      const item = reader(api, type.valueType)
      return (value: { readonly items: ReadonlyArray<never> }) => (item ? value.items.map((v) => item(v)) : value.items)
    }
    case id.STRUCT: {
      const entries = type.entryNames.map((name, i) => [name, reader(api, type.entryTypes[i]!)] as const)
      return (value: { readonly entries: Readonly<Record<string, never>> }) =>
        Object.fromEntries(entries.map(([name, read]) => [name, readWith(read, value.entries[name]!)]))
    }
    case id.MAP: {
      const key = reader(api, type.keyType)
      const item = reader(api, type.valueType)
      return (value: { readonly entries: ReadonlyArray<{ readonly key: never; readonly value: never }> }) =>
        new Map(value.entries.map((entry) => [readWith(key, entry.key), readWith(item, entry.value)]))
    }
    case id.UNION:
    case id.VARIANT:
      return (value: DuckDBValue) => api.JSDuckDBValueConverter(value, type, api.JSDuckDBValueConverter)
  }
}

const readWith = (read: Read, value: never): unknown => (read ? read(value) : value)

/** How JavaScript values are put into a column; null and undefined are NULL. */
export const writer = (api: NodeApi, type: DuckDBType): Write => {
  const write = writerOf(api, type)
  return (value) => (value === null || value === undefined ? null : write(value))
}

const writerOf = (api: NodeApi, type: DuckDBType): Write => {
  const id = api.DuckDBTypeId
  const is = expect(type)
  switch (type.typeId) {
    case id.ENUM: {
      const accepted = new Set<unknown>(type.values)
      return (value) => is(accepted.has(value), value) as string
    }
    case id.VARCHAR:
      return (value) => is(typeof value === "string", value) as string
    case id.BOOLEAN:
      return (value) => is(typeof value === "boolean", value) as boolean
    case id.DOUBLE:
    case id.FLOAT:
      return (value) => is(typeof value === "number", value) as number
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER: {
      const integer = integerWriter(type, ...bounds(api, type))
      return (value) => Number(integer(value))
    }
    case id.BIGINT:
    case id.UBIGINT:
    case id.HUGEINT:
    case id.UHUGEINT:
      return integerWriter(type, ...bounds(api, type))
    case id.DECIMAL:
      return (value) => new api.DuckDBDecimalValue(scaled(type, value), type.width, type.scale)
    case id.TIMESTAMP:
    case id.TIMESTAMP_TZ:
    case id.TIMESTAMP_NS:
    case id.TIMESTAMP_MS:
    case id.TIMESTAMP_S:
    case id.DATE:
      return (value) => api.jsToDuckDBValue(is(isDate(value), value) as Date, type)
    case id.UUID:
      return (value) => api.jsToDuckDBValue(is(typeof value === "string", value) as string, type)
    case id.BLOB:
      return (value) => api.blobValue(is(isUint8Array(value), value) as Uint8Array)
    case id.LIST: {
      const item = writer(api, type.valueType)
      return (value) => api.listValue(Array.from(is(isIterable(value), value) as Iterable<unknown>, item))
    }
    case id.STRUCT: {
      const entries = type.entryNames.map((name, i) => [name, writer(api, type.entryTypes[i]!)] as const)
      return (value) => {
        const struct = is(isObject(value), value) as Readonly<Record<string, unknown>>
        return api.structValue(Object.fromEntries(entries.map(([name, write]) => [name, write(struct[name])])))
      }
    }
    case id.MAP: {
      const key = writer(api, type.keyType)
      const item = writer(api, type.valueType)
      return (value) =>
        api.mapValue(entriesOf(is(isObject(value), value) as object).map(([k, v]) => ({ key: key(k), value: item(v) })))
    }
  }
  return () => {
    throw new TypeError(`a column of type ${type} cannot be filled from JavaScript: make it in SQL`)
  }
}

const entriesOf = (value: object): ReadonlyArray<readonly [unknown, unknown]> =>
  isIterable(value) ? Array.from(value as Iterable<readonly [unknown, unknown]>) : Object.entries(value)

const expect =
  (type: DuckDBType) =>
  (holds: boolean, value: unknown): unknown => {
    if (!holds) throw new TypeError(`${show(value)} is not a value of type ${type}`)
    return value
  }

/** Typed arrays below the columns would wrap around what does not fit, so bounds are checked here. */
const integerWriter =
  (type: DuckDBType, low: bigint, high: bigint) =>
  (value: unknown): bigint => {
    if (typeof value !== "bigint" && !Number.isInteger(value)) {
      throw new TypeError(`${show(value)} is not a value of type ${type}`)
    }
    const integer = BigInt(value as bigint | number)
    if (integer < low || integer > high) throw new RangeError(`${integer} does not fit in ${type}`)
    return integer
  }

const bounds = (api: NodeApi, type: DuckDBType): readonly [bigint, bigint] => {
  const bytes = integerBytes.find(([name]) => api.DuckDBTypeId[name] === type.typeId)!
  const bits = BigInt(bytes[1] * 8)
  return bytes[0].startsWith("U") ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
}

const integerBytes = [
  ["TINYINT", 1],
  ["SMALLINT", 2],
  ["INTEGER", 4],
  ["BIGINT", 8],
  ["HUGEINT", 16],
  ["UTINYINT", 1],
  ["USMALLINT", 2],
  ["UINTEGER", 4],
  ["UBIGINT", 8],
  ["UHUGEINT", 16]
] as const

/** A decimal as the integer that DuckDB stores; more digits than the column has are refused, not rounded. */
const scaled = (type: DuckDBType & { readonly width: number; readonly scale: number }, value: unknown): bigint => {
  const text = typeof value === "number" ? fixed(value, type.scale) : String(value)
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new TypeError(`${show(value)} is not a value of type ${type}`)
  const [, sign, whole, fraction = ""] = match
  const digits = fraction.replace(/0+$/, "")
  const integer = BigInt(whole! + digits.padEnd(type.scale, "0"))
  if (digits.length > type.scale || integer >= 10n ** BigInt(type.width)) {
    throw new RangeError(`${show(value)} does not fit in ${type}`)
  }
  return sign === "-" ? -integer : integer
}

/** The shortest text of a double, or its decimals where that text would hold an exponent. */
const fixed = (value: number, scale: number): string =>
  String(value).includes("e") ? value.toFixed(scale) : String(value)

const show = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : isObject(value) ? "an object" : String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const floor = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by
