/** The months by title and state: all that another rollup takes. */
import * as Period from "./rollup/Period.ts"
import * as Rollup from "./rollup/Rollup.ts"

export const Monthly = Rollup.make("postings/monthly", { period: Period.month, defaults: { geography: "state" } })
