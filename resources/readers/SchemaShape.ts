/**
 * The shape of a row, from its Schema: the columns that `Columns` makes of it,
 * and what their values are held to.
 *
 * What a Schema can say and a line cannot be held to, such as a check that is
 * a function, is refused when the shape is made instead of being forgotten.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as ColumnShape from "../ColumnShape.ts"
import * as Columns from "../Columns.ts"
import * as ColumnType from "../duckdb/ColumnType.ts"
import type { Field, Float, Integer, Shape, Struct, Text } from "./RowShape.ts"

/** The row has a column that lines of text cannot be judged by. A mistake of the author, so it dies. */
export class UnreadableColumn extends Schema.TaggedError<UnreadableColumn>()("UnreadableColumn", {
  column: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `column "${this.column}" cannot be read from lines: ${this.reason}`
  }
}

/** What a reading adds to the columns of a row. */
const added = ["partition_key", "file", "line"]

/** Throws on a column that cannot be read. */
export const of = (row: Schema.Struct<Schema.Struct.Fields>): Struct & { readonly types: ReadonlyArray<string> } => {
  const columns = Result.getOrThrow(Columns.make(row))
  const taken = columns.find(({ name }) => added.includes(name.toLowerCase()))
  if (taken !== undefined) throw unreadable(taken.name, "a reading adds a column of that name; rename it")
  const ast = SchemaAST.toEncoded(row.ast)
  return {
    ...structOf("", ast, (name) => row.fields[name] && ColumnShape.annotation(row.fields[name].ast)),
    types: columns.map(Columns.typeText)
  }
}

const structOf = (path: string, ast: SchemaAST.AST, typeOf: (name: string) => string | undefined): Struct => {
  if (!SchemaAST.isObjects(ast)) throw unreadable(path, "it is no struct")
  const fields = ast.propertySignatures.map(({ name, type }): Field => {
    const column = path === "" ? String(name) : `${path}.${String(name)}`
    const { item, nullable, absent } = itemOf(column, type, typeOf(String(name)))
    return {
      name: String(name),
      shape: item,
      required: !absent && !SchemaAST.isOptional(type),
      nullable: nullable || item._tag === "Json"
    }
  })
  return { _tag: "Struct", fields }
}

interface Item {
  readonly item: Shape
  readonly nullable: boolean
  readonly absent: boolean
}

/** A value with null, with undefined, or with neither. */
const itemOf = (column: string, ast: SchemaAST.AST, declared = ColumnShape.annotation(ast)): Item => {
  const members = flatten(ast)
  const values = members.filter((member) => !SchemaAST.isNull(member) && !SchemaAST.isUndefined(member))
  const [value] = values
  if (value === undefined) throw unreadable(column, "it holds no value but null")
  const type = declared ?? (values.length === 1 ? ColumnShape.annotation(value) : undefined)
  return {
    item: values.every(isText)
      ? literals(values)
      : values.length === 1
        ? shapeOf(column, value, type)
        : several(column),
    nullable: members.some(SchemaAST.isNull),
    absent: members.some(SchemaAST.isUndefined)
  }
}

const flatten = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(ast) ? ast.types.flatMap(flatten) : [ast]

const several = (column: string): never => {
  throw unreadable(column, "it may be of several types")
}

const isText = (ast: SchemaAST.AST): ast is SchemaAST.Literal & { readonly literal: string } =>
  SchemaAST.isLiteral(ast) && typeof ast.literal === "string"

const literals = (values: ReadonlyArray<SchemaAST.Literal & { readonly literal: string }>): Text => ({
  ...anyText,
  accepted: values.map(({ literal }) => literal)
})

