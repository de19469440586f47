/** The files of postings as they land. */
import * as Effect from "effect/Effect"
import * as LandedFiles from "../../resources/LandedFiles.ts"
import { Asset, Files, PartitionsDefinition } from "../../runtime/index.ts"
import { daily } from "./Days.ts"
import * as Source from "./Source.ts"

export const Raw = Asset.external("postings/raw", {
  description: "Landed files of postings, by the UTC day of the time in their name",
  kinds: ["jsonl"],
  partitions: daily,
  output: Files.files,
  observe: Effect.gen(function* () {
    const files = yield* LandedFiles.list({ folder: yield* Source.folder, match: Source.fileName })
    const days = Map.groupBy(files, ({ name }) => PartitionsDefinition.dayOfSeconds(Source.secondOf(name)))
    return Array.from(days, ([partitionKey, files]) => ({ partitionKey, files }))
  })
})
