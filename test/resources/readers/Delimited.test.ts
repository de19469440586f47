import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import { engine, gzip, joined, readDelimited } from "./landing.ts"

const Three = Schema.Struct({ a: Schema.String, b: Schema.NullOr(Schema.String), c: Schema.NullOr(Schema.String) })
const csv = Delimited.csv
const tsv = Delimited.tsv
const header = "a,b,c\n"

const values = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => rows.map(({ a, b, c }) => [a, b, c])

/** Rows under a header: the values of the good ones, and line and reason of the bad ones. */
const read = Effect.fnUntraced(function* (body: string | Uint8Array, dialect: Delimited.Dialect = csv) {
  const content = Buffer.concat([Buffer.from(dialect.header === "required" ? header : ""), Buffer.from(body)])
  const { rows, quarantine, counts, refused } = yield* readDelimited({ "a.csv": content }, Three, dialect)
  assert.strictEqual(counts.lines, counts.good + counts.quarantined + counts.blank)
  for (const { byte_offset, raw } of quarantine) {
    if (!raw.startsWith("base64:")) assert.ok(content.subarray(byte_offset).toString().startsWith(raw))
  }
  return {
    values: values(rows),
    lines: rows.map((row) => Number(row.line)),
    bad: quarantine.map(({ line, reason }) => [line, reason] as const),
    raw: quarantine.map(({ raw }) => raw),
    refused: refused.map(({ reason }) => reason),
    counts
  }
})

