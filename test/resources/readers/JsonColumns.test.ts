import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as ColumnLayout from "../../../resources/readers/ColumnLayout.ts"
import * as JsonColumns from "../../../resources/readers/JsonColumns.ts"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import * as JsonRow from "../../../resources/readers/JsonRow.ts"
import * as SchemaShape from "../../../resources/readers/SchemaShape.ts"
import { sql } from "../../../runtime/definition/Sql.ts"
import { random } from "./corpus.ts"
import { engine, land } from "./landing.ts"

const Row = Schema.Struct({
  id: Schema.Int,
  ratio: Schema.NullOr(Schema.Finite),
  good: Schema.Boolean,
  name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  tags: Schema.Array(Schema.NullOr(Schema.String)),
  place: Schema.optionalKey(
    Schema.NullOr(
      Schema.Struct({
        'ci"ty': Schema.String,
        lines: Schema.Array(Schema.Array(Schema.Finite)),
        open: Schema.optionalKey(Schema.Boolean)
      })
    )
  ),
  stops: Schema.NullOr(Schema.Array(Schema.Struct({ at: Schema.Int, tags: Schema.NullOr(Schema.Array(Schema.Int)) }))),
  counts: Schema.Record(Schema.String, Schema.NullOr(Schema.Array(Schema.Int)))
})

type Dice = ReturnType<typeof random>

const texts = [
  "",
  "a",
  "a text of more than sixteen bytes",
  'say "hi"\n',
  "\\/\b\f\t\r",
  "é€😀",
  "\u0000\u001f",
  "]},:["
]
const numbers = [0, -1, 0.5, -0.001, 39.8, 1e15, 123456.78901234567, 5e-324, 1.7976931348623157e308, 0.1 + 0.2]

const many = <A>(dice: Dice, item: () => A): ReadonlyArray<A> => Array.from({ length: dice.below(4) }, item)

const maybe = <A>(dice: Dice, value: A): A | null => (dice.below(4) === 0 ? null : value)

const shuffled = (dice: Dice, value: object): object =>
  dice.below(3) === 0 ? Object.fromEntries(Object.entries(value).sort(() => dice.below(2) - 0.5)) : value

/** Without a key where its value is undefined. */
const rowOf = (dice: Dice, id: number): object => {
  const int = () => dice.pick([0, -7, dice.below(10 ** 9), Number.MAX_SAFE_INTEGER])
  const stop = () => shuffled(dice, { at: int(), tags: maybe(dice, many(dice, int)) })
  const place = {
    'ci"ty': dice.pick(texts),
    lines: many(dice, () => many(dice, () => dice.pick(numbers))),
    open: dice.below(2) === 0 ? undefined : dice.below(2) === 0
  }
  return shuffled(dice, {
    id,
    ratio: maybe(dice, dice.pick(numbers)),
    good: dice.below(2) === 0,
    name: dice.below(4) === 0 ? undefined : maybe(dice, dice.pick(texts)),
    tags: many(dice, () => maybe(dice, dice.pick(texts))),
    place: dice.below(4) === 0 ? undefined : maybe(dice, shuffled(dice, place)),
    stops: maybe(dice, many(dice, stop)),
    counts: dice.below(4) > 0 ? {} : { [dice.pick(texts)]: maybe(dice, many(dice, int)), other: [1] }
  })
}

/** As JSON.stringify writes it, or with blanks, or with escapes where none are needed. */
const lineOf = (dice: Dice, row: object): string => {
  const spaced = JSON.stringify(row, null, dice.below(3) === 0 ? 1 : undefined).replaceAll(/\n */g, " ")
  return dice.below(3) === 0
    ? spaced.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : spaced
}

const linesOf = (seed: number, count: number): ReadonlyArray<string> => {
  const dice = random(seed)
  return Array.from({ length: count }, (_, id) => lineOf(dice, rowOf(dice, id)))
}

/** What is absent is null, and so it is in the table. */
const asStored = (line: string): object => {
  const { name = null, place = null, ...row } = JSON.parse(line)
  return { ...row, name, place: place === null ? null : { ...place, open: place.open ?? null } }
}

const shape = SchemaShape.of(Row)

