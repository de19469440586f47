import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SocLevel from "../../../../assets/postings/rollup/SocLevel.ts"
import { DuckDB } from "../../../../resources/DuckDB.ts"
import { sql } from "../../../../runtime/index.ts"

/** Of the structure of 2018: detailed, broad, minor, major. */
const known = {
  "11-1011.00": ["11-1011", "11-1010", "11-1000", "11-0000"],
  "15-1252.00": ["15-1252", "15-1250", "15-1200", "15-0000"],
  "15-1299.08": ["15-1299", "15-1290", "15-1200", "15-0000"],
  "15-2051.01": ["15-2051", "15-2050", "15-2000", "15-0000"],
  "29-1218.00": ["29-1218", "29-1210", "29-1000", "29-0000"],
  "29-1223.00": ["29-1223", "29-1210", "29-1000", "29-0000"],
  "29-1241.00": ["29-1241", "29-1240", "29-1000", "29-0000"],
  "31-1121.00": ["31-1121", "31-1120", "31-1100", "31-0000"],
  "51-5112.00": ["51-5112", "51-5110", "51-5100", "51-0000"],
  "51-4041.00": ["51-4041", "51-4040", "51-4000", "51-0000"],
  "99-9999.00": ["99-9999.00", "99-9999.00", "99-9999.00", "99-9999.00"]
}

layer(DuckDB.layer)("an occupation", (it) => {
  describe("of the classification of 2018", () => {
    it.effect("belongs to a group at each level, and an unknown one to its own", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const groups = SocLevel.SocLevel.literals.map((level) => SocLevel.group(level, sql`code`))
        for (const [code, expected] of Object.entries(known)) {
          const [row] = yield* duckdb.query(
            sql`SELECT [${groups[0]!}, ${groups[1]!}, ${groups[2]!}, ${groups[3]!}] AS found FROM (SELECT ${code} AS code)`
          )
          assert.deepStrictEqual(row!.found, expected)
        }
      })
    )
  })
})
