import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as Limits from "../../../resources/readers/Limits.ts"
import * as LineBlocks from "../../../resources/readers/LineBlocks.ts"
import type { TextSource } from "../../../resources/readers/TextSource.ts"
import { random } from "./corpus.ts"
import { engine, land, outcome, readJson } from "./landing.ts"

const sourceOf = (content: Uint8Array): TextSource => {
  let position = 0
  return {
    size: content.length,
    unchanged: Effect.void,
    read: (buffer, from) =>
      Effect.sync(() => {
        const piece = content.subarray(position, position + buffer.length - from)
        buffer.set(piece, from)
        position += piece.length
        return piece.length
      })
  }
}

/** The lines of a text by offset, as the pieces have them; of a line too long its length. */
const cut = Effect.fnUntraced(function* (text: string, line: number, excess: number) {
  const limits = { ...Limits.standard, line }
  const blocks = LineBlocks.from(sourceOf(Buffer.from(text)), limits, (size) => new Uint8Array(size * excess))
  const found: Array<readonly [number, string | number]> = []
  for (let piece = yield* blocks.next; piece !== undefined; piece = yield* blocks.next) {
    if (piece._tag === "Overlong") found.push([piece.offset, piece.length])
    else {
      let { offset } = piece
      for (const line of Buffer.from(piece.bytes).toString().split("\n").slice(0, -1)) {
        found.push([offset, line])
        offset += line.length + 1
      }
    }
  }
  return found
})

describe("blocks of lines", () => {
  it.effect("are the lines of the text, however large the buffers are that are given for them", () =>
    Effect.gen(function* () {
      const dice = random(1)
      for (let trial = 0; trial < 3000; trial++) {
        const lengths = Array.from({ length: dice.below(12) }, () => dice.below(dice.below(4) === 0 ? 60 : 14))
        const lines = lengths.map((length, index) => String.fromCharCode(97 + index).repeat(length))
        const text = lines.map((line) => `${line}\n`).join("")
        let offset = 0
        const expected = lines.map((line) => {
          const at = offset
          offset += line.length + 1
          return [at, line.length > 20 ? line.length : line] as const
        })
        assert.deepStrictEqual(yield* cut(text, 20, 1 + dice.below(4)), expected)
      }
    })
  )
})

layer(engine)("what a file is meant to be", (it) => {
  it.effect("is not told by a block that comes after a good line", () =>
    Effect.gen(function* () {
      const content = `{"a":1}\n${"[\n".repeat(40)}`
      for (const line of [20, 40, 1000]) {
        const { counts, refused } = yield* readJson({ "a.jsonl": content }, Schema.Struct({ a: Schema.Int }), { line })
        assert.deepStrictEqual([refused, counts.good, counts.quarantined], [[], 1, 40])
      }
    })
  )

  it.effect("is told by its header once, however short it is", () =>
    Effect.gen(function* () {
      const files = yield* land({ "a.csv": `a\n"x\n${"y".repeat(100)}\nz\n` })
      const options = { files, row: Schema.Struct({ a: Schema.String }), dialect: Delimited.csv, limits: { line: 50 } }
      const { rows, quarantine, refused } = yield* outcome(yield* Delimited.read({ ...options, onRefused: "skip" }))
      assert.deepStrictEqual(refused, [])
      assert.deepStrictEqual(
        rows.map((row) => [row.line, row.a]),
        [[4n, "z"]]
      )
      assert.deepStrictEqual(
        quarantine.map(({ line, byte_offset }) => [line, byte_offset]),
        [
          [2, 2],
          [3, 5]
        ]
      )
    })
  )
})
