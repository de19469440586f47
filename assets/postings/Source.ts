/** Where the postings land, and how their files are named. */
import * as Config from "effect/Config"

export const folder = Config.String("STRATA_POSTINGS_SOURCE").pipe(Config.withDefault("data/postings"))

/** The second in which the file was opened, such as `1748822400.jsonl.gz`. */
export const fileName = /^\d{1,10}\.jsonl(?:\.gz)?$/

export const secondOf = (name: string): number => Number(name.slice(0, name.indexOf(".")))
