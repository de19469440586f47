import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DistinctRows from "../../resources/DistinctRows.ts"
import { DuckDB } from "../../resources/DuckDB.ts"
import { sql } from "../../runtime/index.ts"

const digit = (text: string) => Number(text.at(-1)) % 8

layer(DuckDB.layer)("distinct rows that come back as digits", (it) => {
  for (const [name, text] of [
    ["of plain texts", sql`'Ünïcode 😀 ' || i`],
    ["of texts that hold the separator", sql`chr(31) || i || chr(31) || i`]
  ] as const) {
    it.effect(`each have their own, ${name}`, () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const result = yield* DistinctRows.map(
          { sql: sql`(SELECT ${text} AS text FROM range(230000) t(i), range(2))` },
          {
            columns: ["text"],
            into: "digit",
            type: "TINYINT",
            apply: (rows) => Effect.succeed(rows.map(({ text }) => digit(text)))
          }
        )
        const [row] = yield* duckdb.query(
          sql`SELECT count(*) AS n, count(*) FILTER (digit = CAST(right(text, 1) AS TINYINT) % 8) AS right FROM ${result}`
        )
        assert.deepStrictEqual([row!.n, row!.right], [230_000n, 230_000n])
      })
    )
  }
})
