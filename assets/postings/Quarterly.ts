/** The quarters by title and place: `strata export postings/quarterly` writes the table of titles and places. */
import * as Period from "./rollup/Period.ts"
import * as Rollup from "./rollup/Rollup.ts"

export const Quarterly = Rollup.make("postings/quarterly", { period: Period.quarter })
