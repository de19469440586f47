/**
 * The type of a DuckDB column as a value: parsed from how DuckDB writes it,
 * printed back, and compared.
 */

export type ColumnType =
  /** A type without parts, by DuckDB's own name for it, such as `BIGINT` or `TIMESTAMP WITH TIME ZONE`. */
  | { readonly _tag: "Scalar"; readonly name: string }
  | { readonly _tag: "Decimal"; readonly width: number; readonly scale: number }
  | { readonly _tag: "Enum"; readonly values: ReadonlyArray<string> }
  | { readonly _tag: "List"; readonly item: ColumnType }
  | { readonly _tag: "Struct"; readonly fields: ReadonlyArray<readonly [name: string, type: ColumnType]> }
  | { readonly _tag: "Map"; readonly key: ColumnType; readonly value: ColumnType }

export const scalar = (name: string): ColumnType => ({ _tag: "Scalar", name: aliases[name] ?? name })

/** The type of such a text; none where it is not a type that a table can store. */
export const parse = (text: string): ColumnType | undefined => {
  const tokens = text.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Za-z_]\w*|\d+|\S/g) ?? []
  const reader = { tokens, at: 0 }
  const type = readType(reader)
  return reader.at === tokens.length ? type : undefined
}

export const print = (self: ColumnType): string => {
  switch (self._tag) {
    case "Scalar":
      return self.name
    case "Decimal":
      return `DECIMAL(${self.width},${self.scale})`
    case "Enum":
      return `ENUM(${self.values.map((value) => quoted(value, "'")).join(", ")})`
    case "List":
      return `${print(self.item)}[]`
    case "Struct":
      return `STRUCT(${self.fields.map(([name, type]) => `${quoted(name, '"')} ${print(type)}`).join(", ")})`
    case "Map":
      return `MAP(${print(self.key)}, ${print(self.value)})`
  }
}

export const equals = (self: ColumnType, that: ColumnType): boolean => print(self) === print(that)

/**
 * Whether a column of this type takes values of that one by a cast that keeps
 * every value or fails: never one that rounds or cuts. Structs need the same
 * fields, in any order.
 */
export const accepts = (self: ColumnType, that: ColumnType): boolean => fits(self, that, acceptsPart)

/**
 * Whether a column of this type holds every value that one of that type may
 * hold, so that what was stored in the one can always be read as the other.
 */
export const widens = (self: ColumnType, that: ColumnType): boolean => fits(self, that, widensPart)

type Fits = (self: ColumnType, that: ColumnType) => boolean

/** Lists, structs and maps fit where their parts do. */
const fits = (self: ColumnType, that: ColumnType, part: Fits): boolean => {
  if (equals(self, that)) return true
  switch (self._tag) {
    case "Scalar":
    case "Decimal":
    case "Enum":
      return part(self, that)
    case "List":
      return that._tag === "List" && fits(self.item, that.item, part)
    case "Struct": {
      if (that._tag !== "Struct" || that.fields.length !== self.fields.length) return false
      const found = new Map(that.fields)
      return self.fields.every(([name, type]) => found.has(name) && fits(type, found.get(name)!, part))
    }
    case "Map":
      return that._tag === "Map" && fits(self.key, that.key, part) && fits(self.value, that.value, part)
  }
}

const acceptsPart: Fits = (self, that) => {
  if (self._tag === "Scalar") return acceptsScalar(self.name, that)
  if (self._tag === "Enum") return that._tag === "Enum" || (that._tag === "Scalar" && that.name === "VARCHAR")
  if (self._tag !== "Decimal") return false
  return (
    (that._tag === "Decimal" && that.scale <= self.scale && that.width - that.scale <= self.width - self.scale) ||
    (that._tag === "Scalar" && (digits[that.name] ?? Infinity) <= self.width - self.scale)
  )
}

const widensPart: Fits = (self, that) => {
  if (self._tag === "Enum") return that._tag === "Enum" && that.values.every((value) => self.values.includes(value))
  if (self._tag !== "Scalar" || that._tag !== "Scalar") return acceptsPart(self, that)
  if (self.name in digits && that.name in digits) return widensInteger(self.name, that.name)
  return self.name !== "JSON" && acceptsScalar(self.name, that)
}

/** A sign takes the place of the largest values, so an unsigned integer needs a larger signed one. */
const widensInteger = (name: string, from: string): boolean => {
  const [isUnsigned, wasUnsigned] = [name.startsWith("U"), from.startsWith("U")]
  if (isUnsigned !== wasUnsigned) return wasUnsigned && sizes.indexOf(from.slice(1)) < sizes.indexOf(name)
  return sizes.indexOf(from.slice(Number(wasUnsigned))) <= sizes.indexOf(name.slice(Number(isUnsigned)))
}

const sizes = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"]

const acceptsScalar = (name: string, that: ColumnType): boolean => {
  if (that._tag === "Enum") return name === "VARCHAR"
  if (that._tag === "Decimal") return name === "DOUBLE" && that.width <= 15
  if (that._tag !== "Scalar") return false
  return (name in digits && that.name in digits) || (casts[name] ?? []).includes(that.name)
}

