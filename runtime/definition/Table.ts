/**
 * Rows with a schema, stored as Parquet.
 *
 * A body returns SQL (the fast path: rows never enter JavaScript), an array, or
 * a stream of rows; an asset downstream gets a handle that stands for the
 * relation in SQL and can also be read row by row.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { IOManagerError } from "./IOManager.ts"
import * as Output from "./Output.ts"
import type { Sql } from "./Sql.ts"

/** An input table: relation in ``sql`…` ``, or rows in JavaScript. Every relation has the column `partition_key`. */
export interface Table<out Row> {
  readonly sql: Sql
  readonly rows: Stream.Stream<Row, IOManagerError>
  readonly collect: Effect.Effect<ReadonlyArray<Row>, IOManagerError>
}

/** What the body of a table asset returns; in a step of several partitions, rows have a `partition_key` besides. */
export type Body<Row> = Sql | ReadonlyArray<Row> | Stream.Stream<Row, unknown, unknown>

export interface TableSpec {
  readonly _tag: "Table"
  readonly row: Schema.Struct<Schema.Struct.Fields>
}

export interface TableOutput<in out Row> extends Output.Output<Table<Row>, Body<Row>>, TableSpec {}

/** A table whose rows have this schema: a struct of scalars, enums, structs and lists. */
export const of = <Fields extends Schema.Struct.Fields>(
  row: Schema.Struct<Fields>
): TableOutput<Schema.Struct<Fields>["Type"]> => ({ ...Output.base, _tag: "Table", row })
