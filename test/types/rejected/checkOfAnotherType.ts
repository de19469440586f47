// Type 'string' is not assignable to type 'number | bigint | null | undefined'
import * as Effect from "effect/Effect"
import { Asset, AssetCheck, sql, Table } from "../../../runtime/index.ts"
import { Posting } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  output: Table.of(Posting),
  checks: [AssetCheck.between("title", 1, 7)],
  materialize: () => Effect.succeed(sql`SELECT 1`)
})
