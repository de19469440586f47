/** The days of the postings, in UTC: a file belongs to the day of the second in its name. */
import { PartitionsDefinition } from "../../runtime/index.ts"

export const daily = PartitionsDefinition.daily({ start: "1970-01-01" })

/** As many days as one step covers: a year is some fifty steps, each of a size that can fail and be run again. */
export const week = 7
