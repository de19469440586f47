/** What selections and partitions on the command line mean to `list`, `plan` and `materialize`. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call } from "./call.ts"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

/** Assets and partitions, the first two columns of a command's output. */
const columns = ({ code, stderr, stdout }: Strata.Ended) => {
  assert.strictEqual(code, 0, stderr)
  const lines = stdout.split("\n").filter((line) => line !== "")
  return lines.map((line) => line.split("\t").slice(0, 2).join(" "))
}

/** What makes something is a process, what only reads need not be. */
const made = (root: string, ...args: ReadonlyArray<string>) => Effect.map(Strata.run(args, { cwd: root }), columns)
const read = (root: string, ...args: ReadonlyArray<string>) => Effect.map(call(args, root), columns)

describe("selections and partitions", () => {
  it.effect("statuses, keys, periods, ranges and unions mean the same to every command", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.landing
      const plan = (...args: ReadonlyArray<string>) => read(root, "plan", ...args)
      const list = (selection: string) => read(root, "list", selection)

      const first = yield* Strata.run(["materialize"], { cwd: root })
      assert.strictEqual(first.code, 0, first.stderr)
      assert.include(
        first.stderr,
        "! shop/whole 2025Q2 is made from all of shop/daily and waits for shop/daily 2025-04-03…"
      )
      assert.deepStrictEqual(yield* list("status:missing"), ["shop/whole 2025Q2"])
      assert.match(
        (yield* Strata.run(["why", "shop/whole[2025Q2]"], { cwd: root })).stdout,
        /^shop\/whole\[2025Q2\] is missing: it is made once all of shop\/daily is there, and waits for shop\/daily 2025-04-03…2025-06-29 \(88\)\. .*: strata show shop\/daily\n$/
      )

      writeFileSync(join(root, "landed/2025-04-02"), "bad")
      writeFileSync(join(root, "landed/2025-06-30"), "30")
      assert.deepStrictEqual(yield* plan("status:stale and group:daily"), ["shop/daily 2025-04-02, 2025-06-30 (2)"])
      assert.deepStrictEqual(yield* plan("+shop/quarterly", "-p", "stale"), ["shop/daily 2025-04-02, 2025-06-30 (2)"])
      assert.deepStrictEqual(yield* plan("shop/daily", "-p", "latest"), ["shop/daily 2025-06-30"])
      assert.deepStrictEqual(yield* plan("shop/daily", "-p", "2025-04"), ["shop/daily 2025-04-02"])
      assert.deepStrictEqual(yield* plan("shop/daily", "-f", "-p", "2025-04-01,2025-04-02...2025-05-31"), [
        "shop/daily 2025-04-01, 2025-04-02 (2)"
      ])
      assert.deepStrictEqual(yield* plan("+shop/quarterly", "-p", "2025Q2"), [
        "shop/daily 2025-04-02, 2025-06-30 (2)",
        "shop/quarterly 2025Q2"
      ])

      assert.strictEqual((yield* Strata.run(["materialize", "shop/daily"], { cwd: root })).code, 1)
      assert.deepStrictEqual(yield* list("status:failed"), ["shop/daily 2025-04-02"])
      assert.deepStrictEqual(yield* plan("failed(*)"), ["shop/daily 2025-04-02"])
      assert.deepStrictEqual(yield* plan("-p", "failed"), ["shop/daily 2025-04-02"])
      writeFileSync(join(root, "landed/2025-04-02"), "2")
      assert.deepStrictEqual(yield* made(root, "materialize", "status:failed"), ["shop/daily 2025-04-02"])
      assert.deepStrictEqual(yield* list("status:failed"), [])
    }).pipe(Effect.scoped)
  )

  it.effect("assets that are made together are planned as one, and parameters make what they change stale", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.landing
      yield* Strata.run(["materialize"], { cwd: root })
      const { stdout } = yield* call(["plan", "shop/daily", "shop/high", "-c", "shop/daily.factor=2"], root)
      assert.deepStrictEqual(
        stdout.split("\n").map((line) => line.split("\t").filter((_, i) => i !== 1)),
        [["shop/daily", "3", "3", "stale (config)"], ["shop/high, shop/low", "3", "3", "if its inputs change"], [""]]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("what cannot be read is shown with its place", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.landing
      for (const [args, lines] of [
        [["list", "group:daily and"], /^error: the selection cannot be read: .*\n {2}group:daily and\n {17}\^\n$/],
        [["plan", "status:faild"], /did you mean failed\?\n {2}status:faild\n {9}\^\n$/],
        [["plan", "-p", "2025-04-01,,2025"], /expected a partition .*\n {2}2025-04-01,,2025\n {13}\^\n$/],
        [["plan", "-p", "2025-04-31"], /do not fit daily from 2025-04-01: .*\n {2}2025-04-31\n {2}\^\n$/]
      ] as const) {
        const { code, stderr } = yield* call(args, root)
        assert.match(stderr, lines)
        assert.strictEqual(code, 2)
      }
    }).pipe(Effect.scoped)
  )
})