layer(engine)("a CSV row", (it) => {
  it.effect("with too few or too many values is quarantined with its line", () =>
    Effect.gen(function* () {
      const { values, bad, raw } = yield* read("1,2,3\n1,2\n1,2,3,4\n4,5,6,\n7,8,9\n")
      assert.deepStrictEqual(values, [
        ["1", "2", "3"],
        ["7", "8", "9"]
      ])
      assert.deepStrictEqual(bad, [
        [3, "2 values instead of 3"],
        [4, "4 values instead of 3"],
        [5, "4 values instead of 3"]
      ])
      assert.deepStrictEqual(raw, ["1,2", "1,2,3,4", "4,5,6,"])
    })
  )

  it.effect("may hold delimiters, doubled quotes and line feeds in quotes, and lines stay physical", () =>
    Effect.gen(function* () {
      const { values, lines, bad } = yield* read('"1,","say ""2""","3\n\n4"\r\n5,"","x\r\ny"\nbad\n6,7,"8"\n')
      assert.deepStrictEqual(values, [
        ["1,", 'say "2"', "3\n\n4"],
        ["5", "", "x\r\ny"],
        ["6", "7", "8"]
      ])
      assert.deepStrictEqual(lines, [2, 5, 8])
      assert.deepStrictEqual(bad, [[7, "1 values instead of 3"]])
    })
  )

  it.effect("with a quote that never ends costs its own line only", () =>
    Effect.gen(function* () {
      const reason = "a quoted value has no closing quote; reading goes on with the next line"
      const end = yield* read('1,2,3\n4,"5,6\n7,8,9\n10,11,12\n')
      assert.deepStrictEqual(end.values.length, 3)
      assert.deepStrictEqual(end.bad, [[3, reason]])
      assert.deepStrictEqual(end.raw, ['4,"5,6'])
      const many = joined(Array.from({ length: 100_000 }, (_, i) => `${i},some text here,x`))
      const far = yield* read(Buffer.concat([Buffer.from('4,"5,6\n'), many, many]))
      assert.deepStrictEqual(far.values.length, 200_000)
      assert.deepStrictEqual(far.bad, [[2, reason]])
    })
  )

  it.effect("with a quote that ends more than a mebibyte later costs two lines, not all between", () =>
    Effect.gen(function* () {
      const many = joined(Array.from({ length: 100_000 }, (_, i) => `${i},some text here,x`))
      const { values, bad } = yield* read(Buffer.concat([Buffer.from('4,"5,6\n'), many, Buffer.from('7,8"\n9,9,9\n')]))
      assert.strictEqual(values.length, 100_001)
      assert.deepStrictEqual(bad, [
        [2, "a quoted value has no closing quote; reading goes on with the next line"],
        [100_003, "a quote inside a value that is not quoted"]
      ])
    })
  )

  it.effect("with a quote in the wrong place costs its own line only", () =>
    Effect.gen(function* () {
      const { values, bad } = yield* read('1,"2"x,3\n4,5"6,7\n1, "2",3\n4,"5\n6" ,7\n8,9,10\n"a"b,"c\nd",e\n1,2,3\n')
      assert.deepStrictEqual(values, [
        ["8", "9", "10"],
        ["1", "2", "3"]
      ])
      assert.deepStrictEqual(bad, [
        [2, "text after a closing quote"],
        [3, "a quote inside a value that is not quoted"],
        [4, "a quote inside a value that is not quoted"],
        [5, "text after a closing quote"],
        [6, "a quote inside a value that is not quoted"],
        [8, "text after a closing quote"],
        [9, "a quote inside a value that is not quoted"]
      ])
    })
  )

  it.effect("that is not UTF-8 is quarantined, and one with a NUL byte too", () =>
    Effect.gen(function* () {
      const rows = [
        Buffer.from("é,2,3\n"),
        Buffer.from([0x31, 0xff, 0x2c, 0x32, 0x2c, 0x33, 10]),
        Buffer.from('1,2\0,3\n"4\n\0",5,6\n7,8,9\n')
      ]
      const { values, bad, raw } = yield* read(Buffer.concat(rows))
      assert.deepStrictEqual(values, [
        ["é", "2", "3"],
        ["7", "8", "9"]
      ])
      assert.deepStrictEqual(bad, [
        [3, "not UTF-8"],
        [4, "a NUL byte"],
        [5, "a NUL byte"]
      ])
      assert.strictEqual(raw[0], `base64:${Buffer.from([0x31, 0xff, 0x2c, 0x32, 0x2c, 0x33]).toString("base64")}`)
    })
  )

  it.effect("ends with a line feed, with both marks or with the file; a lone carriage return is a mistake", () =>
    Effect.gen(function* () {
      const { values, bad, counts } = yield* read("1,2,3\r\n\n4,5,6\n\r\n7,8\r9,10\n11,12,13")
      assert.deepStrictEqual(values, [
        ["1", "2", "3"],
        ["4", "5", "6"],
        ["11", "12", "13"]
      ])
      assert.deepStrictEqual(bad, [[6, "a carriage return inside the row"]])
      assert.deepInclude(counts, { lines: 6, good: 3, quarantined: 1, blank: 2 })
    })
  )

  it.effect("keeps spaces, formulas, comment signs and what looks like null as text", () =>
    Effect.gen(function* () {
      const { values, bad } = yield* read(" 1 ,=cmd|x,@x\n#2,+1,-1\nNA,null,NULL\n007,1e5,\\N\n-,\t,\\\n")
      assert.deepStrictEqual(bad, [])
      assert.deepStrictEqual(values, [
        [" 1 ", "=cmd|x", "@x"],
        ["#2", "+1", "-1"],
        ["NA", "null", "NULL"],
        ["007", "1e5", "\\N"],
        ["-", "\t", "\\"]
      ])
    })
  )

  it.effect("that is the header again is quarantined", () =>
    Effect.gen(function* () {
      const { values, bad } = yield* read('1,2,3\na,b,c\n"a","b","c"\na,b,x\n')
      assert.deepStrictEqual(values.length, 2)
      assert.deepStrictEqual(bad, [
        [3, "the header again"],
        [4, "the header again"]
      ])
    })
  )

  it.effect("takes null by its dialect: what is empty, what is named, or nothing", () =>
    Effect.gen(function* () {
      const body = 'x,,""\nx,NA,"NA"\n'
      assert.deepStrictEqual((yield* read(body)).values, [
        ["x", null, ""],
        ["x", "NA", "NA"]
      ])
      assert.deepStrictEqual((yield* read(body, { ...csv, nulls: ["NA"] })).values, [
        ["x", "", ""],
        ["x", null, "NA"]
      ])
      assert.deepStrictEqual((yield* read(body, { ...csv, nulls: ["", "NA"] })).values, [
        ["x", null, ""],
        ["x", null, "NA"]
      ])
      assert.deepStrictEqual((yield* read(body, { ...csv, nulls: [] })).values, [
        ["x", "", ""],
        ["x", "NA", "NA"]
      ])
      assert.deepStrictEqual((yield* read(",2,3\n")).bad, [[2, '"a" is null']])
      assert.deepStrictEqual((yield* read(",2,3\n", { ...csv, nulls: [] })).values, [["", "2", "3"]])
    })
  )
})

