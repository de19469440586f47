/**
 * The column `row_number`: which of the files that are read, and which row of it,
 * so that what is said of a row finds it again whatever order it comes back in.
 */
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"

export const name = "row_number"

/** More than a file has. */
const rowsOfAFile = 2n ** 40n

/** Stands among the columns of a scan, before which so many files were counted. */
export const column = (files: number): Sql.Sql =>
  sql`(file_index::BIGINT + ${integer(files)}) * ${integer(rowsOfAFile)} + file_row_number AS ${Sql.identifier(name)}`

/** Rows of a file, from one to before another, counted from 0. */
export const between = (file: number, start: number, end: number): Sql.Sql => {
  const first = BigInt(file) * rowsOfAFile
  const column = Sql.identifier(name)
  return sql`${column} >= ${integer(first + BigInt(start))} AND ${column} < ${integer(first + BigInt(end))}`
}

const integer = (n: number | bigint): Sql.Sql => Sql.literal(String(n))
