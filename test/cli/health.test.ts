/** The health of assets in the list: worked out once for each state, and then answered at once. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const healths = Effect.fnUntraced(function* (root: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout } = yield* Strata.run(["list", "--json"], { cwd: root, env })
  const assets: ReadonlyArray<{ readonly key: string; readonly health: string | null }> = JSON.parse(stdout)
  return Object.fromEntries(assets.map(({ health, key }) => [key, health]))
})

describe("the list", () => {
  it.effect("says how each asset stands, as soon as there is a state", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.failing
      assert.deepStrictEqual(yield* healths(root), { after: null, alone: null, broken: null })
      yield* Strata.run(["materialize"], { cwd: root })
      const now = { after: "missing", alone: "up to date", broken: "failed" }
      assert.deepStrictEqual(yield* healths(root), now)
      assert.deepStrictEqual(yield* healths(root), now)
      assert.match(
        (yield* Strata.run(["list", "alone"], { cwd: root })).stdout,
        /^alone\tvalue\tunpartitioned\tup to date\t/
      )
    }).pipe(Effect.scoped)
  )

  it.effect("sees what is stale after a change, and loads nothing while nothing changed", () =>
    Effect.gen(function* () {
      const { root, write } = yield* Projects.labeled
      yield* Strata.run(["materialize"], { cwd: root })
      assert.deepStrictEqual(yield* healths(root), { days: "up to date", total: "up to date" })
      const file = join(root, "imports.txt")
      const recorder = pathToFileURL(join(import.meta.dirname, "recordImports.mjs")).href
      yield* healths(root, { RECORD_IMPORTS: file, NODE_OPTIONS: `--import=${recorder}` })
      assert.notMatch(readFileSync(file, "utf8"), /strata\.config\.ts|node_modules\/effect\//)
      write("label.ts", `export const label = "two"`)
      assert.deepStrictEqual(yield* healths(root), { days: "stale", total: "stale" })
      yield* Strata.run(["materialize", "days"], { cwd: root })
      const [days] = Object.values(yield* healths(root))
      assert.strictEqual(days, "up to date")
    }).pipe(Effect.scoped)
  )
})
