/**
 * The daily counts summed over longer periods, by title and place.
 *
 * What is asked of them is a parameter: how many skills, which geography, which
 * level of occupations, merged titles. No posting is read for another answer, and
 * no day is counted again, since the daily counts hold all that can be asked.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, RunConfig, type Sql, sql, Table } from "../../../runtime/index.ts"
import { Daily } from "../Daily.ts"
import * as ReferenceTable from "../reference/ReferenceTable.ts"
import { StateRegions } from "../reference/StateRegions.ts"
import { TitleMerges } from "../reference/TitleMerges.ts"
import * as Counts from "./Counts.ts"
import * as Geography from "./Geography.ts"
import type { Period } from "./Period.ts"
import * as SocLevel from "./SocLevel.ts"

export const Parameters = Schema.Struct({
  /** As many skills as are kept of each row: those that the most postings mention. */
  topSkills: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  geography: Geography.Geography,
  socLevel: SocLevel.SocLevel,
  /** `merged` counts titles as the file of `postings/reference/title_merges` says. */
  titles: Schema.Literals(["clean", "merged"])
})
export type Parameters = typeof Parameters.Type

export const defaults: Parameters = { topSkills: 10, geography: "cbsa", socLevel: "detailed", titles: "clean" }

/** One row a title and place. */
export const Row = Schema.Struct({
  period: Schema.String,
  geography: Geography.Geography,
  /** The code of the CBSA, or the name of the state or region; null where the postings have none. */
  place: Schema.NullOr(Schema.String),
  place_name: Schema.NullOr(Schema.String),
  title: Schema.String,
  ...Counts.fields,
  /** The first is mentioned by the most postings. */
  skills: Schema.Array(Schema.Struct({ skill: Schema.String, postings: Counts.Count, mentions: Counts.Count })),
  /** The two occupations of the most postings, and how many these are. */
  soc_1: Schema.String,
  soc_1_postings: Counts.Count,
  soc_2: Schema.NullOr(Schema.String),
  soc_2_postings: Schema.NullOr(Counts.Count)
})

/** An asset of a period: `make("postings/monthly", { period: Period.month })`, with other defaults where they are given. */
export const make = <K extends string>(
  key: string,
  options: { readonly period: Period<K>; readonly defaults?: Partial<Parameters> }
) =>
  Asset.make(key, {
    description: `The daily counts of each ${options.period.name} by title and place, with the top skills and occupations`,
    kinds: ["duckdb"],
    partitions: options.period.partitions,
    backfillPolicy: options.period.backfillPolicy,
    deps: { daily: Daily, merges: TitleMerges, regions: StateRegions },
    config: RunConfig.of(Parameters, { ...defaults, ...options.defaults }),
    output: Table.of(Row),
    materialize: Effect.fn("Rollup.materialize")(function* ({ config, daily, merges, regions }) {
      return query(daily, {
        ...config,
        period: options.period.keyOf,
        regions: config.geography === "region" ? yield* ReferenceTable.read(regions, ["state", "region"]) : daily,
        merges: config.titles === "merged" ? yield* ReferenceTable.read(merges, ["title", "merged"]) : undefined
      })
    })
  })

/** What a rollup looks up, beside its parameters. */
export interface Question extends Parameters {
  /** The key of the period of a day. */
  readonly period: (day: Sql.Sql) => Sql.Sql
  readonly regions: Sql.Relation
  readonly merges: Sql.Relation | undefined
}

/** The rows of a rollup, with `partition_key`. */
export const query = (daily: Sql.Relation, question: Question): Sql.Sql => {
  const placed = Geography.place(question.geography, sql`d`, question.regions)
  const merged =
    question.merges === undefined
      ? { title: sql`d.title_clean`, join: sql`` }
      : {
          title: sql`coalesce(merges.merged, d.title_clean)`,
          join: sql`LEFT JOIN ${question.merges} AS merges ON merges.title = d.title_clean`
        }
  return sql`
    WITH counts AS NOT MATERIALIZED (
      SELECT
        ${question.period(sql`d.partition_key`)} AS period, ${placed.columns}, ${merged.title} AS title,
        ${Counts.names}, skills, socs
      FROM ${daily} AS d ${placed.join} ${merged.join}
    ), summed AS (
      SELECT period, place, title, max(place_name) AS place_name, ${Counts.sum} FROM counts GROUP BY ALL
    ), skilled AS (
      SELECT period, place, title,
        list({skill: skill, postings: postings, mentions: mentions} ORDER BY postings DESC, mentions DESC, skill)
          [:${question.topSkills}] AS skills
      FROM (
        SELECT period, place, title, each.key AS skill,
          CAST(sum(each.value.postings) AS BIGINT) AS postings, CAST(sum(each.value.mentions) AS BIGINT) AS mentions
        FROM (SELECT period, place, title, unnest(map_entries(skills)) AS each FROM counts) GROUP BY ALL
      ) GROUP BY ALL
    ), occupied AS (
      SELECT period, place, title, list({soc: soc, postings: postings} ORDER BY postings DESC, soc)[:2] AS socs
      FROM (
        SELECT period, place, title, ${SocLevel.group(question.socLevel, sql`each.key`)} AS soc,
          CAST(sum(each.value) AS BIGINT) AS postings
        FROM (SELECT period, place, title, unnest(map_entries(socs)) AS each FROM counts) GROUP BY ALL
      ) GROUP BY ALL
    )
    SELECT
      summed.period AS partition_key, summed.period, ${question.geography} AS geography,
      summed.place, place_name, summed.title, ${Counts.names}, coalesce(skills, []) AS skills,
      socs[1].soc AS soc_1, socs[1].postings AS soc_1_postings,
      socs[2].soc AS soc_2, socs[2].postings AS soc_2_postings
    FROM summed LEFT JOIN skilled ON ${sameGroup(sql`skilled`)} LEFT JOIN occupied ON ${sameGroup(sql`occupied`)}`
}

/** NULL is a place like any other. */
const sameGroup = (other: Sql.Sql): Sql.Sql =>
  sql`${other}.period = summed.period AND ${other}.title = summed.title
    AND ${other}.place IS NOT DISTINCT FROM summed.place`
