import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { engine, joined, readJson, readJsonLines } from "./landing.ts"

const Row = Schema.Struct({ a: Schema.BigInt })
const Text = Schema.Struct({ a: Schema.String })

/** One line among good ones: its reason, or the value that it gave. */
const judged = Effect.fnUntraced(function* (
  line: string | Uint8Array,
  row: Schema.Struct<Schema.Struct.Fields>,
  good: string
) {
  const { rows, quarantine, counts } = yield* readJsonLines([good, line, good], row)
  assert.strictEqual(counts.lines, counts.good + counts.quarantined + counts.blank)
  assert.strictEqual(counts.lines, 3)
  assert.deepStrictEqual(
    rows.filter((row) => row.line !== 2n).map((row) => row.line),
    [1n, 3n],
    "lines around a bad one are not touched"
  )
  const [bad] = quarantine
  if (bad !== undefined) {
    assert.strictEqual(quarantine.length, 1)
    assert.deepInclude(bad, { file: "a.jsonl", line: 2, byte_offset: good.length + 1 })
    return { reason: bad.reason, raw: bad.raw }
  }
  return { value: rows.find((row) => row.line === 2n)?.a }
})

const number = (line: string) => judged(line, Row, '{"a":1}')
const text = (line: string | Uint8Array) => judged(line, Text, '{"a":"good"}')

