/**
 * The shape of a row, from its Schema.
 *
 * What a Schema can say and a line cannot be held to, such as a check that is
 * a function, is refused when the shape is made instead of being forgotten.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
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

/** Throws on a column that cannot be read. */
export const of = (row: Schema.Struct<Schema.Struct.Fields>): Struct => structOf("", row.ast)

const structOf = (path: string, ast: SchemaAST.AST): Struct => {
  if (!SchemaAST.isObjects(ast) || ast.indexSignatures.length > 0) {
    throw unreadable(path, "it is no struct with known keys")
  }
  return { _tag: "Struct", fields: ast.propertySignatures.map((property) => fieldOf(path, property)) }
}

const fieldOf = (path: string, property: SchemaAST.PropertySignature): Field => {
  const name = String(property.name)
  const column = path === "" ? name : `${path}.${name}`
  const { ast, nullable, absent } = withoutNull(column, property.type)
  const shape = shapeOf(column, ast)
  return {
    name,
    shape,
    required: !absent && !SchemaAST.isOptional(property.type),
    nullable: nullable || shape._tag === "Json"
  }
}

/** A union with null or undefined, without them. */
const withoutNull = (
  column: string,
  ast: SchemaAST.AST
): { ast: SchemaAST.AST; nullable: boolean; absent: boolean } => {
  if (!SchemaAST.isUnion(ast)) return { ast, nullable: false, absent: false }
  const nullable = ast.types.some(SchemaAST.isNull)
  const absent = ast.types.some(SchemaAST.isUndefined)
  const rest = ast.types.filter((type) => !SchemaAST.isNull(type) && !SchemaAST.isUndefined(type))
  if (rest.length === 1) {
    const inner = withoutNull(column, rest[0]!)
    return { ast: inner.ast, nullable: nullable || inner.nullable, absent: absent || inner.absent }
  }
  if (!rest.every(isText)) throw unreadable(column, "it may be of several types")
  return { ast, nullable, absent }
}

const isText = (ast: SchemaAST.AST): ast is SchemaAST.Literal & { readonly literal: string } =>
  SchemaAST.isLiteral(ast) && typeof ast.literal === "string"

const shapeOf = (column: string, ast: SchemaAST.AST): Shape => {
  switch (ast._tag) {
    case "String":
      return textOf(column, ast)
    case "Literal":
    case "Union": {
      const literals = (ast._tag === "Union" ? ast.types : [ast]).filter(isText)
      if (literals.length === 0) throw unreadable(column, "only literals of text can be read")
      return { ...anyText, accepted: literals.map((literal) => literal.literal) }
    }
    case "Number":
      return numberOf(column, ast)
    case "BigInt":
      return integerOf(column, -(2n ** 63n), 2n ** 63n - 1n, limitsOf(column, ast))
    case "Boolean":
      return { _tag: "Flag" }
    case "Arrays": {
      const [item, ...more] = ast.rest
      if (item === undefined || more.length > 0 || ast.elements.length > 0) throw unreadable(column, "it is a tuple")
      const element = withoutNull(column, item)
      return { _tag: "List", item: shapeOf(column, element.ast), nullable: element.nullable }
    }
    case "Objects":
      return structOf(column, ast)
    case "Unknown":
      return { _tag: "Json" }
    case "Declaration":
      return declared(column, ast)
    default:
      throw unreadable(column, `${ast._tag} has no place in a line`)
  }
}

const declared = (column: string, ast: SchemaAST.Declaration): Shape => {
  switch ((ast.annotations?.representation as { readonly id?: string } | undefined)?.id) {
    case "effect/schema/Json":
      return { _tag: "Json" }
    case "effect/schema/Date":
      return { _tag: "Instant", type: "TIMESTAMP" }
    case "effect/schema/DateTimeUtc":
      return { _tag: "Instant", type: "TIMESTAMP WITH TIME ZONE" }
    default:
      throw unreadable(column, "its type has no place in a line")
  }
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
  if (limits.some(({ id }) => id === "isInt")) {
    const safe = BigInt(Number.MAX_SAFE_INTEGER)
    return integerOf(column, -safe, safe, limits)
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

const integerOf = (column: string, minimum: bigint, maximum: bigint, limits: ReadonlyArray<Limit>): Integer => {
  const bounds = limits.map((limit) => boundsOf(column, limit))
  const lowest = bounds.flatMap(({ minimum, exclusiveMinimum }) =>
    minimum === undefined ? [] : [exclusiveMinimum ? whole(minimum, Math.floor) + 1n : whole(minimum, Math.ceil)]
  )
  const highest = bounds.flatMap(({ maximum, exclusiveMaximum }) =>
    maximum === undefined ? [] : [exclusiveMaximum ? whole(maximum, Math.ceil) - 1n : whole(maximum, Math.floor)]
  )
  return {
    _tag: "Integer",
    type: "BIGINT",
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
