/** Going on with what a run left, as processes. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const retry = (root: string, ...args: ReadonlyArray<string>) => Strata.run(["retry", ...args], { cwd: root })

const columns = (text: string): ReadonlyArray<string> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t").slice(0, 2).join(" "))

describe("retry", () => {
  it.effect("makes exactly what failed and what was left out because of it, of the run that failed last", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.landing
      const nothing = yield* retry(root)
      assert.deepStrictEqual(
        [nothing.code, nothing.stderr],
        [0, "there is nothing to go on with: no run failed, was canceled or lost\n"]
      )
      writeFileSync(join(root, "landed/2025-04-02"), "bad")
      const failed = yield* Strata.run(["materialize", "-c", "shop/daily.factor=3"], { cwd: root })
      assert.strictEqual(failed.code, 1)
      assert.match(failed.stderr, /^strata retry goes on with what is left$/m)
      const again = yield* retry(root)
      assert.strictEqual(again.code, 1, again.stderr)
      assert.match(again.stderr, /✗ shop\/daily 2025-04-02 failed/)
      writeFileSync(join(root, "landed/2025-04-02"), "2")
      writeFileSync(join(root, "landed/2025-07-01"), "7")
      const done = yield* retry(root)
      assert.strictEqual(done.code, 0, done.stderr)
      assert.match(done.stderr, /^going on with run \S+ of \S+, which failed$/m)
      assert.deepStrictEqual(columns(done.stdout), [
        "shop/daily 2025-04-02",
        "shop/high, shop/low 2025-04-02",
        "shop/quarterly 2025Q2"
      ])
      const runs = yield* Strata.run(["runs"], { cwd: root })
      assert.match(runs.stdout, /\tretry \S+ -c shop\/daily\.factor=3\n/)
    }).pipe(Effect.scoped)
  )

  it.effect("uses the code as it is now, and says so", () =>
    Effect.gen(function* () {
      const { root, write } = yield* Projects.landing
      writeFileSync(join(root, "landed/2025-04-02"), "bad")
      yield* Strata.run(["materialize", "shop/daily"], { cwd: root })
      write("landed/2025-04-02", "2")
      write("assets.ts", Projects.landingAssets.replace("* config.factor", "* config.factor + 1"))
      const { code, stderr, stdout } = yield* retry(root, "latest")
      assert.strictEqual(code, 0, stderr)
      assert.match(
        stderr,
        /! the code of shop\/daily has changed since: what is left is made with the code as it is now/
      )
      assert.deepStrictEqual(columns(stdout), ["shop/daily 2025-04-02"])
      const left = yield* Strata.run(["retry", "latest"], { cwd: root })
      assert.match(left.stderr, /^run \S+ left nothing/)
    }).pipe(Effect.scoped)
  )

  it.effect("knows the run that is named, or says that there is none", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.failing
      yield* Strata.run(["materialize"], { cwd: root })
      const unknown = yield* retry(root, "zzz")
      assert.deepStrictEqual(
        [unknown.code, unknown.stderr],
        [2, "error: there is no run zzz, or more than one: strata runs lists them\n"]
      )
      const json = yield* retry(root, "latest", "--json")
      assert.strictEqual(json.code, 1)
      const { plan } = JSON.parse(json.stdout)
      assert.deepStrictEqual(
        plan.steps.map(({ assets }: { assets: ReadonlyArray<string> }) => assets[0]),
        ["broken", "after"]
      )
    }).pipe(Effect.scoped)
  )
})
