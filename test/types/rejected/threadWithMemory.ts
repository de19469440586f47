// 'thread' does not exist in type
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", {
  output: Value.of(Schema.Int),
  isolation: { thread: { memory: "1 GiB" } },
  materialize: () => Effect.succeed(1)
})
