/**
 * How the values of a schema stand in a column: the column's type, and the way
 * into DuckDB and back.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as ColumnType from "./duckdb/ColumnType.ts"
import * as ScalarShape from "./ScalarShape.ts"

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
export interface ColumnShape extends ScalarShape.ValueShape {
  readonly nullable: boolean
  /** What NULL stands for. */
  readonly absent: "Null" | "Undefined" | "Missing"
}

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
    nullable: isMissing || members.length > values.length || values.some(ScalarShape.isJson),
    absent: members.some(isNull) ? "Null" : isMissing ? "Missing" : "Undefined"
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
const valueShape = (
  field: string,
  members: ReadonlyArray<AST.AST>
): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
  const literals = members.flatMap(literalsOf)
  const texts = literals.filter((literal) => typeof literal === "string")
  if (members.length > 0 && members.every(isLiteral) && texts.length === literals.length) {
    return Result.succeed(ScalarShape.plain({ _tag: "Enum", values: [...new Set(texts)] }))
  }
  return Result.flatMap(Result.all(members.map((member) => memberShape(field, member))), ([first, ...rest]) => {
    if (first === undefined) return unsupported(field, "it holds no value but null")
    const other = rest.find(({ type }) => !ColumnType.equals(type, first.type))
    if (other === undefined) return Result.succeed(first)
    const types = `${ColumnType.print(first.type)} and ${ColumnType.print(other.type)}`
    return unsupported(field, `its members have different types, ${types}: use a struct with a field for each`)
  })
}

const memberShape = (field: string, ast: AST.AST): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return Result.succeed(ScalarShape.text)
    case "Boolean":
      return Result.succeed(ScalarShape.boolean)
    case "Number":
      return Result.succeed(ScalarShape.ofNumber(ast))
    case "BigInt":
      return Result.succeed(ScalarShape.bigInteger)
    case "Literal":
    case "Enum":
      return orUnsupported(field, ScalarShape.ofLiterals(literalsOf(ast)), "its literals are of different types")
    case "Arrays":
      return arrayShape(field, ast)
    case "Objects":
      return objectShape(field, ast)
    case "Declaration":
      return orUnsupported(
        field,
        ScalarShape.ofDeclaration(ast),
        `${nameOf(ast)} has no column type: use a schema that encodes it, such as one ending in FromString`
      )
    case "Suspend":
      return unsupported(field, "it is recursive: store it as Schema.Json")
  }
  return unsupported(field, `it is of kind ${ast._tag}: store it as a string, or as Schema.Json`)
}

const arrayShape = (field: string, ast: AST.Arrays): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
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

const objectShape = (field: string, ast: AST.Objects): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
  const [record] = ast.indexSignatures
  if (record === undefined) return structShape(field, ast)
  return ast.propertySignatures.length > 0 || ast.indexSignatures.length > 1
    ? unsupported(field, "a struct with further keys has no type: name them all, or use Schema.Json")
    : recordShape(field, record)
}

const structShape = (field: string, ast: AST.Objects): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
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

const recordShape = (
  field: string,
  record: AST.IndexSignature
): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> =>
  Result.map(make(`${field}{}`, record.type), (shape) => ({
    type: { _tag: "Map", key: ColumnType.scalar("VARCHAR"), value: shape.type },
    toEngine: (value) =>
      new Map(Object.entries(value as Row).map(([key, item]) => [key, itemToEngine(shape, item)] as const)),
    fromEngine: (value) =>
      Object.fromEntries(
        Array.from(value as Map<string, unknown>, ([key, item]) => [key, itemFromEngine(shape, item)] as const)
      )
  }))

const nameOf = ({ annotations }: AST.Declaration): string =>
  String(annotations?.identifier ?? annotations?.expected ?? "a declaration")

/** The type that an annotation says; values are converted as far as the schema and the type differ in kind. */
const annotatedShape = (
  field: string,
  text: string,
  members: ReadonlyArray<AST.AST>
): Result.Result<ScalarShape.ValueShape, UnsupportedColumn> => {
  const type = ColumnType.parse(text)
  if (type === undefined) return unsupported(field, `"${text}" is not a type that this version knows`)
  if (!ColumnType.isStored(type)) {
    return unsupported(
      field,
      `Parquet does not keep every value of ${text}: use DECIMAL(38,0), VARCHAR or another type`
    )
  }
  if (members.every(AST.isNumber)) return Result.succeed({ ...ScalarShape.integer, type })
  if (members.every(AST.isBigInt)) {
    return type._tag === "Decimal" && type.scale > 0
      ? unsupported(field, `a bigint has no decimals: use DECIMAL(${type.width},0)`)
      : Result.succeed({ ...ScalarShape.bigInteger, type })
  }
  const shape = Result.getOrElse(valueShape(field, members), () => ScalarShape.plain(type))
  return Result.succeed({ ...shape, type })
}

const unsupported = (field: string, reason: string): Result.Result<never, UnsupportedColumn> =>
  Result.fail(new UnsupportedColumn({ field, reason }))

const orUnsupported = <A>(field: string, shape: A | undefined, reason: string): Result.Result<A, UnsupportedColumn> =>
  shape === undefined ? unsupported(field, reason) : Result.succeed(shape)

const flatten = (ast: AST.AST): ReadonlyArray<AST.AST> => (AST.isUnion(ast) ? ast.types.flatMap(flatten) : [ast])

const isLiteral = (ast: AST.AST): boolean => AST.isLiteral(ast) || AST.isEnum(ast)

const literalsOf = (ast: AST.AST): ReadonlyArray<AST.LiteralValue> =>
  AST.isLiteral(ast) ? [ast.literal] : AST.isEnum(ast) ? ast.enums.map(([, value]) => value) : []

const isNull = (ast: AST.AST): boolean => AST.isNull(ast) || ScalarShape.isJson(ast)

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined
