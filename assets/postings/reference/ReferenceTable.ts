/**
 * Small tables that rollups look things up in: CSV files of two columns, which
 * are observed like everything that others write.
 *
 * A file of the name in the folder of `STRATA_REFERENCE` stands before the one
 * that comes with the project.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as LandedFiles from "../../../resources/LandedFiles.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import { type Files, Sql, sql } from "../../../runtime/index.ts"
import * as Source from "./Source.ts"

/** A table says of something twice, or not at all, what it is. */
export class InvalidReference extends Schema.TaggedError<InvalidReference>()("InvalidReference", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.file} cannot be looked up in: ${this.reason}; correct the file`
  }
}

/** The file of this name, as the one partition of an external asset. */
export const observe = Effect.fn("ReferenceTable.observe")(function* (name: string) {
  const folder = yield* Source.given
  const given = Option.isSome(folder) ? yield* LandedFiles.list({ folder: folder.value, match: exactly(name) }) : []
  const files = given.length > 0 ? given : yield* LandedFiles.list({ folder: Source.own, match: exactly(name) })
  return [{ partitionKey: "" as const, files }]
})

/** The rows of the file, of which none has the same first column as another. */
export const read = Effect.fn("ReferenceTable.read")(function* <const Key extends string, const Value extends string>(
  { files }: Files.Files,
  columns: readonly [key: Key, value: Value]
) {
  const duckdb = yield* DuckDB
  const [key, value] = columns
  const row = Schema.Struct({ [key]: Schema.String, [value]: Schema.String })
  const { quarantine, rows } = yield* Delimited.read({ files, row, dialect: Delimited.csv, onRefused: "fail" })
  const name = files.map((file) => file.name).join(", ")
  const [bad] = yield* duckdb.query(sql`SELECT line, reason FROM ${quarantine} ORDER BY line LIMIT 1`)
  if (bad !== undefined) {
    return yield* new InvalidReference({ file: name, reason: `line ${bad.line}: ${bad.reason}` })
  }
  const column = Sql.identifier(key)
  const [twice] = yield* duckdb.query(
    sql`SELECT ${column} AS key FROM ${rows} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`
  )
  if (twice !== undefined) {
    return yield* new InvalidReference({ file: name, reason: `"${twice.key}" stands in it more than once` })
  }
  return rows
})

const exactly = (name: string) => new RegExp(`^${name.replaceAll(".", "\\.")}$`)
