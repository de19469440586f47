/** Clean titles that are counted as another one, where a rollup is asked for merged titles. */
import { Asset, Files } from "../../../runtime/index.ts"
import * as ReferenceTable from "./ReferenceTable.ts"

export const TitleMerges = Asset.external("postings/reference/title_merges", {
  description: "Which clean titles are merged into which: the file title_merges.csv",
  kinds: ["csv"],
  output: Files.files,
  observe: ReferenceTable.observe("title_merges.csv")
})
