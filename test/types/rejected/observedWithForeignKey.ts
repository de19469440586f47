// is not assignable to type 'DayKey'
import * as Effect from "effect/Effect"
import { Asset, Files } from "../../../runtime/index.ts"
import { daily } from "../accepted.ts"

export const Bad = Asset.external("bad", {
  partitions: daily,
  output: Files.files,
  observe: Effect.succeed([{ partitionKey: "us" as const, version: "1" }])
})
