/**
 * The shapes of values that have no parts: texts, numbers, times, bytes, and JSON
 * that is not looked into.
 */
import * as DateTime from "effect/DateTime"
import type * as AST from "effect/SchemaAST"
import * as ColumnType from "./duckdb/ColumnType.ts"

export interface ValueShape {
  readonly type: ColumnType.ColumnType
  /** From what the schema encodes to, to what DuckDB takes. */
  readonly toEngine: Convert
  /** From what DuckDB gives, to what the schema decodes. */
  readonly fromEngine: Convert
}

type Convert = (value: unknown) => unknown

/** Values that are the same on both sides. */
export const plain = (type: ColumnType.ColumnType): ValueShape => ({ type, toEngine: identity, fromEngine: identity })

const identity: Convert = (value) => value

export const text = plain(ColumnType.scalar("VARCHAR"))
export const boolean = plain(ColumnType.scalar("BOOLEAN"))
const double = plain(ColumnType.scalar("DOUBLE"))

/** An integer of JavaScript: one beyond 2^53 does not pass as an Int when it is read. */
export const integer: ValueShape = { ...plain(ColumnType.scalar("BIGINT")), fromEngine: Number }

export const bigInteger: ValueShape = {
  ...plain(ColumnType.scalar("BIGINT")),
  fromEngine: (value) => BigInt(value as bigint | number | string)
}

/** By the id of the declaration in Effect. */
const declarations: Readonly<Record<string, ValueShape>> = {
  "effect/schema/DateTimeUtc": {
    type: ColumnType.scalar("TIMESTAMPTZ"),
    toEngine: (value) => DateTime.toDateUtc(value as DateTime.Utc),
    fromEngine: (value) => DateTime.fromDateUnsafe(value as Date)
  },
  "effect/schema/Date": plain(ColumnType.scalar("TIMESTAMP")),
  "effect/schema/Uint8Array": plain(ColumnType.scalar("BLOB")),
  "effect/schema/Json": {
    type: ColumnType.scalar("JSON"),
    toEngine: (value) => JSON.stringify(value),
    fromEngine: (value) => JSON.parse(value as string)
  }
}

export const ofDeclaration = (ast: AST.Declaration): ValueShape | undefined => declarations[idOf(ast.annotations) ?? ""]

/** JSON holds null itself, which a column cannot tell from NULL. */
export const isJson = (ast: AST.AST): boolean => idOf(ast.annotations) === "effect/schema/Json"

/** A number, as an integer where it is checked to be one. */
export const ofNumber = (ast: AST.Number): ValueShape => ((ast.checks ?? []).some(isIntegerCheck) ? integer : double)

const isIntegerCheck = (check: AST.Check<never>): boolean =>
  check._tag === "FilterGroup" ? check.checks.some(isIntegerCheck) : idOf(check.annotations) === "effect/schema/isInt"

/** Literals of one kind; none for those of several. */
export const ofLiterals = (literals: ReadonlyArray<AST.LiteralValue>): ValueShape | undefined => {
  const kinds = new Set(literals.map((literal) => typeof literal))
  if (kinds.size !== 1) return undefined
  if (kinds.has("string")) return text
  if (kinds.has("boolean")) return boolean
  if (kinds.has("bigint")) return bigInteger
  return literals.every(Number.isSafeInteger) ? integer : double
}

/** What identifies a declaration or a check of Effect. */
const idOf = (annotations: Readonly<Record<string, unknown>> | undefined): string | undefined =>
  (annotations?.representation as { readonly id?: string } | undefined)?.id
