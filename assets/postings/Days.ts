/** The days of the postings, in UTC. A file belongs to the day of its name. */
import { PartitionsDefinition } from "../../runtime/index.ts"

export const daily = PartitionsDefinition.daily({ start: "2000-01-01" })

/** As many days as one step covers: a backfill of a year is some fifty steps, each of a size that can fail and be run again. */
export const week = 7
