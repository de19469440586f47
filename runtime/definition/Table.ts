/**
 * Rows with a schema, stored as Parquet.
 *
 * A body returns SQL (the fast path: rows never enter JavaScript), an array, a
 * stream of rows, or an input with further columns; an asset downstream gets a
 * handle that stands for the relation in SQL and can also be read row by row.
 */
import type * as Effect from "effect/Effect"
import { isTagged } from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { IOManagerError } from "./IOManager.ts"
import * as Output from "./Output.ts"
import type { Relation, Sql } from "./Sql.ts"

/** An input table: relation in ``sql`…` ``, or rows in JavaScript. Every relation has the column `partition_key`. */
export interface Table<out Row> {
  readonly sql: Sql
  /** The same rows with a BIGINT column `row_number`, by which `withColumns` knows them; ascending, with gaps. */
  readonly numbered: Relation
  readonly rows: Stream.Stream<Row, IOManagerError>
  readonly collect: Effect.Effect<ReadonlyArray<Row>, IOManagerError>
}

/** What the body of a table asset returns; in a step of several partitions, rows have a `partition_key` besides. */
export type Body<Row> = Sql | ReadonlyArray<Row> | Stream.Stream<Row, unknown, unknown> | WithColumns

/** The rows of an input, each with further columns. */
export interface WithColumns {
  readonly _tag: "WithColumns"
  readonly table: Table<unknown>
  /** A query of `row_number` and the further columns. */
  readonly columns: Sql
}

export interface TableSpec {
  readonly _tag: "Table"
  readonly row: Schema.Struct<Schema.Struct.Fields>
}

export interface TableOutput<in out Row> extends Output.Output<Table<Row>, Body<Row>>, TableSpec {}

/** A table whose rows have this schema: a struct of scalars, enums, structs and lists. */
export const of = <Fields extends Schema.Struct.Fields>(
  row: Schema.Struct<Fields>
): TableOutput<Schema.Struct<Fields>["Type"]> => ({ ...Output.base, _tag: "Table", row })

/**
 * The rows of an input as they are, each with the columns that the query gives for its `row_number`:
 * ``Table.withColumns(postings, sql`SELECT row_number, … FROM ${postings.numbered} JOIN …`)``. The query gives
 * every row of the input once, in any order. What is stored of the input is copied, and only the further
 * columns are written, so this costs a part of selecting the input's columns as well.
 */
export const withColumns = (table: Table<unknown>, columns: Sql): WithColumns => ({
  _tag: "WithColumns",
  table,
  columns
})

export const isWithColumns = (body: unknown): body is WithColumns => isTagged(body, "WithColumns")
