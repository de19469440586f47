/** The region of each state, as the Census Bureau divides the country; the islands that it leaves out have their own. */
import { Asset, Files } from "../../../runtime/index.ts"
import * as ReferenceTable from "./ReferenceTable.ts"

export const StateRegions = Asset.external("postings/reference/state_regions", {
  description: "The region of each state: the file state_regions.csv",
  kinds: ["csv"],
  output: Files.files,
  observe: ReferenceTable.observe("state_regions.csv")
})
