/** The files that say which county a city is in, and which CBSA a county. */
import { Asset, Files } from "../../../runtime/index.ts"
import * as Source from "./Source.ts"

export const Geography = Asset.external("postings/reference/geography", {
  description: "Files of US cities with their counties, and of counties with their CBSAs",
  kinds: ["csv"],
  output: Files.files,
  observe: Source.observe("geo", /^(?:us_cities|cbsa2fipsxw)\.csv(?:\.gz)?$/i)
})
