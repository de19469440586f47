/** Where reference tables lie: small ones come with the project, full ones can be pointed to. */
import { join } from "node:path"
import * as Config from "effect/Config"

const folder = Config.String("STRATA_REFERENCE").pipe(
  Config.withDefault(join(import.meta.dirname, "../../../data/reference"))
)

/** Files of O*NET, as its database is downloaded as text. */
export const onet = Config.map(folder, (folder) => join(folder, "onet"))

/** Cities with their counties, and counties with their CBSAs. */
export const geography = Config.map(folder, (folder) => join(folder, "geo"))
