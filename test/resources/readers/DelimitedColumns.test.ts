import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as DelimitedColumns from "../../../resources/readers/DelimitedColumns.ts"
import { make } from "../../../resources/readers/DelimitedJudge.ts"
import { type DelimitedRules, type Dialect, rules } from "../../../resources/readers/DelimitedRules.ts"
import * as SchemaShape from "../../../resources/readers/SchemaShape.ts"
import { sql } from "../../../runtime/definition/Sql.ts"
import { random } from "./corpus.ts"
import { engine, land, readDelimited } from "./landing.ts"

const Row = Schema.Struct({
  day: Schema.String.annotate({ duckdb: "DATE" }),
  open: Schema.Finite,
  ratio: Schema.NullOr(Schema.Finite),
  name: Schema.String,
  note: Schema.NullOr(Schema.String),
  volume: Schema.Int.annotate({ duckdb: "INTEGER" }),
  big: Schema.NullOr(Schema.BigInt),
  ok: Schema.Boolean,
  last: Schema.NullOr(Schema.String.annotate({ duckdb: "DATE" }))
})

const rulesOf = (dialect: Dialect, columns = Object.keys(Row.fields)): DelimitedRules =>
  rules(SchemaShape.of(Row), columns, dialect)

/** The same rules for texts of less than a gigabyte, which the kernel does not know: with them, no row is plain. */
const withoutKernel = ({ row, ...given }: DelimitedRules): DelimitedRules => ({
  ...given,
  row: {
    ...row,
    fields: row.fields.map(({ shape, ...field }) => ({
      ...field,
      shape: shape._tag === "Text" ? { ...shape, maxLength: 2 ** 30 } : shape
    }))
  }
})

const verdict = (given: DelimitedRules, bytes: Uint8Array) => {
  const { text, rejects, ...counts } = make(given)({ bytes, index: 3, isFirst: true, isLast: true }, undefined)
  return { ...counts, text: Buffer.from(text).toString("latin1"), rejects: Buffer.from(rejects).toString("latin1") }
}

/** How many of the first lines the kernel takes. */
const takenOf = (given: DelimitedRules, lines: string): number => {
  const columns = DelimitedColumns.make(given)
  const bytes = Buffer.from(lines)
  do {
    columns.open(bytes)
    columns.read(0, bytes.length, 1)
  } while (columns.isFull())
  return columns.rows()
}

const csv: Dialect = { ...Delimited.csv, header: "none" }

const good = "2021-01-27,122.08000183105469,-0.5,Agilent,x y,1890034,-922337203685477580,true,2020-12-31"