layer(engine)("columns of JSON lines", (it) => {
  it.effect("take no line that the judge does not take, whatever bytes change", () =>
    Effect.sync(() => {
      const dice = random(3)
      const columns = JsonColumns.make(ColumnLayout.make(shape))
      const judge = JsonRow.make(shape)
      const bytesOf = Buffer.from('{}[]",:\\ntfu0123456789.-+eE \t\r\0x')
      const lines = linesOf(4, 500)
      const kinds = { taken: 0, judged: 0, bad: 0 }
      for (let trial = 0; trial < 60_000; trial++) {
        const line = Buffer.from(`${dice.pick(lines)}\n`)
        for (let change = dice.below(3); change > 0; change--) {
          line[dice.below(line.length - 1)] = dice.pick([...bytesOf])
        }
        const bytes = new Uint8Array(line)
        do {
          columns.open(bytes)
          columns.read(0, bytes.length, 1)
        } while (columns.isFull())
        judge.open(bytes)
        const isGood = judge.line(0) === bytes.length - 1
        const isTaken = columns.rows() === 1
        assert.ok(isGood || !isTaken, line.toString())
        kinds[isTaken ? "taken" : isGood ? "judged" : "bad"]++
      }
      assert.ok(kinds.taken > 5_000 && kinds.judged > 5_000 && kinds.bad > 10_000, JSON.stringify(kinds))
    })
  )

  it.effect("hold what the lines say, whether the kernel took them or the judge", () =>
    Effect.gen(function* () {
      const lines = linesOf(5, 4_000)
      const [plain, judged] = yield* land({
        plain: `${lines.join("\n")}\n`,
        judged: `${lines.map((line) => line.replace("{", '{"undeclared":[{"id":"}\\""}],')).join("\n")}\n`
      })
      for (const file of [plain!, judged!]) {
        const { counts, rows } = yield* JsonLines.read({ files: [file], row: Row, onRefused: "fail" })
        assert.deepInclude(counts, { good: lines.length, quarantined: 0 })
        const stored = yield* DuckDB.use((duckdb) =>
          duckdb.query(sql`SELECT hex(to_json(r)::VARCHAR) AS row FROM ${rows} r ORDER BY line`)
        )
        for (const [index, { row }] of stored.entries()) {
          const { file: name, line, partition_key, ...values } = JSON.parse(Buffer.from(String(row), "hex").toString())
          assert.deepStrictEqual(values, asStored(lines[index]!), lines[index])
          assert.deepStrictEqual([name, line, partition_key], [file.name, index + 1, ""])
        }
      }
    }).pipe(Effect.scoped)
  )

  it.effect("hold days, with escapes or without, and beside what is not declared", () =>
    Effect.gen(function* () {
      const row = Schema.Struct({ day: Schema.NullOr(Schema.String.annotate({ duckdb: "DATE" })) })
      const days = ["2025-06-01", "2025\\u002d06\\u002D01", "2024-02-29", "0001-01-01", "9999-12-31", "1970-01-01"]
      const lines = days.flatMap((day) => [`{"day":"${day}"}`, `{"day":"${day}","x":1}`])
      const files = yield* land({ a: [...lines, '{"day":null}', '{"day":"2025-02-29"}', ""].join("\n") })
      const { counts, rows } = yield* JsonLines.read({ files, row, onRefused: "fail" })
      assert.deepInclude(counts, { good: lines.length + 1, quarantined: 1 })
      const found = yield* DuckDB.use((duckdb) =>
        duckdb.query(sql`SELECT day::VARCHAR AS day FROM ${rows} ORDER BY line`)
      )
      const expected = days.map((day): string => JSON.parse(`"${day}"`)).flatMap((day) => [day, day])
      assert.deepStrictEqual(
        found.map(({ day }) => day),
        [...expected, null]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("grow with what they hold, up to a line of megabytes and a list of many thousands", () =>
    Effect.gen(function* () {
      const row = Schema.Struct({
        text: Schema.String,
        list: Schema.Array(Schema.NullOr(Schema.Int)),
        json: Schema.Json
      })
      const long = (n: number) => ({
        text: "é".repeat(n),
        list: Array.from({ length: n }, (_, i) => (i % 3 ? i : null))
      })
      const values = [1, 300_000, 2, 70_000, 0, 1_000_000].map((n) => ({ ...long(n), json: { s: '"'.repeat(n) } }))
      const files = yield* land({ a: values.map((value) => `${JSON.stringify(value)}\n`).join("") })
      const { rows } = yield* JsonLines.read({ files, row, onRefused: "fail" })
      const found = yield* DuckDB.use((duckdb) =>
        duckdb.query(
          sql`SELECT length(text) AS text, len(list) AS list, list_count(list) AS filled, length(json->>'s') AS json FROM ${rows} ORDER BY line`
        )
      )
      assert.deepStrictEqual(
        found.map((row) => Object.values(row).map(Number)),
        values.map(({ list, text }) => [text.length, list.length, list.filter((n) => n !== null).length, text.length])
      )
    }).pipe(Effect.scoped)
  )
})
