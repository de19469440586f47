/** Where reference tables lie: small ones come with the project, full ones can be pointed to. */
import { join } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as LandedFiles from "../../../resources/LandedFiles.ts"

/** The tables that come with the project. */
export const own = join(import.meta.dirname, "../../../data/reference")

/** The folder of others, where one is named. */
export const given = Config.option(Config.String("STRATA_REFERENCE"))

const folder = Config.map(
  given,
  Option.getOrElse(() => own)
)

/** The matching files of a folder in it, as the one partition of an external asset; nothing has landed where there is none. */
export const observe = Effect.fn("Source.observe")(function* (within: "onet" | "geo", match: RegExp) {
  const files = yield* LandedFiles.list({ folder: join(yield* folder, within), match })
  return files.length === 0 ? [] : [{ partitionKey: "" as const, files }]
})
