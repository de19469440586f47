/** What this project defines: the explicit list. */
import { command as generate } from "../data/generate.ts"
import { Definitions } from "../runtime/index.ts"
import { command as loadInstalls } from "./installs/InstallsCommand.ts"
import { Loaded } from "./installs/Loaded.ts"
import { Parsed as ParsedInstalls } from "./installs/Parsed.ts"
import { Raw as RawInstalls } from "./installs/Raw.ts"
import { pools } from "./Pools.ts"
import { Features } from "./market/Features.ts"
import { Listings } from "./market/Listings.ts"
import { Model } from "./market/Model.ts"
import { Prices } from "./market/Prices.ts"
import { Raw as RawPrices } from "./market/Raw.ts"
import { RawSymbols } from "./market/RawSymbols.ts"
import { Symbols } from "./market/Symbols.ts"
import { Cbsa } from "./postings/attributes/Cbsa.ts"
import { SkillsAcronym } from "./postings/attributes/SkillsAcronym.ts"
import { SkillsOnet } from "./postings/attributes/SkillsOnet.ts"
import { SocCode } from "./postings/attributes/SocCode.ts"
import { TitleClean } from "./postings/attributes/TitleClean.ts"
import { command as cache } from "./postings/CacheCommand.ts"
import { Daily } from "./postings/Daily.ts"
import { DailyTitleCounts } from "./postings/DailyTitleCounts.ts"
import { Enriched } from "./postings/Enriched.ts"
import { Features as PostingFeatures } from "./postings/Features.ts"
import { command as inspect } from "./postings/inspection/InspectCommand.ts"
import { Monthly } from "./postings/Monthly.ts"
import { Parsed } from "./postings/Parsed.ts"
import { Quarterly } from "./postings/Quarterly.ts"
import { QuarterlyTitleCounts } from "./postings/QuarterlyTitleCounts.ts"
import { QuarterlyTitles } from "./postings/QuarterlyTitles.ts"
import { Raw } from "./postings/Raw.ts"
import { SeniorityModel } from "./postings/SeniorityModel.ts"
import { Cities } from "./postings/reference/Cities.ts"
import { Geography } from "./postings/reference/Geography.ts"
import { Occupations } from "./postings/reference/Occupations.ts"
import { Onet } from "./postings/reference/Onet.ts"
import { Skills } from "./postings/reference/Skills.ts"
import { StateRegions } from "./postings/reference/StateRegions.ts"
import { TitleMerges } from "./postings/reference/TitleMerges.ts"
import { command as serve } from "./ServeCommand.ts"

const postings = [Raw, SeniorityModel, Parsed, Enriched, Daily]
const reference = [Onet, Geography, Skills, Occupations, Cities, StateRegions, TitleMerges]
const attributes = [TitleClean, SkillsOnet, SkillsAcronym, SocCode, Cbsa]
const rollups = [DailyTitleCounts, Monthly, Quarterly, QuarterlyTitleCounts, QuarterlyTitles, PostingFeatures]
const market = [RawPrices, RawSymbols, Symbols, Listings, Prices, Features, Model]
const installs = [RawInstalls, ParsedInstalls, Loaded]

export const definitions = Definitions.make({
  assets: [...reference, ...postings, ...attributes, ...rollups, ...market, ...installs],
  commands: [cache, generate, inspect, serve, loadInstalls],
  pools
})
