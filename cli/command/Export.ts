/**
 * `strata export`: the rows of an asset as files for others.
 *
 * A file appears when it is whole. Without `--out`, the rows go to stdout.
 */
import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { DuckDB, type FileFormat } from "../../resources/DuckDB.ts"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as AssetRelation from "../../runtime/read/AssetRelation.ts"
import * as DeadRuns from "../DeadRuns.ts"
import * as ExportedFile from "../ExportedFile.ts"
import * as ExportFormat from "../ExportFormat.ts"
import { Usage } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as OpenProject from "../OpenProject.ts"
import * as PartitionAddress from "../PartitionAddress.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Amount from "../render/Amount.ts"
import * as CommandText from "../render/CommandText.ts"
import * as Json from "../render/Json.ts"
import * as Requested from "../Requested.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

/** There is nothing to write. */
export class NothingToExport extends Schema.TaggedError<NothingToExport>()("NothingToExport", {
  asset: Schema.String,
  partitions: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const what = this.partitions === undefined ? this.asset : `of ${this.asset}, nothing in ${this.partitions}`
    const remedy = ["materialize", `+${this.asset}`, ...(this.partitions === undefined ? [] : ["-p", this.partitions])]
    return `${what} is ${this.partitions === undefined ? "not " : ""}materialized: ${CommandText.make(remedy)} makes it`
  }
}

type Options = Flags.Options<typeof Flags.exported>

export const exported = Effect.fn("export")(function* (options: Options) {
  const screen = yield* Screen
  const target = yield* targetOf(options)
  const project = yield* Project.load(ProjectRequest.of(options))
  const key = yield* Effect.fromResult(PartitionAddress.findAsset(project.graph, options.asset))
  const build = yield* Wiring.builder
  const state = yield* build(Wiring.stateIfAny(project))
  const engine = yield* build(Wiring.engine)
  yield* Effect.gen(function* () {
    const source = yield* sourceOf(project, key, options)
    const files = yield* write(source, target, options)
    const rows = files.reduce((sum, file) => sum + file.rows, 0)
    if (target._tag === "Stdout") return
    yield* options.json
      ? screen.print(() => Json.text({ asset: key, rows, files }))
      : screen.tell(
          () =>
            `wrote ${Amount.counted(rows, "row")} of ${key} to ${Amount.counted(files.length, "file")}: ${target.path}`
        )
  }).pipe(Effect.provideContext(engine), Effect.provideContext(state))
}, Effect.scoped)

type Target =
  | { readonly _tag: "Stdout"; readonly format: FileFormat }
  | { readonly _tag: "File"; readonly format: FileFormat; readonly path: string }
  | { readonly _tag: "Folder"; readonly format: FileFormat; readonly path: string; readonly by: string }

const targetOf = Effect.fnUntraced(function* ({ by, format, json, out }: Options) {
  const path = Option.getOrUndefined(out)
  const ofName = path === undefined ? undefined : ExportFormat.ofName(path)
  const wanted = Option.getOrElse(format, () => ofName ?? "csv")
  if (Option.isSome(by)) {
    if (path === undefined) return yield* usage("--by writes a file for each value: say into which folder by --out")
    return { _tag: "Folder", format: wanted, path, by: by.value } satisfies Target as Target
  }
  const ending = path === undefined ? undefined : ExportedFile.endingOf(path)
  if (ofName === undefined && Option.isNone(format) && ending !== undefined) {
    const known = ExportFormat.formats.map((format) => `.${format}`).join(", ")
    return yield* usage(`no format is written as .${ending}: end the name with one of ${known}, or add --format`)
  }
  if (path !== undefined) return { _tag: "File", format: wanted, path } satisfies Target as Target
  if (wanted === "parquet" || wanted.endsWith(".gz")) {
    return yield* usage(`${wanted} is not written to stdout: say into which file by --out`)
  }
  if (json) return yield* usage("--json says which files were written: say into which file by --out")
  return { _tag: "Stdout", format: wanted } satisfies Target as Target
})

const usage = (reason: string) => Effect.fail(new Usage({ reason }))

