import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { random } from "./corpus.ts"
import { engine, type Outcome, readJson } from "./landing.ts"
import * as Reference from "./reference.ts"

const { bigint, decimal, double, flag, integer, list, orNull, text } = Reference

const safe = BigInt(Number.MAX_SAFE_INTEGER)

/** Rows whose lines are mostly read at a glance, and rows whose lines never are. */
const shapes = {
  plain: {
    row: Schema.Struct({
      id: Schema.BigInt,
      name: Schema.String,
      note: Schema.optionalKey(Schema.NullOr(Schema.String)),
      n: Schema.optionalKey(Schema.Int)
    }),
    columns: { required: { id: bigint, name: text }, optional: { note: orNull(text), n: integer(-safe, safe) } },
    line: '{"id":12,"name":"ab é😀","note":"x","n":-7}',
    others: [
      '{"id": 0, "name": "", "note": null}',
      '{"name":"\\u00e9\\n\\\\","id":-9223372036854775808,"z":[{"k":"v"}]}'
    ]
  },
  typed: {
    row: Schema.Struct({
      id: Schema.BigInt,
      price: Schema.optionalKey(Schema.NullOr(Schema.String.annotate({ duckdb: "DECIMAL(12,3)" }))),
      ratio: Schema.optionalKey(Schema.Number),
      ok: Schema.optionalKey(Schema.Boolean),
      tags: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Int)))
    }),
    columns: {
      required: { id: bigint },
      optional: {
        price: orNull(decimal(12, 3)),
        ratio: double,
        ok: flag,
        tags: orNull(list(integer(-safe, safe)))
      }
    },
    line: '{"id":12,"price":123456789.125,"ratio":-0.5e3,"ok":true,"tags":[1,-2,3]}',
    others: [
      '{ "tags":[ ],"ok":false , "price":-0.5,"id":1}',
      '{"id":7,"price":null,"tags":null,"ratio":1e-7,"zz":{"k":[]}}'
    ]
  }
}

/** What is put into lines, or over what is there. */
const pieces = [
  ...'\n\r\t "\\{}[]:,-+.eE0159x/',
  '"id":',
  '"name":"a",',
  ',"id":1',
  '"\\u0069d":2,',
  "null",
  "true",
  "1e999",
  "00",
  "\\u",
  "\\ud800",
  "\\udc00",
  "\\ud83d\\ude00",
  "\\u0000",
  "\u2028",
  "\ufeff",
  "\u00a0",
  "é",
  "{}",
  '{"k":1,"k":2}',
  '"__proto__":{},',
  "[".repeat(70),
  "9007199254740993",
  "9223372036854775808",
  "0.1234567890123456789",
  "NaN"
].map((piece) => Buffer.from(piece))

const bytes = [
  [0],
  [1],
  [0x1f],
  [0x7f],
  [0x80],
  [0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80]
].map((piece) => Buffer.from(piece))

type Dice = ReturnType<typeof random>

const mutated = (line: Uint8Array, dice: Dice): Buffer => {
  const at = dice.below(line.length + 1)
  const end = Math.min(line.length, at + 1 + dice.below(4))
  const piece = dice.pick(dice.below(5) === 0 ? bytes : pieces)
  switch (dice.below(5)) {
    case 0:
      return Buffer.concat([line.subarray(0, at), line.subarray(end)])
    case 1:
      return Buffer.concat([line.subarray(0, end), line.subarray(at)])
    case 2:
      return Buffer.concat([line.subarray(0, at), piece, line.subarray(end)])
    case 3:
      return Buffer.from(line.subarray(0, at))
  }
  return Buffer.concat([line.subarray(0, at), piece, line.subarray(at)])
}