const shapeOf = (column: string, ast: SchemaAST.AST, type: string | undefined): Shape => {
  switch (ast._tag) {
    case "String":
      return type === undefined || type === "VARCHAR" ? textOf(column, ast) : declaredOf(column, ast, type)
    case "Number":
    case "BigInt":
      return type === undefined ? numberOf(column, ast) : declaredOf(column, ast, type)
    case "Boolean":
      return { _tag: "Flag" }
    case "Arrays": {
      const { item, nullable } = itemOf(`${column}[]`, ast.rest[0]!)
      return { _tag: "List", item, nullable }
    }
    case "Objects": {
      const record = ast.indexSignatures[0]
      if (record === undefined) return structOf(column, ast, () => undefined)
      const { item, nullable } = itemOf(`${column}{}`, record.type)
      return { _tag: "Map", item, nullable }
    }
    case "Declaration":
      return declarationOf(column, ast)
  }
  throw unreadable(column, `${ast._tag} has no place in a line`)
}

const declarationOf = (column: string, ast: SchemaAST.Declaration): Shape => {
  switch ((ast.annotations?.representation as { readonly id?: string } | undefined)?.id) {
    case "effect/schema/Json":
      return { _tag: "Json" }
    case "effect/schema/Date":
      return { _tag: "Instant", type: "TIMESTAMP" }
    case "effect/schema/DateTimeUtc":
      return { _tag: "Instant", type: "TIMESTAMP WITH TIME ZONE" }
  }
  throw unreadable(column, "its type has no place in a line")
}

/** A column whose type the author wrote. */
const declaredOf = (column: string, ast: SchemaAST.AST, text: string): Shape => {
  const type = ColumnType.parse(text)
  if (type?._tag === "Decimal") return { _tag: "Decimal", precision: type.width, scale: type.scale }
  const name = type?._tag === "Scalar" ? type.name : text
  const bits = integerBits[name]
  if (bits !== undefined) {
    const half = 2n ** BigInt(bits - 1)
    return name.startsWith("U")
      ? integerOf(column, name, 0n, 2n * half - 1n, limitsOf(column, ast))
      : integerOf(column, name, -half, half - 1n, limitsOf(column, ast))
  }
  switch (name) {
    case "DOUBLE":
      return numberOf(column, ast)
    case "DATE":
      return { _tag: "Day" }
    case "TIMESTAMP":
    case "TIMESTAMP WITH TIME ZONE":
      return { _tag: "Instant", type: name }
  }
  throw unreadable(column, `no text is known to be a ${name}; read it as VARCHAR and cast it`)
}

const integerBits: Readonly<Record<string, number>> = {
  TINYINT: 8,
  SMALLINT: 16,
  INTEGER: 32,
  BIGINT: 64,
  UTINYINT: 8,
  USMALLINT: 16,
  UINTEGER: 32,
  UBIGINT: 64
}