/** The decimal digits that integers of each type may have; a cast between them fails for what does not fit. */
const digits: Readonly<Record<string, number>> = {
  TINYINT: 3,
  UTINYINT: 3,
  SMALLINT: 5,
  USMALLINT: 5,
  INTEGER: 10,
  UINTEGER: 10,
  BIGINT: 19,
  UBIGINT: 20,
  HUGEINT: 39,
  UHUGEINT: 39
}

/** From which other types a cast keeps every value. Times without a zone are in UTC, as the engine is. */
const casts: Readonly<Record<string, ReadonlyArray<string>>> = {
  FLOAT: ["TINYINT", "UTINYINT", "SMALLINT", "USMALLINT"],
  DOUBLE: ["FLOAT", "TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER", "UINTEGER"],
  VARCHAR: ["JSON", "UUID"],
  JSON: ["VARCHAR"],
  TIMESTAMP: ["DATE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE"],
  "TIMESTAMP WITH TIME ZONE": ["DATE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP"]
}

const aliases: Readonly<Record<string, string>> = {
  INT: "INTEGER",
  INT8: "BIGINT",
  LONG: "BIGINT",
  TEXT: "VARCHAR",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  REAL: "FLOAT",
  FLOAT8: "DOUBLE",
  BYTEA: "BLOB",
  DATETIME: "TIMESTAMP",
  TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE"
}

/** What Parquet keeps: a HUGEINT would come back as a rounded DOUBLE, so it is not here. */
const stored = new Set([
  ...["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"],
  ...["FLOAT", "DOUBLE", "VARCHAR", "BLOB", "JSON", "UUID", "DATE", "TIME", "INTERVAL"],
  ...["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"]
])

/** Whether Parquet keeps every value of the type. */
export const isStored = (self: ColumnType): boolean => {
  switch (self._tag) {
    case "Scalar":
      return stored.has(self.name)
    case "Decimal":
    case "Enum":
      return true
    case "List":
      return isStored(self.item)
    case "Struct":
      return self.fields.every(([, type]) => isStored(type))
    case "Map":
      return isStored(self.key) && isStored(self.value)
  }
}

interface Reader {
  readonly tokens: ReadonlyArray<string>
  at: number
}

const take = (reader: Reader, token: string): boolean => {
  if (reader.tokens[reader.at]?.toUpperCase() !== token) return false
  reader.at++
  return true
}

/** A type and the `[]` or `[3]` behind it. */
const readType = (reader: Reader): ColumnType | undefined => {
  let type = readPlain(reader)
  while (type !== undefined && take(reader, "[")) {
    if (/^\d+$/.test(reader.tokens[reader.at] ?? "")) reader.at++
    type = take(reader, "]") ? { _tag: "List", item: type } : undefined
  }
  return type
}

const readPlain = (reader: Reader): ColumnType | undefined => {
  const word = reader.tokens[reader.at++]?.toUpperCase() ?? ""
  if (!/^[A-Z]/.test(word)) return undefined
  switch (word) {
    case "ENUM": {
      const values = readList(reader, (reader) => unquoted(reader.tokens[reader.at++] ?? "", "'"))
      return values && { _tag: "Enum", values }
    }
    case "STRUCT": {
      const fields = readList(reader, readField)
      return fields && { _tag: "Struct", fields }
    }
    case "MAP": {
      const [key, value, ...more] = readList(reader, readType) ?? []
      return key && value && more.length === 0 ? { _tag: "Map", key, value } : undefined
    }
    case "DECIMAL":
    case "NUMERIC": {
      const [width = 18, scale = 3] = readList(reader, (reader) => Number(reader.tokens[reader.at++])) ?? []
      return { _tag: "Decimal", width, scale }
    }
  }
  const isZoned = word === "TIMESTAMP" && ["WITH", "TIME", "ZONE"].every((next) => take(reader, next))
  return scalar(isZoned ? "TIMESTAMPTZ" : word)
}

const readField = (reader: Reader): readonly [string, ColumnType] | undefined => {
  const name = unquoted(reader.tokens[reader.at++] ?? "", '"')
  const type = readType(reader)
  return type && [name, type]
}

/** What stands between parentheses, with commas between; none where an item is none. */
const readList = <A>(reader: Reader, read: (reader: Reader) => A | undefined): ReadonlyArray<A> | undefined => {
  if (!take(reader, "(")) return undefined
  const items: Array<A> = []
  do {
    const item = read(reader)
    if (item === undefined) return undefined
    items.push(item)
  } while (take(reader, ","))
  return take(reader, ")") ? items : undefined
}

const quoted = (text: string, quote: string): string => quote + text.replaceAll(quote, quote + quote) + quote

const unquoted = (token: string, quote: string): string =>
  token.startsWith(quote) ? token.slice(1, -1).replaceAll(quote + quote, quote) : token