describe("a plain row", () => {
  it("holds days, numbers, flags, texts without doubled quotes, and what stands for null", () => {
    const plain = [
      good,
      "0001-10-01,0,,é,,-5,,false,",
      '2000-02-29,-0,0.12345678901234567,"a, b","",-2147483648,0,true,1999-04-30',
      "9999-12-31,1234567890123456.7,,a longer text than sixteen bytes,NULL,1,,true,NULL"
    ]
    for (const end of ["\n", "\r\n"]) {
      const lines = plain.map((line) => `${line}${end}`).join("")
      assert.strictEqual(takenOf(rulesOf({ ...csv, nulls: ["", "NULL"] }), lines), plain.length)
    }
    const rest = [
      "2021-02-29,1,,a,,1,,true,",
      "2021-04-31,1,,a,,1,,true,",
      "2021-13-01,1,,a,,1,,true,",
      "0000-01-01,1,,a,,1,,true,",
      "2021-1-01,1,,a,,1,,true,",
      "2021-01-00,1,,a,,1,,true,",
      ",1,,a,,1,,true,",
      "2021-01-01,,,a,,1,,true,",
      "2021-01-01,01,,a,,1,,true,",
      "2021-01-01,1.,,a,,1,,true,",
      "2021-01-01,.5,,a,,1,,true,",
      "2021-01-01,1e5,,a,,1,,true,",
      "2021-01-01,1234567890123456,,a,,1,,true,",
      "2021-01-01,1.23456789012345678,,a,,1,,true,",
      "2021-01-01,1,,,,1,,true,",
      '2021-01-01,1,,"a""b",,1,,true,',
      '2021-01-01,1,,a"b,,1,,true,',
      '2021-01-01,1,,"a"b,,1,,true,',
      '2021-01-01,"1",,a,,1,,true,',
      "2021-01-01,1,,a,,1.0,,true,",
      "2021-01-01,1,,a,,2147483648,,true,",
      "2021-01-01,1,,a,,1,1234567890123456789,true,",
      "2021-01-01,1,,a,,1,,True,",
      "2021-01-01,1,,a,,1,,true",
      "2021-01-01,1,,a,,1,,true,,",
      "2021-01-01,1,,a\0,,1,,true,",
      "2021-01-01,1,,a\rb,,1,,true,",
      ""
    ]
    for (const line of rest) assert.strictEqual(takenOf(rulesOf(csv), `${line}\n`), 0, line)
  })

  it("is looked for only where the judge would say the same", () => {
    const Texts = Schema.Struct({ a: Schema.String, b: Schema.String })
    const of = (row: Schema.Struct<Schema.Struct.Fields>, dialect: Dialect, columns = ["a", "b"]) =>
      rules(SchemaShape.of(row), columns, dialect)
    assert.strictEqual(takenOf(of(Texts, csv), "a,b\n"), 1)
    assert.strictEqual(takenOf(of(Texts, Delimited.csv), "aa,b\na,b\n"), 1, "the header again would be a row")
    assert.strictEqual(takenOf(of(Texts, Delimited.csv), '"a","b"\n'), 0, "the header again would be a row")
    assert.strictEqual(takenOf(of(Texts, { ...csv, delimiter: " " }), "a b\n"), 0, "a blank line would be a row")
    assert.strictEqual(takenOf(of(Texts, { ...csv, delimiter: "5" }), "a5b\n"), 0, "a number would not end")
    assert.strictEqual(takenOf(of(Schema.Struct({ a: Schema.String }), csv, ["a"]), "a\n"), 0)
    const limited = Schema.Struct({ a: Schema.String.check(Schema.isMaxLength(3)), b: Schema.String })
    assert.strictEqual(takenOf(of(limited, csv), "a,b\n"), 0)
  })

  const dialects: ReadonlyArray<Dialect> = [
    csv,
    Delimited.tsv,
    Delimited.csv,
    { delimiter: ";", quote: "'", header: "none", nulls: [] },
    { delimiter: "|", quote: '"', header: "required", nulls: ["", "NA", "0", 'a"', "x|y"] }
  ]

  for (const dialect of dialects) {
    it(`is judged and stored as without the kernel, whatever bytes change: ${JSON.stringify(dialect)}`, () => {
      const { below, pick } = random(dialect.delimiter.charCodeAt(0))
      const given = rulesOf(dialect, ["day", "open", "ratio", "name", "extra", "note", "volume", "big", "ok", "last"])
      const line = good.replace("Agilent", "Agilent,more")
      const pieces = [
        ..."0123456789-.,,,e\"'\t;|\0 é",
        "\r",
        "\n",
        "\r\n",
        "",
        "00",
        "-0",
        "29",
        "30",
        "31",
        "0000",
        ',"',
        '",',
        '""',
        "NA",
        "false",
        "\xff"
      ]
      const header = dialect.header === "required" ? `${given.columns.join(dialect.delimiter)}\n` : ""
      const digits = () => Array.from({ length: below(19) }, () => below(10)).join("")
      let taken = 0
      for (let round = 0; round < 300; round++) {
        const lines = Array.from({ length: 30 }, () => {
          let text = below(2) === 0 ? line : line.replace("122.08000183105469", `${below(1000)}.${digits()}`)
          if (below(2) === 0)
            text = text.replace("2021-01-27", `${1000 + below(9000)}-0${1 + below(9)}-${10 + below(22)}`)
          for (let change = below(4); change > 0; change--) {
            const at = below(text.length + 1)
            text = text.slice(0, at) + pick(pieces) + text.slice(at + below(3))
          }
          return text.replaceAll(",", dialect.delimiter) + (below(5) === 0 ? "\r" : "")
        })
        const encoding = round % 10 === 0 ? "latin1" : "utf8"
        const bytes = Buffer.from(`${header}${lines.join("\n")}\n`, encoding)
        const found = verdict(given, bytes)
        assert.deepStrictEqual(found, verdict(withoutKernel(given), bytes))
        taken += lines.reduce((sum, line) => sum + takenOf(given, `${line}\n`), 0)
      }
      assert.ok(taken > 1000, String(taken))
    })
  }
})

