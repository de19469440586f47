/** The files of prices as they land, one a symbol. */
import * as Effect from "effect/Effect"
import { Asset, Files } from "../../runtime/index.ts"
import * as Letters from "./Letters.ts"
import * as Source from "./Source.ts"

export const Raw = Asset.external("market/raw", {
  description: "Landed files of prices, by the first letter of their symbol",
  kinds: ["csv"],
  partitions: Letters.byLetter,
  output: Files.files,
  observe: Effect.gen(function* () {
    const found = yield* Effect.forEach(Source.folders, (folder) =>
      Effect.map(Source.list(folder, Source.priceFile), (files) =>
        files.map((file) => ({ ...file, name: `${folder}/${file.name}` }))
      )
    )
    const letters = Map.groupBy(found.flat(), ({ name }) => Letters.of(Source.symbolOf(name)))
    return Array.from(letters, ([partitionKey, files]) => ({ partitionKey, files }))
  })
})
