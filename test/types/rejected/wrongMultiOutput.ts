// Property 'size' is missing in type
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, sql, Table, Value } from "../../../runtime/index.ts"
import { Posting } from "../accepted.ts"

export const Bad = Asset.multi({
  outputs: {
    train: { key: "bad/train", output: Table.of(Posting) },
    size: { key: "bad/size", output: Value.of(Schema.Int) }
  },
  materialize: () => Effect.succeed({ train: sql`SELECT 1` })
})
