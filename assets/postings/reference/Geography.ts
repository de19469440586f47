/** The files that say which county a city is in, and which CBSA a county. */
import * as Effect from "effect/Effect"
import * as LandedFiles from "../../../resources/LandedFiles.ts"
import { Asset, Files } from "../../../runtime/index.ts"
import * as Source from "./Source.ts"

export const Geography = Asset.external("postings/reference/geography", {
  description: "Files of US cities with their counties, and of counties with their CBSAs",
  kinds: ["csv"],
  output: Files.files,
  observe: Effect.gen(function* () {
    const files = yield* LandedFiles.list({ folder: yield* Source.geography, match: fileName })
    return files.length === 0 ? [] : [{ partitionKey: "" as const, files }]
  })
})

const fileName = /^(?:us_cities|cbsa2fipsxw)\.csv(?:\.gz)?$/i