layer(engine)("the typed columns of a CSV file", (it) => {
  const Typed = Schema.Struct({
    day: Schema.NullOr(Schema.String.annotate({ duckdb: "DATE" })),
    count: Schema.NullOr(Schema.BigInt),
    rate: Schema.NullOr(Schema.Number),
    price: Schema.NullOr(Schema.String.annotate({ duckdb: "DECIMAL(18,4)" })),
    flag: Schema.NullOr(Schema.Boolean),
    at: Schema.NullOr(Schema.DateTimeUtc)
  })
  const columns = ["day", "count", "rate", "price", "flag", "at"]
  const one = Effect.fnUntraced(function* (column: string, value: string) {
    const line = columns.map((name) => (name === column ? value : "")).join(",")
    const { rows, quarantine } = yield* readDelimited({ "a.csv": `${columns.join(",")}\n${line}\n` }, Typed, csv)
    return { value: rows[0]?.[column], reason: quarantine[0]?.reason }
  })

  it.effect.each([
    ["day", "2024-02-29", new Date("2024-02-29")],
    ["day", "2025-06-01", new Date("2025-06-01")],
    ["count", "9007199254740993", 9007199254740993n],
    ["count", '"12"', 12n],
    ["count", "-0", 0n],
    ["rate", "24.950000762939453", 24.950000762939453],
    ["rate", "1e-3", 0.001],
    ["price", "12345678901234.1000", "12345678901234.1000"],
    ["price", "-0.50", "-0.5000"],
    ["flag", "true", true],
    ["at", "2025-06-01T10:20:30Z", new Date("2025-06-01T10:20:30Z")],
    ["at", "2025-06-01 10:20:30.5", new Date("2025-06-01T10:20:30.5Z")]
  ] as const)("%s takes %s", ([column, text, expected]) =>
    Effect.gen(function* () {
      const { value, reason } = yield* one(column, text)
      assert.strictEqual(reason, undefined)
      assert.deepStrictEqual(column === "price" ? String(value) : value, expected)
    })
  )

  it.effect.each([
    ["day", "31/02/2025"],
    ["day", "02/03/2025"],
    ["day", "2025-02-31"],
    ["day", "2025-2-3"],
    ["day", "0000-01-01"],
    ["day", '""'],
    ["count", "1.0"],
    ["count", "1e5"],
    ["count", "007"],
    ["count", " 1"],
    ["count", "1 "],
    ["count", "+1"],
    ["count", "1,234"],
    ["count", '"1,234"'],
    ["count", "9223372036854775808"],
    ["rate", '"1.234,5"'],
    ["rate", "1e999"],
    ["rate", "nan"],
    ["rate", "0.12345678901234567890"],
    ["rate", "0x10"],
    ["price", "1.00001"],
    ["price", "123456789012345"],
    ["flag", "TRUE"],
    ["flag", "1"],
    ["at", "2025-06-01T10:20:30+02:00"]
  ] as const)("%s quarantines %s", ([column, text]) =>
    Effect.gen(function* () {
      const { value, reason } = yield* one(column, text)
      assert.strictEqual(value, undefined)
      assert.ok(reason !== undefined)
    })
  )

  it.effect("may be a few of many, and the others are not looked into", () =>
    Effect.gen(function* () {
      const { rows, quarantine } = yield* readDelimited(
        { "a.csv": 'x,c,y,a\nz,1,"",u\n,x,,v\n,2,\'",w\n' },
        Schema.Struct({ a: Schema.String, c: Schema.Int }),
        csv,
        ["x", "c", "y", "a"]
      )
      assert.deepStrictEqual(values(rows), [["u", undefined, 1n]])
      assert.deepStrictEqual(
        quarantine.map(({ line }) => line),
        [3, 4]
      )
    })
  )
})

