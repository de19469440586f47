/** Postings made up for tests, as the tables that they are counted from. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DailyCounts from "../../../../assets/postings/rollup/DailyCounts.ts"
import { DuckDB } from "../../../../resources/DuckDB.ts"
import { PartitionsDefinition, type Sql, sql } from "../../../../runtime/index.ts"

/** Few values of everything, so that many postings fall together. */
export const Posting = Schema.Struct({
  /** Days of two quarters, since 1970-01-01. */
  day: Schema.Literals([20_241, 20_242, 20_268, 20_269, 20_270, 20_300]),
  state: Schema.NullOr(Schema.Literals(["NY", "NJ", "CA", "PR"])),
  cbsa: Schema.NullOr(Schema.Literals(["35620", "41860"])),
  title: Schema.Literals(["clerk", "rn", "registered nurse", ""]),
  seniority: Schema.Literals([1, 2, 3, 4, 5, 6, 7]),
  soc: Schema.Literals(["15-1252.00", "15-1253.00", "29-1141.00", "99-9999.00"]),
  skills: Schema.Struct({ "C++": Mentions(), SQL: Mentions(), "O'Reilly": Mentions(), word: Mentions() })
})
export type Posting = typeof Posting.Type

function Mentions() {
  return Schema.Literals([0, 0, 1, 2, 5])
}

export const Postings = Schema.Array(Posting).check(Schema.isMaxLength(40))

export const key = (day: number): string => PartitionsDefinition.dayKey(day)

/** The daily counts of the postings. */
export const daily = Effect.fnUntraced(function* (postings: ReadonlyArray<Posting>) {
  const duckdb = yield* DuckDB
  const rows = postings.map(({ day, skills, ...posting }, index) => ({
    ...posting,
    partition_key: key(day),
    row_id: `row-${index}`,
    skills: Object.entries(skills).flatMap(([skill, mentions]) => (mentions > 0 ? [{ skill, mentions }] : []))
  }))
  const all = yield* duckdb.table(
    sql`SELECT unnest(from_json(${JSON.stringify(rows)}, ${shape}), recursive := false) AS p`
  )
  const part = (columns: Sql.Sql): Sql.Relation => ({
    sql: sql`(SELECT p.partition_key, p.row_id, ${columns} FROM ${all})`
  })
  return yield* duckdb.table(
    DailyCounts.query({
      enriched: part(sql`p.seniority`),
      titles: part(sql`p.title AS title_clean`),
      places: part(sql`p.state, p.cbsa, 'around ' || p.cbsa AS cbsa_name`),
      socs: part(sql`p.soc AS soc_code, 1 AS candidates`),
      skills: {
        sql: sql`(SELECT partition_key, row_id, s.skill, s.mentions FROM (SELECT p.partition_key, p.row_id, unnest(p.skills) AS s FROM ${all}))`
      }
    })
  )
})

const shape = JSON.stringify([
  {
    partition_key: "VARCHAR",
    row_id: "VARCHAR",
    state: "VARCHAR",
    cbsa: "VARCHAR",
    title: "VARCHAR",
    seniority: "INTEGER",
    soc: "VARCHAR",
    skills: [{ skill: "VARCHAR", mentions: "BIGINT" }]
  }
])
