// Property 'partition' does not exist on type '{}'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", {
  output: Value.of(Schema.String),
  materialize: ({ partition }) => Effect.succeed(partition.key)
})
