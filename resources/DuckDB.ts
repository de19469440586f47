/**
 * The engine that moves the data: one in-memory DuckDB a process, many
 * connections, no database file.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Relation, Sql } from "../runtime/definition/Sql.ts"

/** A statement failed in the engine. */
export class DuckDBError extends Schema.TaggedError<DuckDBError>()("DuckDBError", {
  /** The statement, cut at 2,000 characters. */
  statement: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return this.cause instanceof Error ? this.cause.message : String(this.cause)
  }
}

/** A column by name; BIGINT and wider come as bigint, timestamps as Date, structs as objects, lists as arrays. */
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
    readonly run: (statement: Sql) => Effect.Effect<void, DuckDBError>
    /** All rows of a query. */
    readonly query: (query: Sql) => Effect.Effect<ReadonlyArray<Row>, DuckDBError>
    /** The rows of a query as they come, on a connection of their own. */
    readonly stream: (query: Sql) => Stream.Stream<Row, DuckDBError>
    /** The columns that a query would return. */
    readonly columns: (query: Sql) => Effect.Effect<ReadonlyArray<Column>, DuckDBError>
    /** Puts the result of a query into a table that goes with the scope, and gives the relation. */
    readonly table: (query: Sql) => Effect.Effect<Relation, DuckDBError, Scope>
    /** Writes the result of a query to one Parquet file. Values are bound, never written into the COPY. */
    readonly copy: (query: Sql, path: string) => Effect.Effect<void, DuckDBError>
    /** The engine's version, such as `v1.5.6`. */
    readonly version: string
  }
>()("strata/resources/DuckDB") {}
