import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import { random } from "./corpus.ts"
import { anyText, day, number, ofFile } from "./delimitedReference.ts"
import { engine, readDelimited } from "./landing.ts"
import { bigint, decimal, differences, double, flag } from "./reference.ts"

const Row = Schema.Struct({
  id: Schema.BigInt,
  name: Schema.String,
  note: Schema.NullOr(Schema.String),
  day: Schema.NullOr(Schema.String.annotate({ duckdb: "DATE" })),
  price: Schema.NullOr(Schema.String.annotate({ duckdb: "DECIMAL(12,3)" })),
  ratio: Schema.NullOr(Schema.Number),
  ok: Schema.NullOr(Schema.Boolean)
})

const columns = {
  id: { column: number(bigint), nullable: false },
  name: { column: anyText, nullable: false },
  note: { column: anyText, nullable: true },
  day: { column: day, nullable: true },
  price: { column: number(decimal(12, 3)), nullable: true },
  ratio: { column: number(double), nullable: true },
  ok: { column: flag, nullable: true }
}

const dialects = {
  csv: Delimited.csv,
  tsv: Delimited.tsv,
  semicolons: { delimiter: ";", quote: "'", header: "required", nulls: ["", "NA"] },
  bars: { delimiter: "|", quote: '"', header: "none", nulls: [] },
  named: { delimiter: ",", quote: '"', header: "none", nulls: ["\\N"] }
} satisfies Record<string, Delimited.Dialect>

/** In the words of CSV; commas and quotes become those of a dialect. */
const lines = [
  "12,ab é😀,x,2025-06-01,123456789.125,-0.5e3,true",
  '7,"a ""b"", c","",2024-02-29,-0.5,1e-7,false',
  "-9223372036854775808,x,NA,1999-12-31,0,0,true",
  '"1","two\nlines","x\r\ny","2025-01-01","1","1","true"',
  "0,x,,,,,",
  " 5,=1+1,#x,2025-13-01,1.1234,1,no"
]

const pieces = [
  ..."\n\r\t \"',;|\\N-+.eE059#/",
  "\r\n",
  '""',
  '","',
  ',"',
  '",',
  "NA",
  "\\N",
  "null",
  "inf",
  "nan",
  "1e999",
  "007",
  "1_000",
  "0x1",
  "true",
  "t",
  "2025-02-30",
  "2025-1-1",
  "2025-06-01 00:00:00",
  "infinity",
  "epoch",
  "9223372036854775808",
  "\ufeff",
  "\u00a0",
  "\u2028",
  "id,name,note,day,price,ratio,ok",
  "é"
].map((piece) => Buffer.from(piece))

const bytes = [[0], [1], [0x0b], [0x7f], [0x80], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80]].map((piece) =>
  Buffer.from(piece)
)

type Dice = ReturnType<typeof random>

const mutated = (line: Uint8Array, dice: Dice): Buffer => {
  const at = dice.below(line.length + 1)
  const end = Math.min(line.length, at + 1 + dice.below(4))
  const piece = dice.pick(dice.below(8) === 0 ? bytes : pieces)
  switch (dice.below(4)) {
    case 0:
      return Buffer.concat([line.subarray(0, at), line.subarray(end)])
    case 1:
      return Buffer.concat([line.subarray(0, end), line.subarray(at)])
    case 2:
      return Buffer.concat([line.subarray(0, at), piece, line.subarray(end)])
  }
  return Buffer.concat([line.subarray(0, at), piece, line.subarray(at)])
}

/** Some records with none to three mutations each, behind a header, if any, and a row that shows that it is UTF-8. */
const file = ({ delimiter, header, quote }: Delimited.Dialect, seed: number): Buffer => {
  const dice = random(seed * 2_654_435_761)
  const said = (text: string) =>
    Buffer.from(text.replace(/[,"]/g, (c) => (c === "," ? delimiter : quote === "none" ? c : quote)))
  const first = `1,é,,,,,${dice.below(2) === 0 ? "\r" : ""}\n`.replace(",,,,,", ",x,2025-06-01,1,1,true")
  const parts: Array<Uint8Array> = [
    Buffer.from(dice.below(8) === 0 ? "\ufeff" : ""),
    said(header === "required" ? `${Object.keys(columns).join()}\n${first}` : first)
  ]
  for (let count = dice.below(16); count > 0; count--) {
    let current: Uint8Array = said(dice.pick(lines))
    for (let k = dice.below(4); k > 0; k--) current = mutated(current, dice)
    parts.push(current, Buffer.from(count > 1 || dice.below(2) === 0 ? "\n" : ""))
  }
  return Buffer.concat(parts)
}

layer(engine)("records mutated byte by byte", (it) => {
  it.effect.each(Object.entries(dialects))(
    "are judged and read as their dialect has it: %s",
    ([_, dialect]) =>
      Effect.gen(function* () {
        const seeds = Array.from({ length: 800 }, (_, seed) => seed)
        const files = new Map(seeds.map((seed) => [`${seed}.csv`, file(dialect, seed)]))
        const { rows, quarantine, counts, refused } = yield* readDelimited(Object.fromEntries(files), Row, dialect)
        const goods = Map.groupBy(rows, (row) => String(row.file))
        const bads = Map.groupBy(quarantine, (row) => row.file)
        const found = refused.map(({ message }) => message)
        const sum = { good: 0, quarantined: 0, blank: 0 }
        for (const [name, content] of files) {
          const reference = ofFile(content, columns, dialect)
          const { bad, blank, good } = reference
          sum.good += good.size
          sum.quarantined += bad.size
          sum.blank += blank
          const lines = good.size + bad.size + blank
          const wrong = differences(reference, goods.get(name) ?? [], bads.get(name) ?? [], { lines, blank })
          found.push(
            ...wrong.map((difference) => `${name}: ${difference} in ${JSON.stringify(content.toString("latin1"))}`)
          )
        }
        assert.deepStrictEqual(found.slice(0, 5), [])
        assert.deepInclude(counts, sum)
        assert.strictEqual(counts.lines, sum.good + sum.quarantined + sum.blank)
        assert.isTrue(sum.good > 1000 && sum.quarantined > 1000)
      }),
    60_000
  )
})
