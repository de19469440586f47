/** The lines of the landed files as typed rows; what is no posting is set aside. */
import * as Effect from "effect/Effect"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as JsonLines from "../../resources/readers/JsonLines.ts"
import {
  Asset,
  AssetCheck,
  BackfillPolicy,
  type Files,
  Metadata,
  Partition,
  Quarantine,
  sql,
  Table
} from "../../runtime/index.ts"
import { daily, week } from "./Days.ts"
import * as FileId from "./FileId.ts"
import { Posting, PostingLine } from "./Posting.ts"
import { Raw } from "./Raw.ts"

export const Parsed = Asset.make("postings/parsed", {
  description: "One typed row for each line of the landed files",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { raw: Raw },
  output: Table.of(Posting),
  checks: [AssetCheck.errorRate({ below: 0.05 })],
  materialize: Effect.fn("postings/parsed")(function* ({ raw }) {
    const duckdb = yield* DuckDB
    const read = yield* JsonLines.read({ files: raw.files, row: PostingLine, onRefused: "skip" })
    const dayOf = new Map(raw.files.map((file) => [file.path, file.partition.key]))
    const failed = new Map(read.refused.map((error) => [dayOf.get(error.path)!, error]))
    yield* Effect.forEach(failed, ([day, error]) => Partition.fail(day, error), { discard: true })

    // A day of which one file is refused is not made at all: it would count too little.
    const isGood = sql`NOT list_contains(CAST(${[...failed.keys()]} AS VARCHAR[]), partition_key)`
    const rows = sql`(SELECT * FROM ${read.rows} WHERE ${isGood})`
    // The engine's own hash is three times as fast as comparing, and 64 bits err once in some hundred thousand days.
    // Sorted, equal ones are neighbours: two thirds of the time of a table of distinct ones, and it may spill.
    const hashes = sql`SELECT hash(partition_key, scraped_on, url) AS hash FROM ${rows}`
    const [found] = yield* duckdb.query(
      sql`SELECT count(*) AS repeated FROM (SELECT hash, lag(hash) OVER (ORDER BY hash) AS before FROM (${hashes})) WHERE hash = before`
    )
    yield* Quarantine.add({ sql: sql`(SELECT * FROM ${read.quarantine} WHERE ${isGood})` })
    yield* Metadata.add({
      ...counted(read.files.filter(({ partitionKey }) => !failed.has(partitionKey))),
      "repeated postings": Number(found!.repeated)
    })
    return sql`
      SELECT
        partition_key,
        file_id || '-' || line AS row_id,
        ${postingId} AS posting_id,
        url, company, title, location, scraped_on, description
      FROM ${rows} JOIN ${fileIds(raw.files)} USING (file)`
  })
})

/** 80 bits of a hash that no version of the engine changes. The number comes first, so no two pairs make one text. */
const postingId = sql`left(md5(scraped_on || ' ' || url), 20)`

/** Equal ids among a million files are a chance in 10^7. */
const fileIds = (files: ReadonlyArray<Files.File>) => sql`(
  SELECT
    unnest(${files.map((file) => file.name)}) AS file,
    unnest(${files.map(FileId.of)}) AS file_id
)`

const counted = (files: Effect.Success<ReturnType<typeof JsonLines.read>>["files"]) => {
  const sum = (count: "lines" | "good" | "quarantined" | "blank" | "unknownKeys") =>
    files.reduce((sum, { counts }) => sum + counts[count], 0)
  return {
    files: files.length,
    lines: sum("lines"),
    good: sum("good"),
    quarantined: sum("quarantined"),
    blank: sum("blank"),
    "unknown keys": sum("unknownKeys")
  }
}