layer(engine)("a JSON line", (it) => {
  it.effect.each([
    ['{"a":2', "not JSON: a comma or the end of the object is expected"],
    ["plain text", "not a JSON object"],
    ['{"a":NaN}', '"a" is not a number'],
    ['{"a":Infinity}', '"a" is not a number'],
    ['{"a":-Infinity}', "not JSON: a malformed number"],
    ['{"a":1,}', "not JSON: a key is expected"],
    ["{'a':1}", "not JSON: a key is expected"],
    ['{"a":1}{"a":2}', "more than one object on the line"],
    ['[{"a":1}]', "not a JSON object"],
    ["null", "not a JSON object"],
    ["7", "not a JSON object"],
    ["{}", 'the column "a" is missing'],
    ['{"b":1}', 'the column "a" is missing'],
    ['{"A":1}', 'the column "a" is missing'],
    ['{"a":null}', '"a" is null'],
    ['{"a":"12"}', '"a" is not a number'],
    ['{"a":true}', '"a" is not a number'],
    ['{"a":1.5}', '"a" is not an integer'],
    ['{"a":1.0}', '"a" is not an integer'],
    ['{"a":1e2}', '"a" is not an integer'],
    ['{"a":01}', "not JSON: a malformed number"],
    ['{"a":+1}', '"a" is not a number'],
    ['{"a":.5}', '"a" is not a number'],
    ['{"a":9223372036854775808}', '"a" is out of range'],
    [`{"a":${"9".repeat(400)}}`, '"a" is out of range'],
    ['{"a":4,"a":5}', 'the key "a" twice'],
    ['{"a":4,"\\u0061":5}', 'the key "a" twice'],
    ['{"a":4,"b":1,"b":2}', 'the key "b" twice'],
    ['{"a":4,"b":{"c":1,"c":2}}', 'the key "c" twice'],
    ['{"a":4,"b":"\\ud800"}', "a lone surrogate, which is no character"],
    ['{"a":1}\u00a0', "more than one object on the line"],
    ['{"a":1}\r{"a":2}', "more than one object on the line"]
  ] as const)("such as %s is quarantined because: %s", ([line, reason]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* number(line), { reason, raw: line })
    })
  )

  it.effect.each([
    ['{"a":9223372036854775807}', 9223372036854775807n],
    ['{"a":-9223372036854775808}', -9223372036854775808n],
    ['{"a":9007199254740993}', 9007199254740993n],
    ['{"a":-0}', 0n],
    ['{"a":0}', 0n],
    ['\t{ "a" : 7 }  \r', 7n],
    ['{"\\u0061":8}', 8n],
    ['{"a":1,"b":[1e999,{"c":1.0000000000000000000000001}]}', 1n],
    ['{"__proto__":{"a":2},"constructor":1,"toString":null,"a":3}', 3n]
  ] as const)("such as %s is a row with the value %s", ([line, value]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* number(line), { value })
    })
  )

  it.effect.each([
    ['{"a":"\\u0000 after"}', "\0 after"],
    ['{"a":"\\ud83d\\ude00"}', "😀"],
    ['{"a":"\u2028\u2029\u202e"}', "\u2028\u2029\u202e"],
    ['{"a":"\u00e9 e\u0301"}', "\u00e9 e\u0301"],
    ['{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}', '"\\/\b\f\n\r\té'],
    ['{"a":""}', ""],
    ['{"a":"2025-06-01"}', "2025-06-01"],
    ['{"a":"null"}', "null"]
  ] as const)("with the text %s keeps it as it is", ([line, value]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* text(line), { value })
    })
  )

  it.effect.each([
    ["invalid bytes", [0xff]],
    ["a cut character", [0xc3]],
    ["an overlong encoding", [0xc0, 0xaf]],
    ["an encoded surrogate", [0xed, 0xa0, 0x80]],
    ["a character beyond the last one", [0xf4, 0x90, 0x80, 0x80]]
  ] as const)("that holds %s is quarantined with its bytes in base64", ([_, bytes]) =>
    Effect.gen(function* () {
      const line = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
      assert.deepStrictEqual(yield* text(line), { reason: "not UTF-8", raw: `base64:${line.toString("base64")}` })
    })
  )

  it.effect.each([
    ['{"a":1}', '"a" is not a string'],
    ['{"a":{"b":1}}', '"a" is not a string'],
    ['{"a":["x"]}', '"a" is not a string'],
    ['{"a":"\\x"}', "not JSON: an unknown escape in a string"],
    ['{"a":"\\u12g4"}', "not JSON: an unknown escape in a string"],
    ['{"a":"\t"}', "not JSON: a control character in a string"],
    ['{"a":"\0"}', "not JSON: a control character in a string"],
    ['{"a":"x', "not JSON: it ends inside a string"],
    ['{"a":"x\\', "not JSON: it ends inside a string"],
    ['{"a":"\\ud800"}', "a lone surrogate, which is no character"],
    ['{"a":"\\udc00"}', "a lone surrogate, which is no character"],
    ['{"a":"\\udc00\\udc00"}', "a lone surrogate, which is no character"],
    ['{"a":"\\ud800\\u0041"}', "a lone surrogate, which is no character"],
    ['{"a":"x","\\ud800":1}', "a lone surrogate, which is no character"]
  ] as const)("of a text column such as %s is quarantined because: %s", ([line, reason]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* text(line), { reason, raw: line })
    })
  )

  it.effect("of 64 levels is a row, and of 65, 1,000, 20,000, 200,000 or 5,000,000 is not", () =>
    Effect.gen(function* () {
      const nested = (levels: number) => `{"a":1,"b":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
      const open = (levels: number) => `{"a":1,"b":${'{"c":'.repeat(levels)}`
      const lines = [nested(64), ...[65, 1_000, 20_000, 200_000, 5_000_000].map(nested), open(65), open(1_000_000)]
      const { rows, quarantine } = yield* readJsonLines(lines, Row)
      assert.deepStrictEqual(
        rows.map((row) => row.line),
        [1n]
      )
      assert.deepStrictEqual(
        quarantine.map(({ line, reason }) => [line, reason]),
        [2, 3, 4, 5, 6, 7, 8].map((line) => [line, "deeper than 64 levels"])
      )
    })
  )

  it.effect("of more than the limit is quarantined with its size, without being held", () =>
    Effect.gen(function* () {
      const fits = `{"a":"${"x".repeat(2 ** 24 - 8)}"}`
      const long = `{"a":"${"é".repeat(10_000_000)}"}`
      const { rows, quarantine, counts } = yield* readJsonLines(['{"a":"1"}', long, fits, long, '{"a":"5"}'], Text)
      assert.deepStrictEqual(
        rows.map((row) => [row.line, String(row.a).length]),
        [
          [1n, 1],
          [3n, 2 ** 24 - 8],
          [5n, 1]
        ]
      )
      const reason = "a line of 20000008 bytes; the limit is 16777216"
      assert.deepStrictEqual(
        quarantine.map(({ line, byte_offset, reason }) => [line, byte_offset, reason]),
        [
          [2, 10, reason],
          [4, 10 + 20_000_009 + 2 ** 24 + 1, reason]
        ]
      )
      assert.ok(long.startsWith(quarantine[0]!.raw) && Buffer.byteLength(quarantine[0]!.raw) > 4090)
      assert.deepInclude(counts, { lines: 5, good: 3, quarantined: 2 })
    })
  )

  it.effect("that is longer than a block comes whole, and lines around the limit are told apart", () =>
    Effect.gen(function* () {
      for (const length of [98, 99, 100, 101, 199, 200, 201]) {
        const line = `{"a":"${"x".repeat(length - 8)}"}`
        const { rows, quarantine } = yield* readJsonLines(['{"a":"1"}', line, '{"a":"3"}', line], Text, { line: 100 })
        const expected = length <= 100 ? [1n, 2n, 3n, 4n] : [1n, 3n]
        assert.deepStrictEqual(
          rows.map((row) => row.line),
          expected
        )
        assert.deepStrictEqual(
          quarantine.map(({ line, byte_offset }) => [line, byte_offset]),
          length <= 100
            ? []
            : [
                [2, 10],
                [4, 10 + length + 1 + 10]
              ]
        )
      }
    })
  )

  it.effect("with more than 10,000 keys is quarantined, and with 10,000 is a row", () =>
    Effect.gen(function* () {
      const keys = (count: number) => `{"a":1${Array.from({ length: count - 1 }, (_, i) => `,"k${i}":0`).join("")}}`
      const { rows, quarantine, counts } = yield* readJsonLines([keys(10_000), keys(10_001), keys(100_000)], Row)
      assert.deepStrictEqual(
        rows.map((row) => row.line),
        [1n]
      )
      assert.deepStrictEqual(
        quarantine.map(({ reason }) => reason),
        ["more than 10000 keys", "more than 10000 keys"]
      )
      assert.strictEqual(counts.unknownKeys, 9_999)
    })
  )

  it.effect("that is blank is counted as blank and keeps its place in the count of lines", () =>
    Effect.gen(function* () {
      const { rows, counts } = yield* readJsonLines(["", '{"a":2}', "  \t", "\r", '{"a":5}', ""], Row)
      assert.deepStrictEqual(counts, { lines: 6, good: 2, quarantined: 0, blank: 4, unknownKeys: 0 })
      assert.deepStrictEqual(
        rows.map((row) => [row.line, row.a]),
        [
          [2n, 2n],
          [5n, 5n]
        ]
      )
    })
  )

  it.effect("ends with a line feed, with both marks, or with the file", () =>
    Effect.gen(function* () {
      const { rows, counts } = yield* readJson(
        { "a.jsonl": '{"a":1}\r\n{"a":2}\n{"a":3}', "b.jsonl": '\ufeff{"a":4}\r\n', "c.jsonl": '{"a":5}' },
        Row
      )
      assert.deepStrictEqual(
        rows.map((row) => row.a),
        [1n, 2n, 3n, 4n, 5n]
      )
      assert.deepInclude(counts, { lines: 5, good: 5 })
    })
  )

  it.effect("other than the first with a byte order mark is quarantined", () =>
    Effect.gen(function* () {
      const { quarantine } = yield* readJsonLines(['\ufeff{"a":1}', '\ufeff{"a":2}', '{"a":3}'], Row)
      assert.deepStrictEqual(
        quarantine.map(({ line, reason }) => [line, reason]),
        [[2, "not a JSON object"]]
      )
    })
  )

  it.effect("after a byte order mark has its offset counted with it", () =>
    Effect.gen(function* () {
      const { quarantine } = yield* readJson({ "a.jsonl": '\ufeffbad\n{"a":1}\nworse\n' }, Row)
      assert.deepStrictEqual(
        quarantine.map(({ line, byte_offset }) => [line, byte_offset]),
        [
          [1, 3],
          [3, 15]
        ]
      )
    })
  )

  it.effect("is kept to 4 KiB of its text, cut between characters, or of base64", () =>
    Effect.gen(function* () {
      const text = `x${"é".repeat(5000)}`
      const bytes = Buffer.alloc(6000, 0xff)
      const { quarantine } = yield* readJsonLines(['{"a":1}', text, bytes, "base64:looks like it"], Row)
      const [first, second, third] = quarantine.map(({ raw }) => raw)
      assert.strictEqual(first, `x${"é".repeat(2047)}`)
      assert.strictEqual(second, `base64:${bytes.subarray(0, 3066).toString("base64")}`)
      assert.ok(second!.length <= 4096)
      assert.strictEqual(third, `base64:${Buffer.from("base64:looks like it").toString("base64")}`)
    })
  )
})

layer(engine)("the columns of JSON lines", (it) => {
  const Everything = Schema.Struct({
    text: Schema.optionalKey(Schema.NullOr(Schema.String)),
    kind: Schema.optionalKey(Schema.Literals(["x", "y"])),
    code: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/))),
    level: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 }))),
    id: Schema.optionalKey(Schema.Int),
    double: Schema.optionalKey(Schema.Number),
    share: Schema.optionalKey(
      Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true }))
    ),
    price: Schema.optionalKey(Schema.String.annotate({ duckdb: "DECIMAL(20,4)" })),
    small: Schema.optionalKey(Schema.Int.annotate({ duckdb: "SMALLINT" })),
    flag: Schema.optionalKey(Schema.Boolean),
    day: Schema.optionalKey(Schema.String.annotate({ duckdb: "DATE" })),
    at: Schema.optionalKey(Schema.DateTimeUtc),
    json: Schema.optionalKey(Schema.Json),
    list: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.String))),
    counts: Schema.optionalKey(Schema.Record(Schema.String, Schema.Int)),
    place: Schema.optionalKey(
      Schema.Struct({
        city: Schema.String,
        tags: Schema.Array(Schema.Int),
        at: Schema.optionalKey(Schema.NullOr(Schema.Number))
      })
    )
  })
  const one = Effect.fnUntraced(function* (value: string) {
    const { rows, quarantine, counts } = yield* readJsonLines([`{${value}}`], Everything)
    return { row: rows[0], reason: quarantine[0]?.reason, counts }
  })

  it.effect.each([
    ['"text":null', "text", null],
    ['"kind":"y"', "kind", "y"],
    ['"code":"AB"', "code", "AB"],
    ['"code":"\\u0041B"', "code", "AB"],
    ['"level":7', "level", 7n],
    ['"id":-9007199254740991', "id", -9007199254740991n],
    ['"double":0.1', "double", 0.1],
    ['"double":-12.5e-3', "double", -0.0125],
    ['"double":24.950000762939453', "double", 24.950000762939453],
    ['"double":9007199254740992', "double", 9007199254740992],
    ['"double":100000000000000000000', "double", 1e20],
    ['"double":5e-324', "double", 5e-324],
    ['"double":0.1000000000000000000000', "double", 0.1],
    ['"double":0e999', "double", 0],
    ['"share":0.5', "share", 0.5],
    ['"small":-32768', "small", -32768],
    ['"flag":false', "flag", false],
    ['"day":"2024-02-29"', "day", new Date("2024-02-29")],
    ['"at":"2025-06-01T10:20:30.123Z"', "at", new Date("2025-06-01T10:20:30.123Z")],
    ['"json":{"n":12345678901234567890.10,"s":"x"}', "json", '{"n":12345678901234567890.10,"s":"x"}'],
    ['"list":["a",null,"\\u00e9"]', "list", ["a", null, "é"]],
    ['"list":[]', "list", []],
    ['"place":{"city":"x","tags":[1,2],"new":1}', "place", { city: "x", tags: [1n, 2n], at: null }]
  ] as const)("take %s", ([value, column, expected]) =>
    Effect.gen(function* () {
      const { row, reason } = yield* one(value)
      assert.strictEqual(reason, undefined)
      assert.deepStrictEqual(row?.[column] as unknown, expected)
    })
  )

  it.effect.each([
    ['"kind":"z"', '"kind" is not one of the accepted values'],
    ['"code":"ABC"', '"code" does not match ^[A-Z]{2}$'],
    ['"level":8', '"level" is out of range'],
    ['"id":9007199254740992', '"id" is out of range'],
    ['"double":1e999', '"double" is out of the range of a double'],
    ['"double":1e-400', '"double" is out of the range of a double'],
    ['"double":9007199254740993', '"double" has more digits than a double can hold'],
    ['"double":0.123456789012345678901234567890', '"double" has more digits than a double can hold'],
    ['"double":"1"', '"double" is not a number'],
    ['"share":1', '"share" is out of range'],
    ['"price":1.23456', '"price" has more than 4 digits after the point'],
    ['"price":12345678901234567.5', '"price" has more than 16 digits before the point'],
    ['"price":1e2', '"price" is written with an exponent, which a decimal column does not take'],
    ['"price":"1.5"', '"price" is not a number'],
    ['"small":32768', '"small" is out of range'],
    ['"flag":1', '"flag" is not true or false'],
    ['"flag":"true"', '"flag" is not true or false'],
    ['"day":"2025-02-29"', '"day" is not a date such as 2025-06-01'],
    ['"day":"2025-02-31"', '"day" is not a date such as 2025-06-01'],
    ['"day":"02/03/2025"', '"day" is not a date such as 2025-06-01'],
    ['"at":"2025-06-01T10:20:30+02:00"', '"at" is not a UTC time such as 2025-06-01T10:20:30Z'],
    ['"at":"2025-06-01T24:20:30Z"', '"at" is not a UTC time such as 2025-06-01T10:20:30Z'],
    ['"list":["a",1]', '"list" is not a string'],
    ['"list":"a"', '"list" is not an array'],
    ['"counts":{"x":1,"x":2}', 'the key "x" twice'],
    ['"counts":{"x":1.5}', '"counts" is not an integer'],
    ['"place":{"city":"x"}', 'the column "tags" is missing'],
    ['"place":{"city":"x","tags":[1,"2"]}', '"tags" is not a number'],
    ['"place":[]', '"place" is not an object']
  ] as const)("do not take %s", ([value, expected]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* one(value)).reason, expected)
    })
  )

  it.effect("keep decimals exactly, also in a line with keys that nobody declared", () =>
    Effect.gen(function* () {
      const { rows, counts } = yield* readJsonLines(
        ['{"price":1234567890123456.0001}', '{"zz":1,"price":-0.1000000,"text":"t","y":{"price":2}}', '{"price":0}'],
        Schema.Struct({
          text: Schema.optionalKey(Schema.String),
          price: Schema.String.annotate({ duckdb: "DECIMAL(20,4)" })
        })
      )
      assert.deepStrictEqual(
        rows.map((row) => [String(row.price), row.text]),
        [
          ["1234567890123456.0001", null],
          ["-0.1000", "t"],
          ["0.0000", null]
        ]
      )
      assert.strictEqual(counts.unknownKeys, 2)
    })
  )

  it.effect("may be left out where they are optional, and come in any order", () =>
    Effect.gen(function* () {
      const { rows } = yield* readJsonLines(
        ['{"b":"x","a":1}', '{"a":2}', '{"a":3,"b":null}', '{"c":0,"a":4}'],
        Schema.Struct({ a: Schema.Int, b: Schema.optionalKey(Schema.NullOr(Schema.String)) })
      )
      assert.deepStrictEqual(
        rows.map((row) => [row.a, row.b]),
        [
          [1n, "x"],
          [2n, null],
          [3n, null],
          [4n, null]
        ]
      )
    })
  )

  it.effect("may change their type or gain a key at line 50,001 without a word being lost", () =>
    Effect.gen(function* () {
      const lines = Array.from({ length: 50_000 }, (_, i) => `{"a":${i}}`)
      const { rows, quarantine, counts } = yield* readJsonLines([...lines, '{"a":"x"}', '{"a":1,"new":2}'], Row)
      assert.strictEqual(rows.length, 50_001)
      assert.deepStrictEqual(
        quarantine.map(({ line, reason }) => [line, reason]),
        [[50_001, '"a" is not a number']]
      )
      assert.strictEqual(counts.unknownKeys, 1)
    })
  )

  it.effect("may have the names of the engine's own, and of the ordinal", () =>
    Effect.gen(function* () {
      const { rows } = yield* readJsonLines(
        ['{"#":"a","select":"b","it\'s \\"q\\"":"c","ordinal":"d"}'],
        Schema.Struct({ "#": Schema.String, select: Schema.String, 'it\'s "q"': Schema.String, ordinal: Schema.String })
      )
      assert.deepInclude(rows[0], { "#": "a", select: "b", 'it\'s "q"': "c", ordinal: "d" })
    })
  )
})

layer(engine)("a file of JSON lines", (it) => {
  it.effect.each([
    ["a JSON array", '[{"a":1},{"a":2}]'],
    ["a JSON array", '[\n{"a":1},\n{"a":2}\n]'],
    ["plain JSON values", "1\n2\n3\n"],
    ["plain JSON values", '"x"\n'],
    ["one JSON object over several lines", '{\n  "a": 1\n}\n'],
    ["one JSON object over several lines", '{ "a": 1,\n  "b": 2 }\n'],
    ["several JSON objects on one line", '{"a":1}{"a":2}']
  ] as const)("that is %s is refused with that hint: %s", ([detected, content]) =>
    Effect.gen(function* () {
      const { rows, quarantine, refused, counts } = yield* readJson({ "a.jsonl": content, "b.jsonl": '{"a":9}\n' }, Row)
      assert.deepStrictEqual(
        refused.map(({ file, reason }) => [file, reason]),
        [["a.jsonl", { _tag: "NotLines", detected }]]
      )
      assert.deepStrictEqual([rows.length, quarantine.length, counts.lines], [1, 0, 1])
    })
  )

  it.effect("with such lines among good ones keeps the good ones", () =>
    Effect.gen(function* () {
      const lines = ['{"a":6}', "[", "1", "{", '"a":1', "}", '{"a":1}{"a":2}', '{"a":7}']
      const { rows, quarantine, refused } = yield* readJsonLines(lines, Row)
      assert.deepStrictEqual([rows.length, quarantine.length, refused.length], [2, 6, 0])
    })
  )

  it.effect("that is only one cut line, or text, is quarantined and not refused", () =>
    Effect.gen(function* () {
      const { quarantine, refused } = yield* readJson(
        { "a.jsonl": '{"a":2', "b.jsonl": '{"a":2\n{"a":3', "c.jsonl": "some text\nand more\n" },
        Row
      )
      assert.deepStrictEqual([quarantine.length, refused.length], [5, 0])
    })
  )

  it.effect("with more bad lines than the limit is refused with it, and with as many is not", () =>
    Effect.gen(function* () {
      const content = `{"a":1}\n${"no\n".repeat(5)}`
      const kept = yield* readJson({ "a.jsonl": content }, Row, { quarantined: 5 })
      assert.deepInclude(kept.counts, { good: 1, quarantined: 5 })
      const { counts, quarantine, refused, rows } = yield* readJson({ "a.jsonl": content }, Row, { quarantined: 4 })
      assert.deepStrictEqual(refused[0]?.reason, { _tag: "TooManyQuarantined", limit: 4 })
      assert.match(refused[0]!.message, /more than 4 of its lines are no rows/)
      assert.deepStrictEqual([rows, quarantine, counts.lines], [[], [], 0])
    })
  )

  it.effect("of nothing but bad short lines is refused before long, unless it tells what it was meant to be", () =>
    Effect.gen(function* () {
      const bomb = Buffer.alloc(2 ** 22, "x\n")
      const [bad, array] = yield* Effect.all([
        readJson({ "a.jsonl": bomb }, Row),
        readJson({ "a.jsonl": Buffer.concat([Buffer.from("[\n"), bomb]) }, Row)
      ])
      assert.deepStrictEqual(bad.refused[0]?.reason, { _tag: "TooManyQuarantined", limit: 1_000_000 })
      assert.deepStrictEqual(array.refused[0]?.reason._tag, "NotLines")
    })
  )

  it.effect("that is empty has no rows", () =>
    Effect.gen(function* () {
      const { rows, counts, refused } = yield* readJson({ "a.jsonl": "", "b.jsonl": "\ufeff", "c.jsonl": "\n" }, Row)
      assert.deepStrictEqual(counts, { lines: 1, good: 0, quarantined: 0, blank: 1, unknownKeys: 0 })
      assert.deepStrictEqual([rows.length, refused.length], [0, 0])
    })
  )

  it.effect.each([
    ["UTF-16", Buffer.from('\ufeff{"a":1}\n', "utf16le")],
    ["UTF-16", Buffer.from('{"a":1}\n', "utf16le")],
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])],
    ["a zip archive", Buffer.from("PK\u0003\u0004rest")],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
    ["Parquet", Buffer.from("PAR1....PAR1")]
  ] as const)("that is %s is refused with that name", ([detected, content]) =>
    Effect.gen(function* () {
      const { refused } = yield* readJson({ "a.jsonl": content }, Row)
      assert.deepStrictEqual(
        refused.map(({ reason }) => reason),
        [{ _tag: "NotText", detected }]
      )
    })
  )

  it.effect("gives the same rows in the same places however its lines lie across blocks", () =>
    Effect.gen(function* () {
      const lines = Array.from({ length: 60_000 }, (_, i) =>
        i % 1000 === 7 ? `bad ${i}` : `{"a":${i + 1},"pad":"${"é".repeat(i % 50)}"}`
      )
      const { rows, quarantine, counts } = yield* readJson({ "a.jsonl": joined(lines), "b.jsonl": joined(lines) }, Row)
      assert.strictEqual(rows.length, 2 * 59_940)
      assert.ok(rows.every((row) => row.a === row.line))
      assert.ok(quarantine.every(({ line, raw }) => raw === `bad ${line - 1}`))
      assert.deepStrictEqual([quarantine.length, counts.quarantined], [120, 120])
      const content = joined(lines)
      for (const { byte_offset, raw } of quarantine) {
        assert.strictEqual(content.toString("utf8", byte_offset, byte_offset + raw.length), raw)
      }
    })
  )
})