interface Limit {
  readonly id: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The checks of a type, by their names; a check that is a function cannot cross to a worker. */
const limitsOf = (column: string, ast: SchemaAST.AST): ReadonlyArray<Limit> => {
  const flat = (check: SchemaAST.Check<unknown>): ReadonlyArray<Limit> => {
    if (check._tag === "FilterGroup") return check.checks.flatMap(flat)
    const representation = check.annotations?.representation
    if (representation === undefined) throw unreadable(column, "a check of its own; make it an asset check")
    return [
      {
        id: representation.id.replace("effect/schema/", ""),
        payload: (representation.payload ?? {}) as Readonly<Record<string, unknown>>
      }
    ]
  }
  return (ast.checks ?? []).flatMap((check) => flat(check as SchemaAST.Check<unknown>))
}

const anyText: Text = { _tag: "Text", minLength: 0, maxLength: Number.POSITIVE_INFINITY, patterns: [] }

const textOf = (column: string, ast: SchemaAST.AST): Text => {
  const limits = limitsOf(column, ast)
  const other = limits.find(({ id }) => !/^is(Pattern|(Min|Max|Between)Length)$/.test(id))
  if (other !== undefined) throw unreadable(column, `the check ${other.id}; make it an asset check`)
  const lengths = (...names: ReadonlyArray<string>): ReadonlyArray<number> =>
    limits.flatMap(({ payload }) => names.flatMap((name) => (typeof payload[name] === "number" ? [payload[name]] : [])))
  return {
    ...anyText,
    minLength: Math.max(0, ...lengths("minLength", "minimum")),
    maxLength: Math.min(Number.POSITIVE_INFINITY, ...lengths("maxLength", "maximum")),
    patterns: limits.flatMap(({ id, payload }) =>
      id === "isPattern" ? [{ source: String(payload.source), flags: String(payload.flags) }] : []
    )
  }
}

const numberOf = (column: string, ast: SchemaAST.AST): Integer | Float => {
  const limits = limitsOf(column, ast)
  if (SchemaAST.isBigInt(ast)) return integerOf(column, "BIGINT", -(2n ** 63n), 2n ** 63n - 1n, limits)
  if (limits.some(({ id }) => id === "isInt")) {
    const safe = BigInt(Number.MAX_SAFE_INTEGER)
    return integerOf(column, "BIGINT", -safe, safe, limits)
  }
  const bounds = limits.map((limit) => boundsOf(column, limit))
  const minimum = Math.max(...bounds.map(({ minimum }) => Number(minimum ?? Number.NEGATIVE_INFINITY)))
  const maximum = Math.min(...bounds.map(({ maximum }) => Number(maximum ?? Number.POSITIVE_INFINITY)))
  return {
    _tag: "Float",
    minimum,
    maximum,
    exclusiveMinimum: bounds.some((bound) => bound.exclusiveMinimum && Number(bound.minimum) === minimum),
    exclusiveMaximum: bounds.some((bound) => bound.exclusiveMaximum && Number(bound.maximum) === maximum)
  }
}

const integerOf = (
  column: string,
  type: string,
  minimum: bigint,
  maximum: bigint,
  limits: ReadonlyArray<Limit>
): Integer => {
  const bounds = limits.map((limit) => boundsOf(column, limit))
  const lowest = bounds.flatMap(({ minimum, exclusiveMinimum }) =>
    minimum === undefined ? [] : [exclusiveMinimum ? whole(minimum, Math.floor) + 1n : whole(minimum, Math.ceil)]
  )
  const highest = bounds.flatMap(({ maximum, exclusiveMaximum }) =>
    maximum === undefined ? [] : [exclusiveMaximum ? whole(maximum, Math.ceil) - 1n : whole(maximum, Math.floor)]
  )
  return {
    _tag: "Integer",
    type,
    minimum: [minimum, ...lowest].reduce((a, b) => (a > b ? a : b)),
    maximum: [maximum, ...highest].reduce((a, b) => (a < b ? a : b))
  }
}

/** Bounds of big integers are written as text. */
const whole = (bound: number | string, round: (x: number) => number): bigint =>
  BigInt(typeof bound === "number" ? round(bound) : bound)

interface Bounds {
  readonly minimum: number | string | undefined
  readonly maximum: number | string | undefined
  readonly exclusiveMinimum: boolean
  readonly exclusiveMaximum: boolean
}

/** `isGreaterThan` names its bound `exclusiveMinimum`; `isBetween` has it as a mark beside `minimum`. */
const boundsOf = (column: string, { id, payload }: Limit): Bounds => {
  if (!/^(isInt|isFinite|is(Between|(Greater|Less)Than(OrEqualTo)?)(BigInt)?)$/.test(id)) {
    throw unreadable(column, `the check ${id}; make it an asset check`)
  }
  const bound = (value: unknown): number | string | undefined =>
    typeof value === "number" || typeof value === "string" ? value : undefined
  return {
    minimum: bound(payload.minimum) ?? bound(payload.exclusiveMinimum),
    maximum: bound(payload.maximum) ?? bound(payload.exclusiveMaximum),
    exclusiveMinimum: payload.exclusiveMinimum !== undefined,
    exclusiveMaximum: payload.exclusiveMaximum !== undefined
  }
}

const unreadable = (column: string, reason: string): UnreadableColumn => new UnreadableColumn({ column, reason })
