/**
 * The columns of a table, from the schema of its rows.
 *
 * A column stores what the schema encodes to: String is VARCHAR, Int BIGINT,
 * Number DOUBLE, BigInt BIGINT, literals of strings ENUM, Struct STRUCT, Array
 * LIST, Record MAP, DateTimeUtc TIMESTAMPTZ, Date TIMESTAMP, Uint8Array BLOB, Json
 * JSON; NullOr and optional fields are nullable. A schema that transforms, such
 * as `DateTimeUtcFromString`, stores its encoded side. An annotation
 * `{ duckdb: "DECIMAL(18,2)" }` says the type itself.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as ColumnShape from "./ColumnShape.ts"
import * as ColumnType from "./duckdb/ColumnType.ts"

export { UnsupportedColumn } from "./ColumnShape.ts"

export interface Column {
  readonly name: string
  readonly shape: ColumnShape.ColumnShape
}

/** In the order of the schema's fields. */
export interface Columns extends ReadonlyArray<Column> {}

export type Row = Readonly<Record<string, unknown>>
type RowSchema = Schema.Struct<Schema.Struct.Fields>

export const make = (row: RowSchema): Result.Result<Columns, ColumnShape.UnsupportedColumn> => {
  const ast = AST.toEncoded(row.ast)
  const fields = AST.isObjects(ast) ? ast.propertySignatures : []
  if (fields.length === 0) {
    return Result.fail(new ColumnShape.UnsupportedColumn({ field: "", reason: "a row has at least one field" }))
  }
  return Result.all(
    fields.map(({ name, type }) => {
      const field = row.fields[String(name)]
      const shape = ColumnShape.make(String(name), type, field && ColumnShape.annotation(field.ast))
      return Result.map(shape, (shape): Column => ({ name: String(name), shape }))
    })
  )
}

/** The column's type as DuckDB writes it. */
export const typeText = (column: Column): string => ColumnType.print(column.shape.type)

/** Turns rows of the schema into rows that DuckDB takes; the failure says where a row departs from the schema. */
export const encoder = (row: RowSchema, columns: Columns): ((row: unknown) => Result.Result<Row, string>) => {
  const encode = Schema.encodeUnknownResult(row as WithoutServices)
  const fields = fieldsOf(columns)
  return (value) =>
    Result.mapBoth(encode(value), {
      onFailure: inOneLine,
      onSuccess: (encoded) => ColumnShape.structToEngine(fields, encoded as Row)
    })
}

/** Turns rows of DuckDB into rows of the schema; columns that the schema does not name are left out. */
export const decoder = <R extends RowSchema>(
  row: R,
  columns: Columns
): ((row: Row) => Result.Result<R["Type"], string>) => {
  const decode = Schema.decodeUnknownResult(row as R & WithoutServices)
  const fields = fieldsOf(columns)
  return (value) => Result.mapError(decode(ColumnShape.structFromEngine(fields, value)), inOneLine)
}

/** Rows are stored and read without services; a schema that asks for some fails when it is used. */
type WithoutServices = RowSchema & { readonly DecodingServices: never; readonly EncodingServices: never }

const fieldsOf = (columns: Columns) => columns.map(({ name, shape }) => [name, shape] as const)

const inOneLine = (error: Schema.SchemaError): string => error.message.replaceAll(/\s+/g, " ")
