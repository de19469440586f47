/**
 * How the values of a schema stand in a column: the column's type, and the way
 * into DuckDB and back.
 */
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as ColumnType from "./duckdb/ColumnType.ts"

/** The schema of a field has no column type. */
export class UnsupportedColumn extends Schema.TaggedError<UnsupportedColumn>()("UnsupportedColumn", {
  field: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `field "${this.field}" cannot be a column: ${this.reason}`
  }
}

/** The values of one field, with null. */
export interface ColumnShape extends ValueShape {
  readonly nullable: boolean
  /** What NULL stands for. */
  readonly absent: "Null" | "Undefined" | "Missing"
}

interface ValueShape {
  readonly type: ColumnType.ColumnType
  /** From what the schema encodes to, to what DuckDB takes. */
  readonly toEngine: Convert
  /** From what DuckDB gives, to what the schema decodes. */
  readonly fromEngine: Convert
}

type Convert = (value: unknown) => unknown
type Row = Readonly<Record<string, unknown>>
type Fields = ReadonlyArray<readonly [name: string, shape: ColumnShape]>

/** The shape of a field with this encoded schema; a type given here is the one. */
export const make = (
  field: string,
  ast: AST.AST,
  declared: string | undefined = annotation(ast)
): Result.Result<ColumnShape, UnsupportedColumn> => {
  const members = flatten(ast)
  const values = members.filter((member) => !AST.isNull(member) && !AST.isUndefined(member) && !AST.isVoid(member))
  const type = declared ?? (values.length === 1 ? annotation(values[0]!) : undefined)
  const shape = type === undefined ? valueShape(field, values) : annotatedShape(field, type, values)
  const isMissing = AST.isOptional(ast)
  return Result.map(shape, (shape) => ({
    ...shape,
    nullable: isMissing || members.length > values.length,
    absent: members.some(AST.isNull) ? "Null" : isMissing ? "Missing" : "Undefined"
  }))
}

/** The type that an annotation of the schema, or of a check on it, says. */
export const annotation = (ast: AST.AST): string | undefined =>
  [ast.annotations, ...(ast.checks ?? []).map((check) => check.annotations)]
    .map((annotations) => annotations?.duckdb)
    .find((type) => typeof type === "string")

/** An encoded struct as DuckDB takes it. */
export const structToEngine = (fields: Fields, value: Row): Row =>
  Object.fromEntries(fields.map(([name, shape]) => [name, itemToEngine(shape, value[name])]))

/** A struct of DuckDB as its schema decodes it. */
export const structFromEngine = (fields: Fields, value: Row): Row => {
  const result: Record<string, unknown> = {}
  for (const [name, shape] of fields) {
    const item = value[name]
    if (shape.absent !== "Missing" || !isAbsent(item)) result[name] = itemFromEngine(shape, item)
  }
  return result
}

const itemToEngine = (shape: ColumnShape, value: unknown): unknown => (isAbsent(value) ? null : shape.toEngine(value))

const itemFromEngine = (shape: ColumnShape, value: unknown): unknown =>
  isAbsent(value) ? (shape.absent === "Null" ? null : undefined) : shape.fromEngine(value)

/** The one type that all members of a union without null have. */
const valueShape = (field: string, members: ReadonlyArray<AST.AST>): Result.Result<ValueShape, UnsupportedColumn> => {
  const literals = members.flatMap(literalsOf)
  const texts = literals.filter((literal) => typeof literal === "string")
  if (members.length > 0 && members.every(isLiteral) && texts.length === literals.length) {
    return Result.succeed(plain({ _tag: "Enum", values: [...new Set(texts)] }))
  }
  return Result.flatMap(Result.all(members.map((member) => memberShape(field, member))), ([first, ...rest]) => {
    if (first === undefined) return unsupported(field, "it holds no value but null")
    const other = rest.find(({ type }) => !ColumnType.equals(type, first.type))
    if (other === undefined) return Result.succeed(first)
    const types = `${ColumnType.print(first.type)} and ${ColumnType.print(other.type)}`
    return unsupported(field, `its members have different types, ${types}: use a struct with a field for each`)
  })
}

