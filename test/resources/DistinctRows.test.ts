import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../resources/DistinctRows.ts"
import { DuckDB } from "../../resources/DuckDB.ts"
import { sql } from "../../runtime/index.ts"

const length = (rows: ReadonlyArray<{ readonly text: string }>) => Effect.succeed(rows.map(({ text }) => text.length))

const texts = (values: ReadonlyArray<string>) => ({ sql: sql`(SELECT unnest(CAST(${values} AS VARCHAR[])) AS text)` })

layer(DuckDB.layer)("distinct rows", (it) => {
  describe("with what a function says of them", () => {
    it.effect("are in JavaScript once each", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const asked: Array<string> = []
        const relation = texts(["b", "a", "b", "c", "a"])
        const result = yield* DistinctRows.map(relation, {
          columns: ["text"],
          into: "shout",
          type: "VARCHAR",
          apply: (rows) => {
            asked.push(...rows.map(({ text }) => text))
            return Effect.succeed(rows.map(({ text }) => `${text.toUpperCase()}!`))
          }
        })
        assert.deepStrictEqual(asked.sort(), ["a", "b", "c"])
        assert.strictEqual(result.count, 3)
        const rows = yield* duckdb.query(
          sql`SELECT text, shout FROM ${relation} LEFT JOIN ${result} USING (text) ORDER BY 1`
        )
        assert.deepStrictEqual(
          rows.map((row) => [row.text, row.shout]),
          [
            ["a", "A!"],
            ["a", "A!"],
            ["b", "B!"],
            ["b", "B!"],
            ["c", "C!"]
          ]
        )
      })
    )

    it.effect("keep theirs over several pieces, of several columns", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const relation = { sql: sql`(SELECT 'a' || i AS first, 'b' || (i * 7) AS second FROM range(123456) t(i))` }
        let pieces = 0
        const result = yield* DistinctRows.map(relation, {
          columns: ["first", "second"],
          into: "sum",
          type: "BIGINT",
          apply: (rows) => {
            pieces++
            return Effect.succeed(rows.map((row) => Number(row.first.slice(1)) + Number(row.second.slice(1))))
          }
        })
        assert.strictEqual(pieces, 3)
        const [row] = yield* duckdb.query(
          sql`SELECT count(*) AS n, count(*) FILTER (sum = 8 * CAST(first[2:] AS BIGINT)) AS right FROM ${result}`
        )
        assert.deepStrictEqual([row!.n, row!.right], [123456n, 123456n])
      })
    )

    it.effect("come in smaller pieces where they are long", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const pieces: Array<number> = []
        const result = yield* DistinctRows.map(
          { sql: sql`(SELECT i || repeat('x', 100000) AS text FROM range(300) t(i))` },
          {
            columns: ["text"],
            into: "length",
            type: "INTEGER",
            apply: (rows) => {
              pieces.push(rows.length)
              return length(rows)
            }
          }
        )
        assert.isAtMost(Math.max(...pieces) * 100_000, 8 * 2 ** 20)
        const [row] = yield* duckdb.query(
          sql`SELECT count(*) AS n, count(*) FILTER (length(text) = length) AS right FROM ${result}`
        )
        assert.deepStrictEqual([row!.n, row!.right], [300n, 300n])
      })
    )

    it.effect.prop(
      "hold any text unchanged",
      [Schema.Array(Schema.String.check(Schema.makeFilter((text: string) => text.isWellFormed())))],
      ([values]) =>
        Effect.gen(function* () {
          const duckdb = yield* DuckDB
          const result = yield* DistinctRows.map(texts(values), {
            columns: ["text"],
            into: "same",
            type: "VARCHAR",
            apply: (rows) => Effect.succeed(rows.map(({ text }) => text))
          })
          const rows = yield* duckdb.query(sql`SELECT text, same FROM ${result}`)
          assert.deepStrictEqual(rows.map((row) => row.text).sort(), [...new Set(values)].sort())
          for (const row of rows) assert.strictEqual(row.same, row.text)
        }).pipe(Effect.scoped)
    )

    it.effect("of special text keep theirs", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const values = ["", "\0", "a\0b", "\u001f", '"\\', "\n", "\u2028", "😀", "e\u0301", "é", "NULL"]
        const result = yield* DistinctRows.map(texts(values), {
          columns: ["text"],
          into: "n",
          type: "TINYINT",
          apply: length
        })
        const rows = yield* duckdb.query(sql`SELECT text, n FROM ${result}`)
        assert.deepStrictEqual(
          new Map(rows.map((row) => [row.text, row.n])),
          new Map<unknown, unknown>(values.map((text) => [text, text.length]))
        )
      })
    )

    it.effect("leave out rows that hold NULL, and may be none", () =>
      Effect.gen(function* () {
        const duckdb = yield* DuckDB
        const relation = { sql: sql`(SELECT NULL::VARCHAR AS text)` }
        const result = yield* DistinctRows.map(relation, {
          columns: ["text"],
          into: "n",
          type: "TINYINT",
          apply: length
        })
        assert.strictEqual(result.count, 0)
        assert.deepStrictEqual(yield* duckdb.query(sql`SELECT * FROM ${result}`), [])
      })
    )

    it.effect("fail as the function fails, and when it leaves one out", () =>
      Effect.gen(function* () {
        const failing = DistinctRows.map(texts(["a"]), {
          columns: ["text"],
          into: "n",
          type: "TINYINT",
          apply: () => Effect.fail("no" as const)
        })
        assert.strictEqual(yield* Effect.flip(failing), "no")
        const forgetful = DistinctRows.map(texts(["a", "b"]), {
          columns: ["text"],
          into: "n",
          type: "TINYINT",
          apply: () => Effect.succeed([1])
        })
        assert.include(String(yield* Effect.exit(forgetful)), "n has 1 values for 2 rows")
      })
    )
  })
})
