// Property 'partitions' does not exist on type
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"
import { daily } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  partitions: daily,
  output: Value.of(Schema.Int),
  materialize: ({ partitions }) => Effect.succeed(partitions.length)
})
