/**
 * A small relation whose rows are written out, for what is not stored as a table.
 */
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import type { Column } from "../DuckDB.ts"

/** The rows, each a literal for every column; without rows, the columns alone. */
export const relation = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<ReadonlyArray<Sql.Sql>>): Sql.Sql => {
  const selected = columns.map(
    ({ name, type }) => sql`CAST(${Sql.identifier(name)} AS ${Sql.literal(type)}) AS ${Sql.identifier(name)}`
  )
  const names = columns.map(({ name }) => Sql.identifier(name))
  const nulls = columns.map(() => Sql.literal("NULL"))
  const values = (rows.length === 0 ? [nulls] : rows).map((row) => sql`(${Sql.join(row, ", ")})`)
  const none = Sql.literal(rows.length === 0 ? "WHERE false" : "")
  return sql`(SELECT ${Sql.join(selected, ", ")} FROM (VALUES ${Sql.join(values, ", ")}) AS v(${Sql.join(names, ", ")}) ${none})`
}
