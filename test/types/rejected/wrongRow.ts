// Types of property 'title' are incompatible
import * as Effect from "effect/Effect"
import { Asset, Table } from "../../../runtime/index.ts"
import { Posting } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  output: Table.of(Posting),
  materialize: Effect.fn(function* () {
    return yield* Effect.succeed([{ url: "", title: 3, level: 1 }])
  })
})