const sourceOf = Effect.fnUntraced(function* (project: Project.Project, key: AssetKey, options: Options) {
  const screen = yield* Screen
  yield* DeadRuns.close
  const known = yield* OpenProject.known(project)
  const request = yield* Effect.fromResult(
    Requested.make(project.graph, { selection: [key], partitions: options.partitions })
  )
  const asked = (yield* Effect.fromResult(request.resolve(known.view))).get(key) ?? PartitionSet.empty
  const made = PartitionSet.intersection(asked, AssetGraphView.materialized(known.view, key))
  if (PartitionSet.isEmpty(made)) {
    return yield* new NothingToExport({
      asset: key,
      ...Option.match(options.partitions, { onNone: () => ({}), onSome: (partitions) => ({ partitions }) })
    })
  }
  const missing = PartitionSet.size(asked) - PartitionSet.size(made)
  if (missing > 0) {
    const counted = Amount.counted(missing, "partition is", "partitions are")
    yield* screen.tell(
      () => `${counted} not among the rows: ${CommandText.make(["materialize", `+${key}`])} makes what is missing`
    )
  }
  const duckdb = yield* DuckDB
  const relation = Sql.subquery(yield* AssetRelation.rows(known, key, made))
  const columns = yield* duckdb.columns(Sql.sql`SELECT * FROM ${relation}`)
  const names = Option.match(options.columns, { onNone: () => [], onSome: (text) => text.split(",") })
  return { relation, columns, chosen: yield* Effect.fromResult(ExportedFile.chosen(columns, names)) }
})

type Source = Effect.Success<ReturnType<typeof sourceOf>>

interface FileWritten {
  readonly path: string
  readonly rows: number
}

const write = Effect.fnUntraced(function* (source: Source, target: Target, { force, keepFormulas }: Options) {
  const written: ExportedFile.Written = { format: target.format, keepFormulas }
  const whole = ExportedFile.query(source.relation, source.chosen, written)
  if (target._tag === "File") return [yield* writeFile(whole, target.path, target.format)]
  if (target._tag === "Stdout") {
    yield* toStdout(whole, target.format)
    return []
  }
  const duckdb = yield* DuckDB
  const { name, type } = yield* Effect.fromResult(ExportedFile.named(source.columns, target.by))
  yield* emptyFolder(target.path, force)
  const column = Sql.identifier(name)
  const values = yield* duckdb.query(
    Sql.sql`SELECT DISTINCT CAST(${column} AS VARCHAR) AS value FROM ${source.relation} ORDER BY ALL`
  )
  return yield* Effect.forEach(
    values.map(({ value }) => (value === null ? null : String(value))),
    (value) => {
      const one = Sql.sql`CAST(${value} AS ${Sql.literal(type)})`
      const rows = Sql.sql`(FROM ${source.relation} WHERE ${column} IS NOT DISTINCT FROM ${one})`
      const path = join(target.path, ExportedFile.nameOf(value, target.format))
      return writeFile(ExportedFile.query(rows, source.chosen, written), path, target.format)
    },
    { concurrency: 4 }
  )
})

/** Files of an older export would look like files of this one. */
const emptyFolder = Effect.fnUntraced(function* (path: string, force: boolean) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(path, { recursive: true })
  if (!force && (yield* fs.readDirectory(path)).length > 0) {
    return yield* usage(`${path} is not empty: --force writes into it and leaves the other files as they are`)
  }
})

/** Written beside its place under another name, which goes in any case. */
const writeFile = Effect.fnUntraced(function* (query: Sql.Sql, path: string, format: FileFormat) {
  const fs = yield* FileSystem.FileSystem
  const duckdb = yield* DuckDB
  yield* fs.makeDirectory(dirname(path), { recursive: true })
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`)
  const rows = yield* duckdb
    .copy(query, partial, format)
    .pipe(Effect.tap(fs.rename(partial, path)), Effect.ensuring(Effect.ignore(fs.remove(partial, { force: true }))))
  return { path, rows } satisfies FileWritten as FileWritten
})

const toStdout = Effect.fnUntraced(function* (query: Sql.Sql, format: FileFormat) {
  const screen = yield* Screen
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "strata-export-" })
  const { path } = yield* writeFile(query, join(folder, "rows"), format)
  yield* Stream.runForEach(Stream.decodeText(fs.stream(path)), (text) => screen.write(text))
}, Effect.scoped)
