/**
 * The levels of the Standard Occupational Classification of 2018, and the group
 * of a code at each.
 *
 * A code says its groups by its digits, but for four groups that were made after
 * the digits ran out. Source: Bureau of Labor Statistics, 2018 SOC structure.
 */
import * as Schema from "effect/Schema"
import { type Sql, sql } from "../../../runtime/index.ts"
import * as Occupation from "../Occupation.ts"

export const SocLevel = Schema.Literals(["detailed", "broad", "minor", "major"])
export type SocLevel = typeof SocLevel.Type

/** The group of a code such as `15-1252.00`: detailed 15-1252, broad 15-1250, minor 15-1200, major 15-0000. */
export const group = (level: SocLevel, code: Sql.Sql): Sql.Sql =>
  sql`CASE WHEN ${code} = ${Occupation.unknown} THEN ${code} ELSE ${known(level, code)} END`

const known = (level: SocLevel, code: Sql.Sql): Sql.Sql => {
  switch (level) {
    case "detailed":
      return sql`left(${code}, 7)`
    case "broad":
      return sql`CASE left(${code}, 6) WHEN '29-122' THEN '29-1210' ELSE left(${code}, 6) || '0' END`
    case "minor":
      return sql`CASE WHEN left(${code}, 5) IN ('15-12', '31-11', '51-51')
        THEN left(${code}, 5) || '00' ELSE left(${code}, 4) || '000' END`
    case "major":
      return sql`left(${code}, 2) || '-0000'`
  }
}
