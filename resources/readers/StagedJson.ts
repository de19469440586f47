/**
 * How the engine reads staged lines of JSON: nothing is detected and nothing
 * forgiven. What was judged good is read as it is, or the query fails.
 */
import * as Sql from "../../runtime/definition/Sql.ts"
import type { StagedText } from "./Staging.ts"

export const query = ({ path, longest }: Pick<StagedText, "path" | "longest">, columns: Columns): Sql.Sql =>
  Sql.sql`SELECT * FROM ${from([path], longest, columns)}`

type Columns = ReadonlyArray<readonly [name: string, type: string]>

const from = (paths: ReadonlyArray<string>, longest: number, columns: Columns): Sql.Sql => {
  const types = columns.map(([name, type]) => `${Sql.quote(name)}: '${type.replaceAll("'", "''")}'`).join(", ")
  return Sql.sql`read_json(${paths}, format = 'newline_delimited', records = 'true', auto_detect = false,
    ignore_errors = false, compression = 'uncompressed', hive_partitioning = false, columns = ${Sql.literal(`{${types}}`)},
    maximum_object_size = ${Sql.literal(String(longest + bufferSize))})`
}

/** The engine reads twice as much at a time; with less than its default, more threads share a file. */
const bufferSize = 2 ** 20
