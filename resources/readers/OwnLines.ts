/**
 * Reads files of lines, plain or gzip, into tables of the engine by a judge of
 * the author's own, for formats that are neither JSON lines nor delimited.
 *
 * The judge gives good rows as a row group of `StagedColumns`: the ordinals, and
 * the leaves of the row as `ColumnLayout` has them. Everything else is as with
 * the other readers: blocks, threads, quarantine and refused files.
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { DuckDB, DuckDBError } from "../DuckDB.ts"
import type { FilesRefused } from "./FileRefused.ts"
import type { Landed } from "./LandedFile.ts"
import * as Limits from "./Limits.ts"
import type { LineJudge } from "./LineJudge.ts"
import * as Reading from "./Reading.ts"
import * as SchemaShape from "./SchemaShape.ts"

/** `yield* OwnLines.read({ files: raw.files, row: Install, judge: ParsedLines.judge, module: ParsedLines.module, … })` */
export const read = Effect.fn("OwnLines.read")(function* (options: {
  readonly files: ReadonlyArray<Landed>
  readonly row: Schema.Struct<Schema.Struct.Fields>
  readonly judge: () => LineJudge
  /** The URL of the module that exports `judge`, for other threads. */
  readonly module: string
  readonly onRefused: "fail" | "skip"
  readonly limits?: Partial<Limits.Limits>
}): Effect.fn.Return<Reading.Reading, DuckDBError | FilesRefused, DuckDB | Scope> {
  const { types, ...row } = SchemaShape.of(options.row)
  return yield* Reading.read({
    files: options.files,
    row,
    types,
    rules: { _tag: "Own", module: options.module, judge: options.judge },
    limits: { ...Limits.standard, ...options.limits },
    onRefused: options.onRefused
  })
})
