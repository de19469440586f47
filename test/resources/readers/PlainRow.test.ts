import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import { make } from "../../../resources/readers/DelimitedJudge.ts"
import { type DelimitedRules, type Dialect, rules } from "../../../resources/readers/DelimitedRules.ts"
import * as PlainRow from "../../../resources/readers/PlainRow.ts"
import * as SchemaShape from "../../../resources/readers/SchemaShape.ts"
import { random } from "./corpus.ts"

const Row = Schema.Struct({
  day: Schema.String.annotate({ duckdb: "DATE" }),
  open: Schema.Finite,
  ratio: Schema.NullOr(Schema.Finite),
  name: Schema.String,
  note: Schema.NullOr(Schema.String),
  volume: Schema.Int,
  last: Schema.NullOr(Schema.String.annotate({ duckdb: "DATE" }))
})

const rulesOf = (dialect: Dialect, columns = Object.keys(Row.fields)): DelimitedRules =>
  rules(SchemaShape.of(Row), columns, dialect)

/** The same rules with one more text for null, which no test holds: with it, no row is plain. */
const withoutPlain = (given: DelimitedRules): DelimitedRules => ({ ...given, nulls: [...given.nulls, "\u0001"] })

const verdict = (given: DelimitedRules, bytes: Uint8Array) => {
  const { text, rejects, ...counts } = make(given)({ bytes, index: 3, isFirst: true, isLast: true }, undefined)
  return { ...counts, text: Buffer.from(text).toString("latin1"), rejects: Buffer.from(rejects).toString("latin1") }
}

const isPlain = (given: DelimitedRules, line: string): boolean => {
  const bytes = Buffer.from(`${line}\n`)
  return PlainRow.copy(PlainRow.make(given)!, bytes, 0, Buffer.alloc(bytes.length), 0) >= 0
}

const csv: Dialect = { ...Delimited.csv, header: "none" }

const dialects: ReadonlyArray<Dialect> = [
  csv,
  Delimited.tsv,
  Delimited.csv,
  { delimiter: ";", quote: "'", header: "none", nulls: [] }
]

const good = "2021-01-27,122.08000183105469,-0.5,Agilent,x y,1890034,2020-12-31"

describe("a plain row", () => {
  it("holds days, numbers, texts without quotes and empty values", () => {
    const plain = [good, "0001-10-01,0,,é,,-5,", "2000-02-28,-0,0.00000000000000012345678901234567,a,,0,1999-04-30"]
    for (const line of plain) assert.ok(isPlain(rulesOf(csv), line), line)
    const rest = [
      "2021-02-29,1,,a,,1,",
      "2021-04-31,1,,a,,1,",
      "2021-13-01,1,,a,,1,",
      "0000-01-01,1,,a,,1,",
      "2021-1-01,1,,a,,1,",
      "2021-01-00,1,,a,,1,",
      ",1,,a,,1,",
      "2021-01-01,,,a,,1,",
      "2021-01-01,01,,a,,1,",
      "2021-01-01,1.,,a,,1,",
      "2021-01-01,.5,,a,,1,",
      "2021-01-01,1e5,,a,,1,",
      "2021-01-01,1234567890123456,,a,,1,",
      "2021-01-01,1.23456789012345678,,a,,1,",
      "2021-01-01,1,,,,1,",
      '2021-01-01,1,,"a",,1,',
      "2021-01-01,1,,a,,1.0,",
      "2021-01-01,1,,a,,1234567890123456,",
      "2021-01-01,1,,a,,1",
      "2021-01-01,1,,a,,1,,",
      "2021-01-01,1,,a\0,,1,",
      ""
    ]
    for (const line of rest) assert.notOk(isPlain(rulesOf(csv), line), line)
  })

  it("is looked for only where the judge would say the same", () => {
    const Texts = Schema.Struct({ a: Schema.String, b: Schema.String })
    const Flags = Schema.Struct({ a: Schema.String, b: Schema.Boolean })
    const of = (row: Schema.Struct<Schema.Struct.Fields>, dialect: Dialect, columns = ["a", "b"]) =>
      PlainRow.make(rules(SchemaShape.of(row), columns, dialect))
    assert.isDefined(of(Texts, csv))
    assert.isUndefined(of(Texts, Delimited.csv), "the header again would be a row")
    assert.isUndefined(of(Texts, { ...csv, delimiter: " " }), "a blank line would be a row")
    assert.isUndefined(of(Texts, { ...csv, delimiter: "5" }), "a number would not end")
    assert.isUndefined(of(Texts, { ...csv, nulls: ["NA"] }), "NA would be a text")
    assert.isUndefined(of(Flags, csv))
    assert.isUndefined(of(Schema.Struct({ a: Schema.String }), csv, ["a"]))
  })

  for (const dialect of dialects) {
    it(`is judged as without looking for it, whatever bytes change: ${JSON.stringify(dialect)}`, () => {
      const { below } = random(dialect.delimiter.charCodeAt(0))
      const given = rulesOf(dialect, ["day", "open", "ratio", "name", "extra", "note", "volume", "last"])
      const line = good.replace("Agilent", "Agilent,more")
      const pieces = [
        ..."0123456789-.,,,e\"'\t;\0 é",
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
        "\xff"
      ]
      const header = dialect.header === "required" ? `${given.columns.join(dialect.delimiter)}\n` : ""
      let plain = 0
      for (let round = 0; round < 300; round++) {
        const lines = Array.from({ length: 30 }, () => {
          let text = line
          for (let change = below(4); change > 0; change--) {
            const at = below(text.length + 1)
            text = text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at + below(3))
          }
          return text.replaceAll(",", dialect.delimiter) + (below(5) === 0 ? "\r" : "")
        })
        const encoding = round % 10 === 0 ? "latin1" : "utf8"
        const bytes = Buffer.from(`${header}${lines.join("\n")}\n`, encoding)
        const found = verdict(given, bytes)
        assert.deepStrictEqual(found, verdict(withoutPlain(given), bytes))
        plain += found.good
      }
      assert.ok(plain > 1000, String(plain))
    })
  }
})
