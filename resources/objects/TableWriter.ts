/**
 * Writes a table: what a body returned, checked against the columns of its
 * schema, as Parquet sorted by partition.
 *
 * SQL is run once, by the COPY itself, and its rows stay in DuckDB. What was
 * written is read back for the counts and content hashes of the partitions.
 */
import * as Effect from "effect/Effect"
import type { PartitionContent, WriteRequest, Written } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import type { TableSpec } from "../../runtime/definition/Table.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as Columns from "../Columns.ts"
import { type Column, DuckDB, type DuckDBError, type Row } from "../DuckDB.ts"
import * as ColumnType from "../duckdb/ColumnType.ts"
import * as AddedColumns from "./AddedColumns.ts"
import * as Failure from "./Failure.ts"
import * as PartitionColumn from "./PartitionColumn.ts"
import * as TableRows from "./TableRows.ts"

const fileName = "part-0.parquet"

export const write = Effect.fn("TableWriter.write")(function* (request: WriteRequest, spec: TableSpec) {
  const columns = yield* Effect.fromResult(Columns.make(spec.row)).pipe(
    Effect.mapError((error) => Failure.invalid(request, error.message))
  )
  const source = yield* TableRows.source(request, spec, columns)
  const found = yield* DuckDB.use((db) => db.columns(sql`SELECT * FROM ${source.sql}`)).pipe(
    Effect.mapError(Failure.writing(request))
  )
  const table: Table = {
    request,
    source,
    columns: request.partitioned ? columns.filter(({ name }) => name !== PartitionColumn.name) : columns,
    found: new Map(found.map((column) => [column.name, column]))
  }
  yield* Effect.forEach(problems(table, columns), (reason) => Effect.fail(Failure.invalid(request, reason)))
  const files = yield* store(table)
  return {
    files,
    columns: table.columns.map(describe),
    contents: yield* contents(table, files)
  }
})

interface Table {
  readonly request: WriteRequest
  readonly source: TableRows.Source
  /** Those that are stored beside `partition_key`. */
  readonly columns: Columns.Columns
  /** The columns of the source, by name. */
  readonly found: ReadonlyMap<string, Column>
}

const describe = (column: Columns.Column): Written["columns"][number] => ({
  name: column.name,
  type: Columns.typeText(column),
  nullable: column.shape.nullable
})

/** Where the source departs from the columns of the schema, each with its remedy. */
const problems = ({ columns, found, request }: Table, declared: Columns.Columns): ReadonlyArray<string> => {
  const names = new Set([...columns.map(({ name }) => name), ...(request.partitioned ? [PartitionColumn.name] : [])])
  const key = request.partitioned ? PartitionColumn.problem(request.partitions, found.get(PartitionColumn.name)) : []
  const declaredKey = declared.find(({ name }) => name === PartitionColumn.name && request.partitioned)
  return [
    ...(declaredKey !== undefined && Columns.typeText(declaredKey) !== "VARCHAR"
      ? [`field "${PartitionColumn.name}" holds the text of the key: declare it as Schema.String`]
      : []),
    ...columns.flatMap((column) => columnProblem(column, found.get(column.name))),
    ...[...found.keys()].flatMap((name) => (names.has(name) ? [] : [extraColumn(name)])),
    ...key
  ]
}

const columnProblem = (column: Columns.Column, found: Column | undefined): ReadonlyArray<string> => {
  const name = column.name
  const expected = Columns.typeText(column)
  if (found === undefined) return [`column "${name}" of type ${expected} is missing: select it`]
  const type = ColumnType.parse(found.type)
  if (type !== undefined && ColumnType.accepts(column.shape.type, type)) return []
  return [
    `column "${name}" is ${found.type} and its schema says ${expected}: cast it, as in CAST(${Sql.quote(name)} AS ${expected}), or change the schema`
  ]
}

const extraColumn = (name: string): string =>
  `column "${name}" is not in its schema: add it there, or leave it out, as in SELECT * EXCLUDE (${Sql.quote(name)})`

/** Writes all columns, or those that were added beside the files of an input. */
const store = Effect.fnUntraced(function* (table: Table) {
  const {
    columns,
    found,
    request,
    source: { added }
  } = table
  const files = added === undefined ? [] : AddedColumns.files(request, added, columns)
  if (added === undefined || files.length === 0) {
    yield* copy(table)
    return [fileName]
  }
  const selected = columns.filter(({ name }) => added.names.has(name)).map((column) => cast(column, found))
  return yield* Effect.catchTag(
    AddedColumns.append(request, added, files, Sql.join(selected, ", ")),
    "DuckDBError",
    (error) => Effect.flatMap(explain(table, error), Effect.fail)
  )
})

const copy = Effect.fnUntraced(function* (table: Table) {
  const { found, request, source } = table
  const { from, ordinal, orderBy } = request.partitioned
    ? PartitionColumn.toOrdinals(request, request.partitions, source, found.has(PartitionColumn.name))
    : PartitionColumn.unpartitioned(source)
  const selected = [...table.columns.map((column) => cast(column, found)), ...ordinal]
  const path = `${request.directory}/${fileName}`
  yield* DuckDB.use((db) =>
    db.copy(sql`SELECT ${Sql.join(selected, ", ")} FROM ${from} ${orderBy}`, path, "object")
  ).pipe(Effect.catchTag("DuckDBError", (error) => Effect.flatMap(explain(table, error), Effect.fail)))
})

