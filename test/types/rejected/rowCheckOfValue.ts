// is not assignable to type 'Table<unknown>'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, AssetCheck, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", {
  output: Value.of(Schema.Int),
  checks: [AssetCheck.rowCount({ min: 1 })],
  materialize: () => Effect.succeed(1)
})
