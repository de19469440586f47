/** The symbol table as it lands. */
import { Asset, Files } from "../../runtime/index.ts"
import * as Effect from "effect/Effect"
import * as Source from "./Source.ts"

export const RawSymbols = Asset.external("market/raw_symbols", {
  description: "Landed symbol table: what trades under which symbol",
  kinds: ["csv"],
  output: Files.files,
  observe: Effect.map(Source.list("", Source.symbolTable), (files) =>
    files.length === 0 ? [] : [{ partitionKey: "" as const, files }]
  )
})
