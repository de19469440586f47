// Property 'nope' does not exist on type '{ readonly n: number; }'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"
import { Count, daily } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  partitions: daily,
  deps: { count: Count },
  output: Value.of(Schema.Int),
  materialize: ({ count }) => Effect.succeed(count.nope)
})