const cast = (column: Columns.Column, found: ReadonlyMap<string, Column>): Sql.Sql => {
  const name = Sql.identifier(column.name)
  const type = Columns.typeText(column)
  return found.get(column.name)!.type === type
    ? sql`s.${name}`
    : sql`CAST(s.${name} AS ${Sql.literal(type)}) AS ${name}`
}

/** Says of a failed copy whether a row outside the step is why, or a value that its column does not take. */
const explain = Effect.fnUntraced(function* (table: Table, error: DuckDBError) {
  const foreign = PartitionColumn.foreignRow(table.request, error)
  if (foreign !== undefined) return foreign
  const cast = table.columns.filter((column) => table.found.get(column.name)!.type !== Columns.typeText(column))
  const mayMisfit = cast.length > 0 && error.message.startsWith("Conversion Error")
  const misfits = mayMisfit ? yield* firstMisfits(table, cast) : {}
  const column = cast.find(({ name }) => typeof misfits[name] === "string")
  if (column === undefined) return Failure.writing(table.request)(error)
  const types = `${table.found.get(column.name)!.type} and its schema says ${Columns.typeText(column)}`
  const reason = `column "${column.name}" is ${types}, which does not hold the value ${misfits[column.name]}`
  return Failure.invalid(table.request, reason)
})

/** A value of each column that its type does not hold, if there is one; the source is run once more for it. */
const firstMisfits = (table: Table, columns: Columns.Columns): Effect.Effect<Row, never, DuckDB> => {
  const selected = columns.map((column) => {
    const name = Sql.identifier(column.name)
    const isMisfit = sql`${name} IS NOT NULL AND TRY_CAST(${name} AS ${Sql.literal(Columns.typeText(column))}) IS NULL`
    return sql`min(${name}::VARCHAR) FILTER (WHERE ${isMisfit}) AS ${name}`
  })
  return DuckDB.use((db) => db.query(sql`SELECT ${Sql.join(selected, ", ")} FROM ${table.source.sql}`)).pipe(
    Effect.map(([row]) => row ?? {}),
    Effect.orElseSucceed(() => ({}))
  )
}

/** Rows and content hash of every partition of the request, from the files; no row of them may lack a required value. */
const contents = Effect.fnUntraced(function* ({ columns, request }: Table, files: ReadonlyArray<string>) {
  const paths = files.map((file) => Sql.text(`${request.directory}/${file}`))
  const names = columns.map(({ name }) => Sql.identifier(name))
  const required = columns.filter(({ shape }) => !shape.nullable)
  const key = request.partitioned ? Sql.identifier(PartitionColumn.name) : Sql.literal("0")
  const nulls = required.map(
    ({ name }, index) => sql`, count(*) - count(${Sql.identifier(name)}) AS ${Sql.identifier(`null_${index}`)}`
  )
  const rows = yield* DuckDB.use((db) =>
    db.query(
      sql`SELECT ${key} AS ordinal, count(*) AS count, sum(hash(${Sql.join(names, ", ")})::HUGEINT) AS hash${Sql.join(nulls, "")}
        FROM read_parquet([${Sql.join(paths, ", ")}], hive_partitioning = false) GROUP BY ALL`
    )
  ).pipe(Effect.mapError(Failure.writing(request)))
  for (const [index, { name }] of required.entries()) {
    const missing = rows.reduce((sum, row) => sum + Number(row[`null_${index}`]), 0)
    if (missing > 0) {
      const reason = `column "${name}" is NULL in ${missing} rows: filter them out, or make the field Schema.NullOr`
      return yield* Failure.invalid(request, reason)
    }
  }
  return contentsOf(request, columns, rows)
})

const contentsOf = (
  { partitions }: WriteRequest,
  columns: Columns.Columns,
  rows: ReadonlyArray<Row>
): ReadonlyArray<PartitionContent> => {
  const seed = Version.seed("table", ...columns.flatMap((column) => [column.name, Columns.typeText(column)]))
  const found = new Map(rows.map((row) => [Number(row.ordinal), row]))
  return Array.from(PartitionSet.ordinals(partitions), (ordinal) => {
    const row = found.get(ordinal)
    const count = Number(row?.count ?? 0)
    return { ordinal, rows: count, hash: contentHash(seed, count, (row?.hash ?? 0n) as bigint) }
  })
}

/** A sum does not depend on the order of rows, and unlike an exclusive or it sees a row that stands twice. */
const contentHash = (seed: Version.Version, count: number, sum: bigint): Version.Version => {
  const lane = (shift: bigint) => Number((sum >> shift) & 0xffffffffn)
  return Version.mixNumber(Version.mix(Version.mix(seed, [lane(0n), lane(32n)]), [lane(64n), lane(96n)]), count)
}