const memberShape = (field: string, ast: AST.AST): Result.Result<ValueShape, UnsupportedColumn> => {
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return Result.succeed(plain(ColumnType.scalar("VARCHAR")))
    case "Boolean":
      return Result.succeed(plain(ColumnType.scalar("BOOLEAN")))
    case "Number":
      return Result.succeed(isInteger(ast) ? integer("BIGINT") : plain(ColumnType.scalar("DOUBLE")))
    case "BigInt":
      return Result.succeed(bigInteger("BIGINT"))
    case "Literal":
    case "Enum":
      return literalShape(field, literalsOf(ast))
    case "Arrays":
      return arrayShape(field, ast)
    case "Objects":
      return objectShape(field, ast)
    case "Declaration":
      return declarationShape(field, ast)
    case "Suspend":
      return unsupported(field, "it is recursive: store it as Schema.Json")
  }
  return unsupported(field, `it is of kind ${ast._tag}: store it as a string, or as Schema.Json`)
}

const literalShape = (
  field: string,
  literals: ReadonlyArray<AST.LiteralValue>
): Result.Result<ValueShape, UnsupportedColumn> => {
  if (literals.every((literal) => typeof literal === "string"))
    return Result.succeed(plain(ColumnType.scalar("VARCHAR")))
  if (literals.every((literal) => typeof literal === "boolean"))
    return Result.succeed(plain(ColumnType.scalar("BOOLEAN")))
  if (literals.every((literal) => typeof literal === "bigint")) return Result.succeed(bigInteger("BIGINT"))
  if (literals.every(Number.isSafeInteger)) return Result.succeed(integer("BIGINT"))
  if (literals.every((literal) => typeof literal === "number"))
    return Result.succeed(plain(ColumnType.scalar("DOUBLE")))
  return unsupported(field, "its literals are of different types")
}

const arrayShape = (field: string, ast: AST.Arrays): Result.Result<ValueShape, UnsupportedColumn> => {
  const [item] = ast.rest
  if (item === undefined || ast.rest.length > 1 || ast.elements.length > 0) {
    return unsupported(field, "a tuple has no list type: use a struct, or an array")
  }
  return Result.map(make(`${field}[]`, item), (shape) => ({
    type: { _tag: "List", item: shape.type },
    toEngine: (value) => (value as ReadonlyArray<unknown>).map((item) => itemToEngine(shape, item)),
    fromEngine: (value) => (value as ReadonlyArray<unknown>).map((item) => itemFromEngine(shape, item))
  }))
}

const objectShape = (field: string, ast: AST.Objects): Result.Result<ValueShape, UnsupportedColumn> => {
  const [record] = ast.indexSignatures
  if (record === undefined) return structShape(field, ast)
  return ast.propertySignatures.length > 0 || ast.indexSignatures.length > 1
    ? unsupported(field, "a struct with further keys has no type: name them all, or use Schema.Json")
    : recordShape(field, record)
}

const structShape = (field: string, ast: AST.Objects): Result.Result<ValueShape, UnsupportedColumn> => {
  if (ast.propertySignatures.length === 0) return unsupported(field, "a struct without fields has no type")
  const shapes = ast.propertySignatures.map(({ name, type }) =>
    Result.map(make(`${field}.${String(name)}`, type), (shape) => [String(name), shape] as const)
  )
  return Result.map(Result.all(shapes), (fields) => ({
    type: { _tag: "Struct", fields: fields.map(([name, { type }]) => [name, type] as const) },
    toEngine: (value) => structToEngine(fields, value as Row),
    fromEngine: (value) => structFromEngine(fields, value as Row)
  }))
}