layer(engine)("values that the kernel stores", (it) => {
  it.effect("are those that the engine reads from their text", () =>
    Effect.gen(function* () {
      const { below } = random(7)
      const number = () => {
        const digits = Array.from({ length: 1 + below(17) }, () => below(10)).join("")
        const point = below(digits.length + 1)
        const whole = digits.slice(0, point).replace(/^0+(?=.)/, "") || "0"
        return `${below(2) === 0 ? "-" : ""}${whole}${point < digits.length ? `.${digits.slice(point)}` : ""}`
      }
      // Half way between two doubles, and next to it.
      const halves = Array.from({ length: 2_000 }, (_, n) => 2 ** 53 + 2 * n + 1).flatMap((n) =>
        [0, 1, 2, 3].map((places) => {
          const digits = String(n)
          return places === 0 ? `${digits}.0` : `${digits.slice(0, -places)}.${digits.slice(-places)}`
        })
      )
      const floats = Array.from({ length: 4_000 }, () =>
        String(Math.fround((below(10 ** 9) / 10 ** 9) * 10 ** (below(9) - 2)))
      )
      const numbers = [...Array.from({ length: 40_000 }, number), ...halves, ...floats.filter((x) => !x.includes("e"))]
      const days = numbers.map((_, n) => new Date(Date.UTC(0, 0, 1) + ((n * 67) % 2_950_000) * 86_400_000))
      const shown = days.map((day) => day.toISOString().slice(0, 10))
      const lines = numbers.map((x, n) => `${x},${x},${shown[n]},${shown[n]}\n`)
      const row = Schema.Struct({
        x: Schema.Finite,
        text: Schema.String,
        day: Schema.String.annotate({ duckdb: "DATE" }),
        dayText: Schema.String
      })
      const columns = Object.keys(row.fields)
      const files = yield* land({ "a.csv": lines.join("") })
      const { counts, rows } = yield* Delimited.read({ files, row, columns, dialect: csv, onRefused: "fail" })
      assert.ok(counts.good > 45_000)
      const taken = takenOf(
        rules(SchemaShape.of(row), columns, csv),
        lines.filter((line) => /\d\.\d/.test(line)).join("")
      )
      assert.ok(taken > 30_000, String(taken))
      const wrong = yield* DuckDB.use((duckdb) =>
        duckdb.query(sql`
          SELECT x, text, day, dayText FROM ${rows}
          WHERE x IS DISTINCT FROM CAST(text AS DOUBLE) OR signbit(x) <> starts_with(text, '-')
            OR day IS DISTINCT FROM CAST(dayText AS DATE) LIMIT 5`)
      )
      assert.deepStrictEqual(wrong, [])
    }).pipe(Effect.scoped)
  )

  it.effect("grow with what they hold, up to values of megabytes and thousands of rows", () =>
    Effect.gen(function* () {
      const row = Schema.Struct({ id: Schema.Int, text: Schema.String, note: Schema.NullOr(Schema.String) })
      const lengths = [1, 300_000, 2, 70_000, 0, 1_000_000, ...Array.from({ length: 5_000 }, (_, n) => n % 90)]
      const lines = lengths.map(
        (n, id) => `${id},${n % 2 ? '"' : ""}${"é".repeat(n)}${n % 2 ? '"' : ""},${n % 3 ? "x" : ""}\n`
      )
      const nulls = { ...csv, nulls: ["-"] }
      const { rows } = yield* readDelimited({ "a.csv": lines.join("") }, row, nulls)
      assert.deepStrictEqual(
        rows.map(({ text }) => String(text).length),
        lengths
      )
      assert.ok(rows.every(({ note }, n) => note === (lengths[n]! % 3 ? "x" : "")))
    })
  )
})