layer(engine)("a CSV file", (it) => {
  it.effect.each([
    ["missing", "1,2,3\n"],
    ["of other names", "a,b,d\n1,2,3\n"],
    ["in another order", "b,a,c\n1,2,3\n"],
    ["with a name twice", "a,a,c\n1,2,3\n"],
    ["with one more", "a,b,c,d\n1,2,3\n"],
    ["in other letters", "A,B,C\n1,2,3\n"],
    ["of another dialect", "a;b;c\n1;2;3\n"],
    ["with carriage returns alone", "a,b,c\r1,2,3\r4,5,6\r"],
    ["that never ends its quote", 'a,"b,c\n1,2,3\n'],
    ["after a blank line", "\na,b,c\n"],
    ["empty", ""]
  ] as const)("with a header %s is refused", ([_, content]) =>
    Effect.gen(function* () {
      const { rows, quarantine, refused, counts } = yield* readDelimited(
        { "a.csv": content, "b.csv": `${header}1,2,3\n` },
        Three,
        csv
      )
      assert.deepStrictEqual(
        refused.map(({ file, reason }) => [file, reason._tag]),
        [["a.csv", "WrongHeader"]]
      )
      assert.deepStrictEqual([rows.length, quarantine.length, counts.lines], [1, 0, 1])
    })
  )

  it.effect("may have a byte order mark, a quoted header, and nothing else", () =>
    Effect.gen(function* () {
      const { rows, refused } = yield* readDelimited(
        { "a.csv": `\ufeff${header}1,2,3\n`, "b.csv": '\ufeff"a","b","c"\r\n4,5,6\r\n', "c.csv": "a,b,c" },
        Three,
        csv
      )
      assert.deepStrictEqual(refused, [])
      assert.deepStrictEqual(values(rows), [
        ["1", "2", "3"],
        ["4", "5", "6"]
      ])
    })
  )

  it.effect("in UTF-16 or Latin-1 is refused with that hint; with single damaged rows it is not", () =>
    Effect.gen(function* () {
      const latin = Buffer.from(`${header}${"Müller,Straße,3\n".repeat(5)}`, "latin1")
      const mixed = Buffer.concat([Buffer.from(`${header}é,2,3\n`), Buffer.from("ü,2,3\n".repeat(5), "latin1")])
      const { rows, refused, quarantine } = yield* readDelimited(
        { "a.csv": Buffer.from(`\ufeff${header}`, "utf16le"), "b.csv": latin, "c.csv": mixed },
        Three,
        csv
      )
      assert.deepStrictEqual(
        refused.map(({ file, reason }) => [file, reason]),
        [
          ["a.csv", { _tag: "NotText", detected: "UTF-16" }],
          ["b.csv", { _tag: "NotText", detected: "in Latin-1 or another encoding" }]
        ]
      )
      assert.deepStrictEqual([rows.length, quarantine.length], [1, 5])
    })
  )

  it.effect("may have 10,000 columns and not 10,001", () =>
    Effect.gen(function* () {
      const wide = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`)
      const row = Schema.Struct({ c7: Schema.String })
      const content = `${wide(10_000).join(",")}\n${wide(10_000).join(",")}x\n${wide(10_001).join(",")}\n`
      const { rows, quarantine } = yield* readDelimited({ "a.csv": content }, row, csv, wide(10_000))
      assert.deepStrictEqual([rows.length, rows[0]?.c7], [1, "c7"])
      assert.deepStrictEqual(
        quarantine.map(({ line, reason }) => [line, reason]),
        [[3, "more than 10000 columns"]]
      )
    })
  )

  it.effect("gives the same rows wherever blocks end, in quotes or between them", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 40_000 }, (_, i) =>
        i % 1000 === 3
          ? `${i},"lost,${"x".repeat(i % 70)}`
          : i % 3 === 0
            ? `${i},"a\n""b"",\n${"y".repeat(i % 90)}",z`
            : `${i},p,q`
      )
      const {
        rows: found,
        quarantine,
        counts
      } = yield* readDelimited(
        {
          "a.csv": Buffer.concat([Buffer.from(header), joined(rows)]),
          "b.csv.gz": gzip(Buffer.concat([Buffer.from(header), joined(rows)]))
        },
        Three,
        csv
      )
      assert.deepInclude(counts, { quarantined: quarantine.length, good: found.length })
      let line = 2
      const expected = new Map<number, number>()
      for (const [i, row] of rows.entries()) {
        expected.set(i, line)
        line += row.split("\n").length
      }
      // What follows a lost quote up to the next quote may be lost with it; every row that was found is right.
      for (const row of found) assert.strictEqual(expected.get(Number(row.a)), Number(row.line))
      assert.ok(found.length > 2 * 39_800)
    })
  )
})

layer(engine)("a TSV file", (it) => {
  it.effect("takes quotes and backslashes as they are, and every tab as a delimiter", () =>
    Effect.gen(function* () {
      const { values, bad } = yield* read('"1\t2"\t\\t\\N\n4\\\t5\t6\t\n\t\t\n7\t\t9\r\n', { ...tsv, nulls: ["\\N"] })
      assert.deepStrictEqual(values, [
        ['"1', '2"', "\\t\\N"],
        ["", "", ""],
        ["7", "", "9"]
      ])
      assert.deepStrictEqual(bad, [[2, "4 values instead of 3"]])
    })
  )

  it.effect("without a header starts with its first row, and is empty where it is empty", () =>
    Effect.gen(function* () {
      const { rows, counts, refused } = yield* readDelimited(
        { "a.tsv": "a\tb\tc\n", "b.tsv": "", "c.tsv.gz": gzip("") },
        Three,
        tsv
      )
      assert.deepStrictEqual(values(rows), [["a", "b", "c"]])
      assert.deepStrictEqual([counts.lines, refused.length], [1, 0])
    })
  )

  it.effect("with carriage returns alone is one bad row", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read("1\t2\t3\r4\t5\t6\r", tsv)).bad, [[1, "a carriage return inside the row"]])
    })
  )
})
