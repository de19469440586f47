// Type 'string' is not assignable to type 'number'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, RunConfig, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", {
  config: RunConfig.of(Schema.Struct({ top: Schema.Int }), { top: "ten" }),
  output: Value.of(Schema.Int),
  materialize: ({ config }) => Effect.succeed(config.top)
})
