// Property 'levle' is missing in type
import * as Effect from "effect/Effect"
import { Asset, AssetCheck, sql, Table } from "../../../runtime/index.ts"
import { Posting } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  output: Table.of(Posting),
  checks: [AssetCheck.between("levle", 1, 7)],
  materialize: () => Effect.succeed(sql`SELECT 1`)
})