const recordShape = (field: string, record: AST.IndexSignature): Result.Result<ValueShape, UnsupportedColumn> =>
  Result.map(make(`${field}{}`, record.type), (shape) => ({
    type: { _tag: "Map", key: ColumnType.scalar("VARCHAR"), value: shape.type },
    toEngine: (value) =>
      new Map(Object.entries(value as Row).map(([key, item]) => [key, itemToEngine(shape, item)] as const)),
    fromEngine: (value) =>
      Object.fromEntries(
        Array.from(value as Map<string, unknown>, ([key, item]) => [key, itemFromEngine(shape, item)] as const)
      )
  }))

const declarationShape = (field: string, ast: AST.Declaration): Result.Result<ValueShape, UnsupportedColumn> => {
  const id = (ast.annotations?.representation as { readonly id?: string } | undefined)?.id ?? ""
  const shape = declarations[id]
  const name = String(
    ast.annotations?.expected ?? ast.annotations?.identifier ?? (id.split("/").at(-1) || "declaration")
  )
  return shape === undefined
    ? unsupported(field, `${name} has no column type: use a schema that encodes it, such as one ending in FromString`)
    : Result.succeed(shape)
}

const plain = (type: ColumnType.ColumnType): ValueShape => ({ type, toEngine: identity, fromEngine: identity })

const identity: Convert = (value) => value

/** An integer of JavaScript: one beyond 2^53 does not pass as an Int when it is read. */
const integer = (name: string): ValueShape => ({
  type: ColumnType.scalar(name),
  toEngine: identity,
  fromEngine: Number
})

const bigInteger = (name: string): ValueShape => ({
  type: ColumnType.scalar(name),
  toEngine: identity,
  fromEngine: (value) => BigInt(value as bigint | number)
})

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

/** The type that an annotation says; values are converted as far as the schema and the type differ in kind. */
const annotatedShape = (
  field: string,
  text: string,
  members: ReadonlyArray<AST.AST>
): Result.Result<ValueShape, UnsupportedColumn> => {
  const type = ColumnType.parse(text)
  if (type === undefined) return unsupported(field, `"${text}" is not a type that this version knows`)
  if (!ColumnType.isStored(type)) {
    return unsupported(
      field,
      `Parquet does not keep every value of ${text}: use DECIMAL(38,0), VARCHAR or another type`
    )
  }
  if (members.every(({ _tag }) => _tag === "Number")) return Result.succeed({ ...integer(""), type })
  if (members.every(({ _tag }) => _tag === "BigInt")) {
    const exact = { ...bigInteger(""), type }
    return Result.succeed(type._tag === "Decimal" ? { ...exact, toEngine: String } : exact)
  }
  return Result.succeed(
    Result.match(valueShape(field, members), {
      onFailure: () => plain(type),
      onSuccess: (shape) => ({ ...shape, type })
    })
  )
}

const unsupported = (field: string, reason: string): Result.Result<never, UnsupportedColumn> =>
  Result.fail(new UnsupportedColumn({ field, reason }))

const flatten = (ast: AST.AST): ReadonlyArray<AST.AST> => (AST.isUnion(ast) ? ast.types.flatMap(flatten) : [ast])

const isLiteral = (ast: AST.AST): boolean => AST.isLiteral(ast) || AST.isEnum(ast)

const literalsOf = (ast: AST.AST): ReadonlyArray<AST.LiteralValue> =>
  AST.isLiteral(ast) ? [ast.literal] : AST.isEnum(ast) ? ast.enums.map(([, value]) => value) : []

const isInteger = (ast: AST.Number): boolean => (ast.checks ?? []).some(isIntegerCheck)

const isIntegerCheck = (check: AST.Check<never>): boolean =>
  check._tag === "FilterGroup"
    ? check.checks.some(isIntegerCheck)
    : (check.annotations?.representation as { readonly id?: string } | undefined)?.id === "effect/schema/isInt"

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined
