/**
 * The engine that moves the data: one in-memory DuckDB a process, many
 * connections, no database file.
 *
 * Nothing of DuckDB is loaded before the layer is built. A statement that is
 * interrupted has stopped when the interruption is done.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type { ConfigError } from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import type { Scope } from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as Sql from "../runtime/definition/Sql.ts"
import * as Connections from "./duckdb/Connections.ts"
import * as Derivation from "./duckdb/Derivation.ts"
import type { DuckDBError } from "./duckdb/DuckDBError.ts"
import * as Loading from "./duckdb/Loading.ts"
import * as Settings from "./duckdb/Settings.ts"
import * as Statement from "./duckdb/Statement.ts"

export { DuckDBError } from "./duckdb/DuckDBError.ts"
export type { Derivation } from "./duckdb/Derivation.ts"
export type { FileFormat } from "./duckdb/Statement.ts"
export { UnfitValue } from "./duckdb/Loading.ts"

/** A column by name, its value as `duckdb/Conversion.ts` says: BIGINT and wider are bigint, timestamps Date. */
export type Row = Readonly<Record<string, unknown>>

export interface Column {
  readonly name: string
  /** As DuckDB writes it, such as `STRUCT(a INTEGER, b VARCHAR[])`. */
  readonly type: string
}

export class DuckDB extends Context.Service<
  DuckDB,
  {
    /** Runs a statement for its effect. */
    readonly run: (statement: Sql.Sql) => Effect.Effect<void, DuckDBError>
    /** All rows of a query. */
    readonly query: (query: Sql.Sql) => Effect.Effect<ReadonlyArray<Row>, DuckDBError>
    /** The rows of a query as they come, on a connection of their own. */
    readonly stream: (query: Sql.Sql) => Stream.Stream<Row, DuckDBError>
    /** The columns that a query would return. */
    readonly columns: (query: Sql.Sql) => Effect.Effect<ReadonlyArray<Column>, DuckDBError>
    /** Puts the result of a query, or what is derived from it, into a table that goes with the scope. */
    readonly table: (
      query: Sql.Sql,
      derivation?: Derivation.Derivation
    ) => Effect.Effect<Sql.Relation, DuckDBError, Scope>
    /** Puts rows from JavaScript into a table with these columns, a few thousand at a time; it goes with the scope. */
    readonly load: <E, R>(
      columns: ReadonlyArray<Column>,
      rows: Stream.Stream<Row, E, R>
    ) => Effect.Effect<Sql.Relation, DuckDBError | Loading.UnfitValue | E, Scope | R>
    /** Writes the result of a query to one file, Parquet unless said otherwise, and counts its rows. Values are bound. */
    readonly copy: (query: Sql.Sql, path: string, format?: Statement.FileFormat) => Effect.Effect<number, DuckDBError>
    /** The engine's version, such as `v1.5.6`. */
    readonly version: string
  }
>()("strata/resources/DuckDB") {
  /** One engine in memory, set up as `duckdb/Settings.ts` says. */
  static readonly layer: Layer.Layer<DuckDB, DuckDBError | ConfigError> = Layer.suspend(() =>
    Layer.effect(DuckDB, make).pipe(Layer.provide(NodeFileSystem.layer))
  )
}

const make = Effect.gen(function* () {
  const connections = yield* Connections.open(yield* Settings.config)
  let tables = 0

  const run = Effect.fn("DuckDB.run")((statement: Sql.Sql) =>
    Effect.andThen(described(statement), Statement.run(connections, statement))
  )
  const query = Effect.fn("DuckDB.query")((query: Sql.Sql) =>
    Effect.andThen(described(query), Statement.query(connections, query))
  )
  const stream = (query: Sql.Sql) => Statement.stream(connections, query)
  const copy = Effect.fn("DuckDB.copy")((query: Sql.Sql, path: string, format?: Statement.FileFormat) =>
    Effect.andThen(described(query), Statement.copy(connections, query, path, format))
  )
  const columns = Effect.fn("DuckDB.columns")(function* (query: Sql.Sql) {
    const rows = yield* Statement.query(connections, Sql.sql`DESCRIBE ${query}`)
    return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  })

  /** A table of its own name; dropped when the scope closes, whether or not it came to be. */
  const create = Effect.fnUntraced(function* (statement: (name: Sql.Sql) => Sql.Sql) {
    const name = `strata_${tables++}`
    const relation: Sql.Relation = { sql: Sql.identifier(name) }
    yield* Effect.addFinalizer(() =>
      Effect.ignore(Statement.run(connections, Sql.sql`DROP TABLE IF EXISTS ${relation}`))
    )
    yield* Statement.run(connections, statement(relation.sql))
    return { name, relation }
  })
  const createEmpty = (columns: ReadonlyArray<Column>) => {
    const definitions = columns.map(({ name, type }) => Sql.sql`${Sql.identifier(name)} ${Sql.literal(type)}`)
    return create((name) => Sql.sql`CREATE TABLE ${name} (${Sql.join(definitions, ", ")})`)
  }
  const table = Effect.fn("DuckDB.table")(function* (query: Sql.Sql, derivation?: Derivation.Derivation) {
    if (derivation === undefined) return (yield* create((name) => Sql.sql`CREATE TABLE ${name} AS ${query}`)).relation
    const { name, relation } = yield* createEmpty(derivation.columns)
    yield* Derivation.append(connections, name, query, derivation)
    return relation
  })
  const load = Effect.fn("DuckDB.load")(function* <E, R>(
    columns: ReadonlyArray<Column>,
    rows: Stream.Stream<Row, E, R>
  ) {
    const { name, relation } = yield* createEmpty(columns)
    const names = columns.map(({ name }) => name)
    yield* Loading.append(connections, name, names, rows)
    return relation
  })

  const version = String((yield* query(Sql.sql`SELECT version() AS version`))[0]!.version)
  return DuckDB.of({ run, query, stream, columns, table, load, copy, version })
})

/** Says in the span, where there is one, what is asked; values are bound and not in it. */
const described = (statement: Sql.Sql): Effect.Effect<void> =>
  Effect.flatMap(References.TracerEnabled, (isOn) =>
    isOn
      ? Effect.annotateCurrentSpan({
          "db.system.name": "duckdb",
          "db.query.text": Sql.compile(statement).text.slice(0, 2_000)
        })
      : Effect.void
  )
