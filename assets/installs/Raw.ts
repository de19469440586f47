/** The logs of installed applications as they land. */
import * as Effect from "effect/Effect"
import { Asset, Files, PartitionsDefinition } from "../../runtime/index.ts"
import { landings } from "./Landings.ts"
import * as Source from "./Source.ts"

export const Raw = Asset.external("installs/raw", {
  description: "Landed logs of installed applications, each a partition",
  kinds: ["tsv", "gzip"],
  partitions: landings,
  output: Files.files,
  observe: Effect.map(Source.files, (files) =>
    files.map((file) => ({ partitionKey: PartitionsDefinition.observedKey(landings, file.name), files: [file] }))
  )
})
