import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ParsedLines from "../../../assets/installs/ParsedLines.ts"
import * as JudgePool from "../../../resources/readers/JudgePool.ts"

const lines = Array.from({ length: 2000 }, (_, n) => (n % 100 === 7 ? "no record\n" : `idfa\t${n}\t1\t2\t${n},5\n`))

describe("a judge of the author's own", () => {
  it.effect("says the same on another thread as on this one", () =>
    Effect.gen(function* () {
      const rules = { _tag: "Own", module: ParsedLines.module, judge: ParsedLines.judge } as const
      const pool = yield* JudgePool.make(rules, 2 ** 30)
      const judged = yield* Effect.forEach(
        Array.from({ length: pool.size }, (_, n) => n),
        () =>
          pool.judge(
            { bytes: new Uint8Array(Buffer.from(lines.join(""))), index: 3, isFirst: true, isLast: true },
            ({ verdict }) =>
              Effect.succeed({
                ...verdict,
                text: Buffer.from(verdict.text).toString("base64"),
                rejects: Buffer.from(verdict.rejects).toString()
              })
          ),
        { concurrency: pool.size }
      )
      const [first, ...others] = judged
      assert.deepStrictEqual([first!.good, first!.quarantined], [1980, 20])
      // The ordinal, five columns of a value each, and one of lists of two.
      assert.deepStrictEqual(
        first!.columns?.map(({ count }) => count),
        [1980, 1980, 1980, 1980, 1980, 3960, 1980]
      )
      const size = first!.columns?.reduce((sum, { size }) => sum + size, 0)
      assert.strictEqual(Buffer.from(first!.text, "base64").length, size)
      for (const other of others) assert.deepStrictEqual(other, first)
    }).pipe(Effect.scoped)
  )
})
