// Type 'string' is not assignable to type 'Upstream'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", {
  deps: { count: "postings/count" },
  output: Value.of(Schema.Int),
  materialize: () => Effect.succeed(1)
})
