/** The quarters by title alone: the same rollup, asked for the nation. */
import * as Period from "./rollup/Period.ts"
import * as Rollup from "./rollup/Rollup.ts"

export const QuarterlyTitles = Rollup.make("postings/quarterly_titles", {
  period: Period.quarter,
  defaults: { geography: "nation" }
})
