/**
 * Some of the rows that violate a check, as they are kept with its result: few,
 * and cut where they are long.
 */
import type * as Schema from "effect/Schema"

type Row = Readonly<Record<string, unknown>>

/** Rows that are read for a sample. */
export const rows = 10

export const make = (found: ReadonlyArray<Row>): Schema.Json => {
  const sample: Array<Schema.Json> = []
  let left = largest
  for (const row of found.slice(0, rows)) {
    const shown = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shownValue(value)]))
    left -= JSON.stringify(shown).length
    if (left < 0) break
    sample.push(shown)
  }
  return sample
}

/** Characters of all rows, and of one value. */
const largest = 16_384
const longest = 200

const shownValue = (value: unknown): Schema.Json => {
  switch (typeof value) {
    case "string":
      return cut(value)
    case "number":
      return Number.isFinite(value) ? value : String(value)
    case "boolean":
      return value
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    case "object":
      if (value === null) return null
      if (value instanceof Date) return value.toISOString()
      if (value instanceof Uint8Array) return `${value.byteLength} bytes`
      return cut(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)))
    case "undefined":
    case "function":
    case "symbol":
      return null
  }
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)
