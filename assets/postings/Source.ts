/** Where the postings land. */
import * as Config from "effect/Config"

export const folder = Config.String("STRATA_POSTINGS_SOURCE").pipe(Config.withDefault("data/postings"))

/** Files are named by the second in which they were opened, such as `1748822400.jsonl.gz`. */
export const fileName = /^(\d{1,11})\.jsonl(?:\.gz)?$/
