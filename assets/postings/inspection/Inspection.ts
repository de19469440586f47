/**
 * Everything that is known of one posting: its line as it landed, the row that
 * was made of it or why none was, and each attribute, with the version of the
 * code that gave it.
 *
 * A posting is named by its `row_id`; by its `posting_id`, which several may
 * share; or by file and line, such as `1748822400.jsonl:17`, which also finds
 * lines that are no posting.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB, type Row } from "../../../resources/DuckDB.ts"
import { type Files, PartitionsDefinition, type Sql, StoredAssets, sql } from "../../../runtime/index.ts"
import * as FileId from "../FileId.ts"
import * as Source from "../Source.ts"
import * as RawLine from "./RawLine.ts"

/** Nothing that is stored has the id. */
export class PostingUnknown extends Schema.TaggedError<PostingUnknown>()("PostingUnknown", { id: Schema.String }) {
  override get message() {
    return `no posting that is materialized has the id ${this.id}: give a row_id or posting_id of postings/parsed, or a landed file and its line such as 1748822400.jsonl:17`
  }
}

export interface Inspection {
  readonly rowId: string
  readonly day: string
  /** Where the line lies; nothing where its file has been replaced. */
  readonly file: string | undefined
  readonly line: number
  /** Nothing where the file cannot be read any more; `unread` says why. */
  readonly raw: string | undefined
  readonly unread: string | undefined
  readonly parsed: Row | undefined
  readonly quarantine: Row | undefined
  readonly seniority: number | undefined
  readonly attributes: ReadonlyArray<{ readonly asset: string; readonly rows: ReadonlyArray<Row> }>
  /** Of every asset that says something of the posting's day, how the day was made; nothing where it was not. */
  readonly made: ReadonlyArray<{ readonly asset: string; readonly made: Made | undefined }>
}

export type Made = NonNullable<Effect.Success<ReturnType<StoredAssets["Service"]["made"]>>>

export const inspect = Effect.fn("Inspection.inspect")(function* (id: string) {
  const stored = yield* StoredAssets
  const files = yield* stored.files("postings/raw")
  const places = yield* locate(id, files)
  const inspections = yield* Effect.forEach(places, inspectOne)
  const found = inspections.filter(({ parsed, quarantine }) => parsed !== undefined || quarantine !== undefined)
  // A line can be there before its day is made.
  const landed = inspections.filter(({ raw }) => raw !== undefined)
  if (landed.length === 0 && found.length === 0) return yield* new PostingUnknown({ id })
  return found.length > 0 ? found : landed
})

interface Place {
  readonly rowId: string
  readonly day: string
  readonly file: Files.File | undefined
  readonly line: number
}

const locate = Effect.fnUntraced(function* (id: string, files: ReadonlyArray<Files.File>) {
  const [, name, line] = /^(.+):(\d+)$/.exec(id) ?? []
  const named = files.find((file) => file.name === name)
  if (named !== undefined) return [placeIn(named, Number(line))]
  const byId = (rowId: string) => files.find((file) => rowId.startsWith(`${FileId.of(file)}-`))
  const [, number] = /^[0-9a-f]{16}-(\d+)$/.exec(id) ?? []
  const identified = number === undefined ? undefined : byId(id)
  if (identified !== undefined) return [placeIn(identified, Number(number))]
  const rows = yield* ask(
    (parsed) => sql`SELECT row_id, partition_key FROM ${parsed} WHERE row_id = ${id} OR posting_id = ${id} ORDER BY ALL`
  )("postings/parsed")
  return rows.map((row): Place => {
    const rowId = String(row.row_id)
    return { rowId, day: String(row.partition_key), file: byId(rowId), line: Number(rowId.split("-")[1]) }
  })
})

const placeIn = (file: Files.File, line: number): Place => ({
  rowId: `${FileId.of(file)}-${line}`,
  day: PartitionsDefinition.dayOfSeconds(Source.secondOf(file.name)),
  file,
  line
})

const inspectOne = Effect.fnUntraced(function* (place: Place) {
  const { day, file, line, rowId } = place
  const stored = yield* StoredAssets
  const ofPosting = (asset: string) =>
    ask((rows) => sql`SELECT * EXCLUDE (partition_key) FROM ${rows} WHERE row_id = ${rowId} ORDER BY ALL`, [day])(asset)
  const [parsed] = yield* ofPosting("postings/parsed")
  const [enriched] = yield* ofPosting("postings/enriched")
  const [quarantine] = file === undefined ? [] : yield* setAside(day, file.name, line)
  const extractors = stored.assets.map(({ key }) => key).filter((key) => key.startsWith("postings/attributes/"))
  const attributes = yield* Effect.forEach(extractors, (asset) =>
    Effect.map(ofPosting(asset), (rows) => ({ asset, rows: rows.map(({ row_id: _, ...row }) => row) }))
  )
  const made = yield* Effect.forEach(["postings/parsed", "postings/enriched", ...extractors], (asset) =>
    Effect.map(stored.made(asset, day), (made) => ({ asset, made }))
  )
  const raw = yield* rawOf(place)
  const seniority = enriched === undefined ? undefined : Number(enriched.seniority)
  return { rowId, day, file: file?.name, line, ...raw, parsed, quarantine, seniority, attributes, made } as Inspection
})

const rawOf = ({ file, line }: Place) =>
  file === undefined
    ? Effect.succeed({ raw: undefined, unread: "its file is no longer among those that have landed" })
    : Effect.match(RawLine.read(file, line), {
        onSuccess: (raw) => ({ raw, unread: raw === undefined ? "the file ends before it" : undefined }),
        onFailure: ({ message }) => ({ raw: undefined, unread: message })
      })

const setAside = Effect.fnUntraced(function* (day: string, file: string, line: number) {
  const stored = yield* StoredAssets
  const duckdb = yield* DuckDB
  const rows = yield* stored.quarantine("postings/parsed")
  return yield* duckdb.query(
    sql`SELECT reason, byte_offset, raw FROM ${rows} WHERE partition_key = ${day} AND file = ${file} AND line = ${line}`
  )
})

/** Asks the rows of an asset, of these days alone. */
const ask = (statement: (rows: Sql.Relation) => Sql.Sql, days?: ReadonlyArray<string>) =>
  Effect.fnUntraced(function* (asset: string) {
    const stored = yield* StoredAssets
    const duckdb = yield* DuckDB
    return yield* duckdb.query(statement(yield* stored.rows(asset, days)))
  })
