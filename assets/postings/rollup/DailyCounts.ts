/**
 * Postings of each day counted by state, CBSA and clean title, in numbers that
 * can be added up over days.
 *
 * All that a rollup may ask for is kept, and nothing is cut: all skills, all
 * occupations, and both state and CBSA, as a CBSA spans states. A posting
 * without a place is counted where the place is NULL.
 */
import * as Schema from "effect/Schema"
import { type Sql, sql } from "../../../runtime/index.ts"
import * as Counts from "./Counts.ts"

export const Row = Schema.Struct({
  date: Schema.String,
  state: Schema.NullOr(Schema.String),
  cbsa: Schema.NullOr(Schema.String),
  cbsa_name: Schema.NullOr(Schema.String),
  title_clean: Schema.String,
  ...Counts.fields,
  /** How many of the postings mention a skill, and how often they do together. */
  skills: Schema.Record(Schema.String, Schema.Struct({ postings: Counts.Count, mentions: Counts.Count })),
  /** How many of the postings have an occupation; together they are all. */
  socs: Schema.Record(Schema.String, Counts.Count)
})

/** The postings with their seniority, and their attributes by `row_id`. */
export interface Postings {
  readonly enriched: Sql.Relation
  readonly titles: Sql.Relation
  readonly places: Sql.Relation
  readonly skills: Sql.Relation
  readonly socs: Sql.Relation
}

/** The rows, with `partition_key`. */
export const query = ({ enriched, places, skills, socs, titles }: Postings): Sql.Sql => sql`
  WITH postings AS (
    SELECT e.partition_key, e.row_id, p.state, p.cbsa, p.cbsa_name, t.title_clean, e.seniority, s.soc_code
    FROM ${enriched} AS e
      LEFT JOIN ${titles} AS t USING (row_id)
      LEFT JOIN ${places} AS p USING (row_id)
      LEFT JOIN ${socs} AS s USING (row_id)
  ), counted AS (
    SELECT partition_key, state, cbsa, title_clean, max(cbsa_name) AS cbsa_name, ${Counts.ofPostings}
    FROM postings GROUP BY partition_key, state, cbsa, title_clean
  ), skilled AS (
    SELECT partition_key, state, cbsa, title_clean,
      map_from_entries(list((skill, {postings: postings, mentions: mentions}) ORDER BY skill)) AS skills
    FROM (
      SELECT p.partition_key, state, cbsa, title_clean, skill,
        count(*) AS postings, CAST(sum(mentions) AS BIGINT) AS mentions
      FROM postings AS p JOIN ${skills} AS s USING (row_id) GROUP BY ALL
    ) GROUP BY ALL
  ), occupied AS (
    SELECT partition_key, state, cbsa, title_clean, map_from_entries(list((soc_code, postings) ORDER BY soc_code)) AS socs
    FROM (
      SELECT partition_key, state, cbsa, title_clean, soc_code, count(*) AS postings FROM postings GROUP BY ALL
    ) GROUP BY ALL
  )
  SELECT counted.partition_key, counted.partition_key AS date, counted.* EXCLUDE (partition_key),
    coalesce(skills, MAP {}) AS skills, socs
  FROM counted LEFT JOIN skilled ON ${sameGroup(sql`skilled`)} LEFT JOIN occupied ON ${sameGroup(sql`occupied`)}`

/** NULL is a place like any other. */
const sameGroup = (other: Sql.Sql): Sql.Sql =>
  sql`${other}.partition_key = counted.partition_key AND ${other}.title_clean = counted.title_clean
    AND ${other}.state IS NOT DISTINCT FROM counted.state AND ${other}.cbsa IS NOT DISTINCT FROM counted.cbsa`
