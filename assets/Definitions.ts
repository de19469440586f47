/** What this project defines: the explicit list. */
import { command as generate } from "../data/generate.ts"
import { Definitions } from "../runtime/index.ts"
import { Daily } from "./postings/Daily.ts"
import { Enriched } from "./postings/Enriched.ts"
import { Parsed } from "./postings/Parsed.ts"
import { Raw } from "./postings/Raw.ts"

export const definitions = Definitions.make({ assets: [Raw, Parsed, Enriched, Daily], commands: [generate] })
