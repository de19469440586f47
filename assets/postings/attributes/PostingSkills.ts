/**
 * The skills of postings, from what a function finds in a text: asked once for
 * each distinct title and each distinct description.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../../resources/DistinctRows.ts"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Metadata, type Sql, sql } from "../../../runtime/index.ts"

/** One row a posting and skill. */
export const PostingSkill = Schema.Struct({
  row_id: Schema.String,
  skill: Schema.String,
  /** How often the posting names it. */
  mentions: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
})

/** Skills in a text, and how often it names each. */
export type Extractor = (text: string) => ReadonlyMap<string, number>

/** The relation of `PostingSkill`, by partition; hits and misses are added to the step's metadata. */
export const make = Effect.fn("PostingSkills.make")(function* (postings: Sql.Relation, extract: Extractor) {
  const duckdb = yield* DuckDB
  const inTitle = yield* found(postings, "title", extract)
  const inDescription = yield* found(postings, "description", extract)
  const skills = yield* duckdb.table(sql`
    SELECT partition_key, row_id, one.skill AS skill, sum(one.mentions) AS mentions
    FROM (
      SELECT partition_key, row_id, unnest(${list}) AS one
      FROM ${postings} JOIN ${inTitle} USING (title) WHERE found <> '[]'
      UNION ALL
      SELECT partition_key, row_id, unnest(${list}) AS one
      FROM ${postings} JOIN ${inDescription} USING (description) WHERE found <> '[]'
    )
    GROUP BY ALL`)
  const [counted] = yield* duckdb.query(sql`
    SELECT
      (SELECT count(*) FROM ${postings}) AS postings,
      count(DISTINCT row_id) AS hits,
      coalesce(sum(mentions), 0) AS mentions
    FROM ${skills}`)
  yield* Metadata.add({
    "distinct titles": inTitle.count,
    "distinct descriptions": inDescription.count,
    hits: Number(counted!.hits),
    misses: Number(counted!.postings) - Number(counted!.hits),
    mentions: Number(counted!.mentions)
  })
  return skills
})

const found = (postings: Sql.Relation, column: "title" | "description", extract: Extractor) =>
  DistinctRows.map(postings, {
    columns: [column],
    into: "found",
    type: "VARCHAR",
    apply: Effect.fnUntraced(function* (rows) {
      const all: Array<string> = []
      let read = 0
      for (const row of rows) {
        const mentions = extract(row[column])
        all.push(JSON.stringify(Array.from(mentions, ([skill, mentions]) => ({ skill, mentions }))))
        read += row[column].length
        if (read > readAtOnce) {
          read = 0
          yield* Effect.yieldNow
        }
      }
      return all
    })
  })

/** Characters after which others get their turn: some tens of milliseconds. */
const readAtOnce = 500_000

const list = sql`from_json(found, '[{"skill": "VARCHAR", "mentions": "BIGINT"}]')`
