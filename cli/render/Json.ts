/**
 * Values as JSON: integers of any size keep their digits, times are ISO 8601,
 * bytes base64.
 */

/** Indented by two spaces. */
export const text = (value: unknown): string => JSON.stringify(jsonOf(value), null, 2)

/** On one line. */
export const line = (value: unknown): string => JSON.stringify(jsonOf(value))

const jsonOf = (value: unknown): unknown => {
  switch (typeof value) {
    case "bigint":
      return raw(String(value))
    case "number":
      return Number.isFinite(value) ? value : String(value)
    case "object":
      return objectOf(value)
    case "string":
    case "boolean":
    case "undefined":
    case "symbol":
    case "function":
      return value
  }
}

const objectOf = (value: object | null): unknown => {
  if (value === null || "toJSON" in value) return value
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
  if (Array.isArray(value)) return value.map(jsonOf)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonOf(field)]))
}

/** `JSON.rawJSON`, which the types of the standard library do not know yet. */
const raw = (JSON as unknown as { readonly rawJSON: (digits: string) => unknown }).rawJSON
