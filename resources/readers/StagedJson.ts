/**
 * How the engine reads staged lines of JSON: nothing is detected and nothing
 * forgiven. What was judged good is read as it is, or the query fails.
 */
import * as Sql from "../../runtime/definition/Sql.ts"

/** Of a file whose lines have at most so many bytes. */
export const query = (
  path: string,
  longest: number,
  columns: ReadonlyArray<readonly [name: string, type: string]>
): Sql.Sql => {
  const types = columns.map(([name, type]) => `${Sql.quote(name)}: '${type.replaceAll("'", "''")}'`).join(", ")
  return Sql.sql`SELECT * FROM read_json(${[path]}, format = 'newline_delimited', records = 'true', auto_detect = false,
    ignore_errors = false, compression = 'uncompressed', hive_partitioning = false, columns = ${Sql.literal(`{${types}}`)},
    maximum_object_size = ${Sql.literal(String(longest + bufferSize))})`
}

/** The engine reads twice as much at a time; with less than its default, more threads share a file. */
const bufferSize = 2 ** 20
