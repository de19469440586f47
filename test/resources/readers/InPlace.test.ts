import { appendFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import type { Landed } from "../../../resources/readers/LandedFile.ts"
import * as Sql from "../../../runtime/definition/Sql.ts"
import { type Contents, engine, gzip, land, outcome, readDelimited, readJson } from "./landing.ts"

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

/** What the statements said; before one that reads files in place, something may happen. */
const watched = (before: () => void, statements: Array<string>) => (duckdb: DuckDB["Service"]) =>
  DuckDB.of({
    ...duckdb,
    run: (statement) => {
      const { text } = Sql.compile(statement)
      statements.push(text)
      if (text.includes("file_index")) before()
      return duckdb.run(statement)
    }
  })

const reading = Effect.fnUntraced(function* (files: ReadonlyArray<Landed>, before: () => void = () => {}) {
  const statements: Array<string> = []
  const duckdb = watched(before, statements)(yield* DuckDB)
  const read = Delimited.read({ files, row: CsvRow, dialect: Delimited.csv, onRefused: "skip" })
  const found = yield* outcome(yield* Effect.provideService(read, DuckDB, duckdb))
  return { ...found, statements }
})

const landAll = (contents: Contents) => land(contents)

layer(engine)("files that are read where they lie", (it) => {
  it.effect(
    "have their lines numbered as they stand, whatever threads read them",
    () =>
      Effect.gen(function* () {
        const json = yield* landAll(Object.fromEntries(lengths.map((n, i) => [`f${i}`, jsonLines(i, n)])))
        const fromJson = yield* JsonLines.read({ files: json, row: Row, onRefused: "fail" })
        assert.deepStrictEqual(yield* wrongPlaces(fromJson.rows, 0), { rows: total, wrong: 0 })
        const csv = yield* landAll(Object.fromEntries(lengths.map((n, i) => [`f${i}`, csvLines(i, n)])))
        const dialect = Delimited.csv
        const fromCsv = yield* Delimited.read({ files: csv, row: CsvRow, dialect, onRefused: "fail" })
        assert.deepStrictEqual(yield* wrongPlaces(fromCsv.rows, 1), { rows: total, wrong: 0 })
      }).pipe(Effect.scoped),
    60_000
  )

  it.effect("are those that are good and as written throughout; of the others nothing is read twice", () =>
    Effect.gen(function* () {
      const files = yield* landAll({
        "good.csv": csvLines(1, 3),
        "blank.csv": `${csvLines(1, 1)}\n`,
        "bad.csv": `${csvLines(1, 2)}x,y\n`,
        "mark.csv": `\ufeff${csvLines(1, 1)}`,
        "packed.csv.gz": gzip(csvLines(1, 2)),
        "odd*[name].csv": csvLines(1, 1),
        "empty.csv": csvLines(1, 0)
      })
      const { counts, rows, statements } = yield* reading(files)
      const inPlace = statements.filter((text) => text.includes("file_index"))
      assert.strictEqual(inPlace.length, 1)
      assert.strictEqual(rows.length, 3 + 1 + 2 + 1 + 2 + 1)
      assert.deepInclude(counts, { good: 10, quarantined: 1, blank: 1 })
    }).pipe(Effect.scoped)
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

  it.effect("hold the same values as lines that are staged, plain or not", () =>
    Effect.gen(function* () {
      const lines = values.join("\n")
      const inPlace = yield* readJson({ "a.jsonl": lines }, Row)
      const staged = yield* readJson({ "a.jsonl": `bad\n${lines}` }, Row)
      // Beside bytes that are no text, no line is taken at a glance.
      const slow = yield* readJson(
        { "a.jsonl": Buffer.concat([Buffer.from("\xff\n", "latin1"), Buffer.from(lines)]) },
        Row
      )
      assert.strictEqual(inPlace.rows.length, values.length)
      const down = inPlace.rows.map((row) => ({ ...row, line: BigInt(String(row.line)) + 1n }))
      assert.deepStrictEqual(staged.rows, down)
      assert.deepStrictEqual(slow.rows, down)
      for (const [index, line] of values.entries()) {
        const { id, name, note = null, ratio } = JSON.parse(line)
        const row = inPlace.rows[index]!
        // The engine keeps no sign of a zero that is written as an integer.
        const values = [Number(row.id) + 0, row.ratio === 0 ? 0 : row.ratio, row.name, row.note]
        assert.deepStrictEqual(values, [id + 0, ratio === 0 ? 0 : ratio, name, note], line)
      }
    })
  )

  it.effect("hold the same values as delimited rows that are staged", () =>
    Effect.gen(function* () {
      const lines = 'id,name\n1,\n2,"a ""b"" c"\n3," x"\n4,é\n'
      const row = Schema.Struct({ id: Schema.Int, name: Schema.NullOr(Schema.String) })
      const inPlace = yield* readDelimited({ "a.csv": lines }, row, Delimited.csv)
      const staged = yield* readDelimited({ "a.csv": `${lines}x,y\n` }, row, Delimited.csv)
      assert.strictEqual(staged.quarantine.length, 1)
      assert.deepStrictEqual(inPlace.rows, staged.rows)
      assert.deepStrictEqual(
        inPlace.rows.map(({ line }) => Number(line)),
        [2, 3, 4, 5]
      )
    })
  )

  it.effect("are refused if they change before the engine is done, and the others are not", () =>
    Effect.gen(function* () {
      for (const added of ["9,x\n", "no row\n"]) {
        const files = yield* landAll({ a: csvLines(1, 3), b: csvLines(2, 2), c: csvLines(3, 4) })
        const { refused, rows } = yield* reading(files, () => appendFileSync(files[1]!.path, added))
        assert.deepStrictEqual(
          refused.map(({ file, reason }) => [file, reason._tag]),
          [["b", "Changed"]]
        )
        assert.deepStrictEqual(
          rows.map(({ file, line }) => `${file}${line}`),
          ["a2", "a3", "a4", "c2", "c3", "c4", "c5"]
        )
      }
    }).pipe(Effect.scoped)
  )
})
