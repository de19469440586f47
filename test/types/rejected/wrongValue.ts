// Type 'number' is not assignable to type 'string | ReadonlyMap<string, string>'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../../runtime/index.ts"

export const Bad = Asset.make("bad", { output: Value.of(Schema.String), materialize: () => Effect.succeed(1) })
