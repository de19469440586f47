import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RawLine from "../../../../assets/postings/inspection/RawLine.ts"
import { temporaryFolder } from "../../../record/temporary.ts"

/** The second line is longer than what is read at once. */
const lines = ["first", "é".repeat(1_500_000), "", "fourth", "last"]

describe("a raw line", () => {
  for (const [name, text] of [
    ["1.jsonl", `${lines.join("\n")}\n`],
    ["2.jsonl", lines.join("\n")],
    ["3.jsonl.gz", lines.join("\n")]
  ] as const) {
    it.effect(`is the line of its number in ${name}`, () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryFolder, name)
        writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text)
        const read = yield* Effect.forEach([1, 2, 3, 4, 5], (line) => RawLine.read({ path, name }, line))
        assert.deepStrictEqual(read, [lines[0], lines[1], lines[2], lines[3], lines[4]])
        assert.isUndefined(yield* RawLine.read({ path, name }, 6))
        assert.isUndefined(yield* RawLine.read({ path, name }, 1000))
      }).pipe(Effect.scoped)
    )
  }
})
