/** What this project defines: the explicit list. */
import { command as generate } from "../data/generate.ts"
import { Definitions } from "../runtime/index.ts"
import { Features } from "./market/Features.ts"
import { Listings } from "./market/Listings.ts"
import { Prices } from "./market/Prices.ts"
import { Raw as RawPrices } from "./market/Raw.ts"
import { RawSymbols } from "./market/RawSymbols.ts"
import { Symbols } from "./market/Symbols.ts"
import { Daily } from "./postings/Daily.ts"
import { Enriched } from "./postings/Enriched.ts"
import { Parsed } from "./postings/Parsed.ts"
import { Raw } from "./postings/Raw.ts"

const postings = [Raw, Parsed, Enriched, Daily]
const market = [RawPrices, RawSymbols, Symbols, Listings, Prices, Features]

export const definitions = Definitions.make({ assets: [...postings, ...market], commands: [generate] })
