/**
 * What is counted of postings, in numbers that can be added up: how many there
 * are, and how many of each seniority.
 */
import * as Schema from "effect/Schema"
import { Sql, sql } from "../../../runtime/index.ts"

const levels = [1, 2, 3, 4, 5, 6, 7]

export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const fields = {
  postings: Count,
  /** Postings of each seniority; together they are all. */
  seniority_1: Count,
  seniority_2: Count,
  seniority_3: Count,
  seniority_4: Count,
  seniority_5: Count,
  seniority_6: Count,
  seniority_7: Count
}

/** The counts of a group of postings. */
export const ofPostings: Sql.Sql = columns((level, name) =>
  level === 0 ? sql`count(*) AS ${name}` : sql`count(*) FILTER (seniority = ${level}) AS ${name}`
)

/** The counts of a group of counts. */
export const sum: Sql.Sql = columns((_, name) => sql`CAST(sum(${name}) AS BIGINT) AS ${name}`)

/** The columns by their names. */
export const names: Sql.Sql = columns((_, name) => name)

/** How many postings of a row have this seniority or a higher one. */
export const from = (level: number): Sql.Sql =>
  Sql.join(
    levels.filter((each) => each >= level).map((each) => Sql.identifier(`seniority_${each}`)),
    " + "
  )

function columns(column: (level: number, name: Sql.Sql) => Sql.Sql): Sql.Sql {
  return Sql.join(
    [0, ...levels].map((level) => column(level, Sql.identifier(level === 0 ? "postings" : `seniority_${level}`))),
    ", "
  )
}
