import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import * as Sql from "../../../runtime/definition/Sql.ts"
import { engine, land, readDelimited, readJson } from "./landing.ts"

const Row = Schema.Struct({
  id: Schema.Int,
  ratio: Schema.NullOr(Schema.Finite),
  name: Schema.String,
  note: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const CsvRow = Schema.Struct({ id: Schema.Int, name: Schema.String })

const jsonLines = (file: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `{"id":${i},"ratio":0.5,"name":"${file}"}\n`).join("")

const csvLines = (file: number, count: number): string =>
  `id,name\n${Array.from({ length: count }, (_, i) => `${i},${file}\n`).join("")}`

/** Files of very different lengths: some are read by many threads, and many by one. */
const lengths = [400_000, 3, 0, 700_000, 1, ...Array.from({ length: 150 }, (_, n) => (n * 37) % 401), 300_000]

const wrongPlaces = (rows: Sql.Relation, above: number) =>
  Effect.map(
    DuckDB.use((duckdb) =>
      duckdb.query(
        Sql.sql`SELECT count(*) AS rows, count(*) FILTER (line <> id + 1 + ${above} OR file <> 'f' || name) AS wrong FROM ${rows}`
      )
    ),
    ([found]) => ({ rows: Number(found!.rows), wrong: Number(found!.wrong) })
  )

const total = lengths.reduce((sum, length) => sum + length, 0)

layer(engine)("rows of many files", (it) => {
  it.effect(
    "have their lines numbered as they stand, whatever threads read them",
    () =>
      Effect.gen(function* () {
        const json = yield* land(Object.fromEntries(lengths.map((n, i) => [`f${i}`, jsonLines(i, n)])))
        const fromJson = yield* JsonLines.read({ files: json, row: Row, onRefused: "fail" })
        assert.deepStrictEqual(yield* wrongPlaces(fromJson.rows, 0), { rows: total, wrong: 0 })
        const csv = yield* land(Object.fromEntries(lengths.map((n, i) => [`f${i}`, csvLines(i, n)])))
        const dialect = Delimited.csv
        const fromCsv = yield* Delimited.read({ files: csv, row: CsvRow, dialect, onRefused: "fail" })
        assert.deepStrictEqual(yield* wrongPlaces(fromCsv.rows, 1), { rows: total, wrong: 0 })
      }).pipe(Effect.scoped),
    60_000
  )

  const values = [
    '{"id":1,"ratio":-0.0,"name":""}',
    '{"id":-0,"ratio":-0,"name":" a ","note":null}',
    '{"id": 9007199254740991, "ratio": 0.1, "name": "say \\"hi\\"", "note": "one\\ntwo\\n"}',
    '{"id":123456789012345,"ratio":1.7976931348623157e308,"name":"\\u00e9\\u20ac\\ud83d\\ude00","note":"\\\\n\\/"}',
    '{"id":0,"ratio":null,"name":"a\\tb","note":"\\u001c\\u001f\\u001e\\u0000"}',
    '{"id":2,"ratio":123456.78901234567,"name":"x\\r\\ny","note":"\\b\\f"}',
    '{"id":3,"ratio":5,"name":"NULL","note":"é\u2028,;\'`"}',
    '{"note":"first","id":4,"ratio":100000000000000,"name":"\u007f"}'
  ]

  it.effect("hold the same values whether their lines are plain or not, and beside bad ones", () =>
    Effect.gen(function* () {
      const lines = values.join("\n")
      const alone = yield* readJson({ "a.jsonl": lines }, Row)
      const beside = yield* readJson({ "a.jsonl": `bad\n${lines}` }, Row)
      // Beside bytes that are no text, no line is taken at a glance.
      const slow = yield* readJson(
        { "a.jsonl": Buffer.concat([Buffer.from("\xff\n", "latin1"), Buffer.from(lines)]) },
        Row
      )
      assert.strictEqual(alone.rows.length, values.length)
      const down = alone.rows.map((row) => ({ ...row, line: BigInt(String(row.line)) + 1n }))
      assert.deepStrictEqual(beside.rows, down)
      assert.deepStrictEqual(slow.rows, down)
      for (const [index, line] of values.entries()) {
        const { id, name, note = null, ratio } = JSON.parse(line)
        const row = alone.rows[index]!
        // The engine keeps no sign of a zero that is written as an integer.
        const values = [Number(row.id) + 0, row.ratio === 0 ? 0 : row.ratio, row.name, row.note]
        assert.deepStrictEqual(values, [id + 0, ratio === 0 ? 0 : ratio, name, note], line)
      }
    })
  )

  it.effect("hold the same values in delimited files, beside bad rows", () =>
    Effect.gen(function* () {
      const lines = 'id,name\n1,\n2,"a ""b"" c"\n3," x"\n4,é\n'
      const row = Schema.Struct({ id: Schema.Int, name: Schema.NullOr(Schema.String) })
      const alone = yield* readDelimited({ "a.csv": lines }, row, Delimited.csv)
      const beside = yield* readDelimited({ "a.csv": `${lines}x,y\n` }, row, Delimited.csv)
      assert.strictEqual(beside.quarantine.length, 1)
      assert.deepStrictEqual(alone.rows, beside.rows)
      assert.deepStrictEqual(
        alone.rows.map(({ line }) => Number(line)),
        [2, 3, 4, 5]
      )
    })
  )
})