/** A file of lines with none to three mutations each; the first is whole, so the file is one of JSON lines. */
const file = ({ line, others }: (typeof shapes)["plain" | "typed"], seed: number): Buffer => {
  const dice = random(seed * 2_654_435_761)
  const parts: Array<Uint8Array> = [Buffer.from(`${dice.below(8) === 0 ? "\ufeff" : ""}${line}\n`)]
  for (let count = dice.below(24); count > 0; count--) {
    let current: Uint8Array = Buffer.from(dice.below(3) > 0 ? line : dice.pick(others))
    for (let k = dice.below(4); k > 0; k--) current = mutated(current, dice)
    parts.push(current, Buffer.from(count > 1 || dice.below(2) === 0 ? "\n" : ""))
  }
  return Buffer.concat(parts)
}

/** Where readings of so many files depart from the reference, with the files' content. */
const compared = Effect.fnUntraced(function* (
  name: keyof typeof shapes,
  seeds: { readonly from: number; readonly to: number },
  change: (outcome: Outcome) => Outcome = (outcome) => outcome
) {
  const { columns, row } = shapes[name]
  const found: Array<string> = []
  const seen = { good: 0, bad: 0 }
  for (let from = seeds.from; from < seeds.to; from += 500) {
    const count = Math.min(500, seeds.to - from)
    const files = new Map(Array.from({ length: count }, (_, i) => [`${from + i}.jsonl`, file(shapes[name], from + i)]))
    const { rows, quarantine, counts, refused } = change(yield* readJson(Object.fromEntries(files), row))
    const goods = Map.groupBy(rows, (row) => String(row.file))
    const bads = Map.groupBy(quarantine, (row) => row.file)
    const sum = { blank: 0, unknownKeys: 0 }
    for (const [file, content] of files) {
      const reference = Reference.ofFile(content, columns)
      seen.good += reference.good.size
      seen.bad += reference.bad.size
      sum.blank += reference.blank
      sum.unknownKeys += reference.unknownKeys
      const lines = reference.good.size + reference.bad.size + reference.blank
      const wrong = Reference.differences(reference, goods.get(file) ?? [], bads.get(file) ?? [], {
        lines,
        blank: reference.blank
      })
      found.push(
        ...wrong.map((difference) => `${file}: ${difference} in ${JSON.stringify(content.toString("latin1"))}`)
      )
    }
    found.push(...refused.map(({ message }) => message))
    if (counts.blank !== sum.blank) found.push(`${counts.blank} blank lines, not ${sum.blank}`)
    if (counts.unknownKeys !== sum.unknownKeys) found.push(`${counts.unknownKeys} unknown keys, not ${sum.unknownKeys}`)
    if (counts.lines !== counts.good + counts.quarantined + counts.blank) found.push("the counts do not add up")
  }
  return { found, seen }
})

layer(engine)("lines mutated byte by byte", (it) => {
  it.effect.each(["plain", "typed"] as const)(
    "are judged like JSON.parse and the rules do, in a %s row",
    (name) =>
      Effect.gen(function* () {
        const { found, seen } = yield* compared(name, { from: 0, to: 1500 })
        assert.deepStrictEqual(found.slice(0, 5), [])
        assert.isTrue(seen.good > 5000 && seen.bad > 5000)
      }),
    60_000
  )

  it.effect("are found where a reader judges them otherwise", () =>
    Effect.gen(function* () {
      const seeds = { from: 0, to: 100 }
      const changes: Readonly<Record<string, (outcome: Outcome) => Outcome>> = {
        "a good row, is missing": (outcome) => ({ ...outcome, rows: outcome.rows.slice(0, -1) }),
        "a bad row, is missing": (outcome) => ({ ...outcome, quarantine: outcome.quarantine.slice(1) }),
        "was taken for a good row": ({ quarantine: [bad], rows, ...outcome }) => ({
          ...outcome,
          rows: [...rows, { ...rows[0], file: bad!.file, line: BigInt(bad!.line) }],
          quarantine: []
        }),
        "not 12": (outcome) => ({ ...outcome, rows: outcome.rows.map((row) => ({ ...row, id: 13n })) }),
        "blank lines": (outcome) => ({ ...outcome, counts: { ...outcome.counts, blank: 0 } })
      }
      for (const [sign, change] of Object.entries(changes)) {
        const { found } = yield* compared("plain", seeds, change)
        assert.include(found.join("\n"), sign)
      }
    })
  )
})
