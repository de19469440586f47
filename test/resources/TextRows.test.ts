import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as TextRows from "../../resources/TextRows.ts"

const columns = ["a", "b"] as const

const ascii = [
  { a: "", b: "x" },
  { a: "7 ", b: "" },
  { a: "\u001f\0", b: "last" }
]
const wide = [{ a: "é", b: "日本 😀" }, ...ascii]

/** A part as the engine makes it: in any order. */
const part = (rows: ReadonlyArray<TextRows.TextRow<"a" | "b">>) => {
  const texts = rows.map(({ a, b }, n) => `${n} ${Buffer.byteLength(a)} ${Buffer.byteLength(b)} ${a}${b}`)
  return TextRows.part(Buffer.from(texts.reverse().join("")), rows.length, 2)
}

describe("rows of texts", () => {
  for (const rows of [ascii, wide, []]) {
    it(`${rows.length} of them are read one by one, and all in their order`, () => {
      for (const read of [TextRows.fromRows(columns, rows), TextRows.make(columns, [part(rows)])]) {
        assert.strictEqual(read.length, rows.length)
        assert.deepStrictEqual(
          rows.map((_, index) => read.at(index)),
          rows
        )
        assert.deepStrictEqual(
          read.map((row) => row),
          rows
        )
      }
    })
  }

  it("in several parts are numbered through, the last with fewer", () => {
    const all = Array.from({ length: 25 }, (_, n) => ({ a: `${n}`, b: n % 3 === 0 ? "ß" : "s" }))
    const rows = TextRows.make(columns, [part(all.slice(0, 10)), part(all.slice(10, 20)), part(all.slice(20))])
    assert.strictEqual(rows.length, 25)
    assert.deepStrictEqual(
      all.map((_, index) => rows.at(index)),
      all
    )
    assert.deepStrictEqual(
      rows.map((row) => row),
      all
    )
  })

  it.prop(
    "are the bytes of their texts without a gap, halves of surrogates included",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String]))],
    ([tuples]) => {
      const { parts } = TextRows.fromRows(
        columns,
        tuples.map(([a, b]) => ({ a, b }))
      )
      const [{ bytes, lengths, starts }] = parts as [TextRows.Part]
      for (const [row, [a, b]] of tuples.entries()) {
        const [first, second] = [Buffer.from(a), Buffer.from(b)]
        assert.deepStrictEqual([...lengths.subarray(2 * row, 2 * row + 2)], [first.length, second.length])
        const expected = Buffer.concat([first, second])
        assert.isTrue(expected.equals(bytes.subarray(starts[row]!, starts[row]! + expected.length)))
      }
    }
  )
})
