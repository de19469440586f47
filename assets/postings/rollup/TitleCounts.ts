/**
 * The counts of a period as nested documents: `{"quarter", "title_counts":
 * [{"cbsa", "title", "skill_counts": {…}, "soc_counts": {…}}]}`.
 *
 * All skills and occupations are in them, each with its number of postings, so
 * documents can be added up further. A period is one document, until it counts
 * so many titles that one would be too large to read: then it is several.
 */
import * as Schema from "effect/Schema"
import { Sql, sql } from "../../../runtime/index.ts"
import * as Counts from "./Counts.ts"

const PostingsBy = Schema.Record(Schema.String, Counts.Count)

export const titleCounts = Schema.Array(
  Schema.Struct({
    cbsa: Schema.NullOr(Schema.String),
    title: Schema.String,
    skill_counts: PostingsBy,
    soc_counts: PostingsBy
  })
)

/** Titles and places in a document. */
const mostCounts = 100_000

/** The documents of the daily counts, with `partition_key` and the period's key again under `name`. */
export const query = (daily: Sql.Relation, name: string, period: (day: Sql.Sql) => Sql.Sql): Sql.Sql => sql`
  WITH counts AS NOT MATERIALIZED (
    SELECT ${period(sql`partition_key`)} AS period, cbsa, title_clean AS title, skills, socs FROM ${daily}
  ), skilled AS (
    SELECT period, cbsa, title, map_from_entries(list((skill, postings) ORDER BY postings DESC, skill)) AS skill_counts
    FROM (
      SELECT period, cbsa, title, each.key AS skill, CAST(sum(each.value.postings) AS BIGINT) AS postings
      FROM (SELECT period, cbsa, title, unnest(map_entries(skills)) AS each FROM counts) GROUP BY ALL
    ) GROUP BY ALL
  ), occupied AS (
    SELECT period, cbsa, title, map_from_entries(list((soc, postings) ORDER BY postings DESC, soc)) AS soc_counts
    FROM (
      SELECT period, cbsa, title, each.key AS soc, CAST(sum(each.value) AS BIGINT) AS postings
      FROM (SELECT period, cbsa, title, unnest(map_entries(socs)) AS each FROM counts) GROUP BY ALL
    ) GROUP BY ALL
  ), numbered AS (
    SELECT o.period, o.cbsa, o.title, coalesce(skill_counts, MAP {}) AS skill_counts, soc_counts,
      row_number() OVER (PARTITION BY o.period ORDER BY o.title, o.cbsa) - 1 AS number
    FROM occupied AS o LEFT JOIN skilled AS s
      ON s.period = o.period AND s.title = o.title AND s.cbsa IS NOT DISTINCT FROM o.cbsa
  )
  SELECT
    period AS partition_key,
    period AS ${Sql.identifier(name)},
    list({cbsa: cbsa, title: title, skill_counts: skill_counts, soc_counts: soc_counts} ORDER BY number) AS title_counts
  FROM numbered GROUP BY period, number // ${mostCounts}`
