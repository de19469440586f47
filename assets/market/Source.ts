/** Where the public dataset of prices lies, and how its files are named. */
import { join } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as LandedFiles from "../../resources/LandedFiles.ts"

const folder = Config.option(Config.String("STRATA_MARKET_SOURCE"))

/** What is taken where no folder is named. Until something is generated into it, nothing has landed. */
const sample = "data/market"

/** The symbol table, in the folder itself. */
export const symbolTable = /^symbols_valid_meta\.csv(?:\.gz)?$/

/** The folders of the prices, and the file of one symbol in them, such as `stocks/A.csv`. */
export const folders = ["stocks", "etfs"] as const
export type Folder = (typeof folders)[number]

export const priceFile = /^[^.].*\.csv(?:\.gz)?$/

/** The symbol of a file, as NASDAQ writes it. */
export const symbolOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1).replace(/\.csv(?:\.gz)?$/, "")

/** The matching files of a folder of the source, the empty text being the source itself. */
export const list = Effect.fnUntraced(function* (within: Folder | "", match: RegExp) {
  const source = yield* folder
  const isAbsent = Option.isNone(source) && !(yield* FileSystem.FileSystem.use((fs) => fs.exists(sample)))
  return isAbsent
    ? []
    : yield* LandedFiles.list({
        folder: join(
          Option.getOrElse(source, () => sample),
          within
        ),
        match
      })
})
