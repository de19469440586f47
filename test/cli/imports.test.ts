/** What commands may load: it decides how soon they answer. */
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const loadedBy = Effect.fnUntraced(function* (root: string, args: ReadonlyArray<string>) {
  const file = join(root, "imports.txt")
  rmSync(file, { force: true })
  const recorder = pathToFileURL(join(import.meta.dirname, "recordImports.mjs")).href
  const env = { RECORD_IMPORTS: file, NODE_OPTIONS: `--import=${recorder}` }
  const { code, stderr } = yield* Strata.run(args, { cwd: root, env })
  assert.strictEqual(code, 0, stderr)
  return readFileSync(file, "utf8").split("\n")
})

const effect = /node_modules\/(effect|@effect)\//
const engine = /node_modules\/@duckdb\//
const definitions = /strata\.config\.ts/

describe("a command loads no more than it needs", () => {
  for (const args of [["--help"], [], ["materialize", "--help"], ["--version"], ["list"], ["list", "--json"]]) {
    it.effect(`strata ${args.join(" ")}: neither definitions nor engine nor Effect`, () =>
      Effect.gen(function* () {
        const { root } = yield* Projects.numbers
        yield* Strata.run(["list"], { cwd: root })
        const loaded = yield* loadedBy(root, args)
        for (const heavy of [effect, engine, definitions]) {
          assert.deepStrictEqual(
            loaded.filter((url) => heavy.test(url)),
            []
          )
        }
      }).pipe(Effect.scoped)
    )
  }

  for (const args of [["list", "+shop/total"], ["--completions", "bash"], ["runs"]]) {
    it.effect(`strata ${args.join(" ")}: neither definitions nor engine nor a barrel`, () =>
      Effect.gen(function* () {
        const { root } = yield* Projects.numbers
        yield* Strata.run(["list"], { cwd: root })
        const loaded = yield* loadedBy(root, args)
        for (const heavy of [engine, definitions, /node_modules\/(effect|@effect\/platform-node)\/dist\/index\.js/]) {
          assert.deepStrictEqual(
            loaded.filter((url) => heavy.test(url)),
            []
          )
        }
      }).pipe(Effect.scoped)
    )
  }

  it.effect("strata run and strata show load the definitions but no engine", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      yield* Strata.run(["materialize"], { cwd: root })
      for (const args of [["run", "latest"], ["show", "shop/total"], ["validate"]]) {
        const loaded = yield* loadedBy(root, args)
        assert.isTrue(loaded.some((url) => definitions.test(url)))
        assert.deepStrictEqual(
          loaded.filter((url) => engine.test(url)),
          []
        )
      }
    }).pipe(Effect.scoped)
  )
})
