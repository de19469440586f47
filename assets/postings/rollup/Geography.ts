/**
 * The geographies that counts are rolled up to, and the place of a count in each.
 *
 * Every count has one place, which is NULL where there is none in the geography,
 * so the sum over all places is the same whatever the geography.
 */
import * as Schema from "effect/Schema"
import { Sql, sql } from "../../../runtime/index.ts"

export const Geography = Schema.Literals(["cbsa", "state", "region", "nation"])
export type Geography = typeof Geography.Type

/** The columns `place` and `place_name` of the daily counts, and what has to be joined to them. */
export interface Placed {
  readonly columns: Sql.Sql
  readonly join: Sql.Sql
}

/** `counts` names the relation of the daily counts, `regions` holds the region of each state. */
export const place = (geography: Geography, counts: Sql.Sql, regions: Sql.Relation): Placed => {
  switch (geography) {
    case "cbsa":
      return { columns: sql`${counts}.cbsa AS place, ${counts}.cbsa_name AS place_name`, join: nothing }
    case "state":
      return { columns: sql`${counts}.state AS place, ${counts}.state AS place_name`, join: nothing }
    case "region":
      return {
        columns: sql`regions.region AS place, regions.region AS place_name`,
        join: sql`LEFT JOIN ${regions} AS regions ON regions.state = ${counts}.state`
      }
    case "nation":
      return { columns: sql`'US' AS place, 'United States' AS place_name`, join: nothing }
  }
}

const nothing = Sql.literal("")
