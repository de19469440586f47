/**
 * The layout of the folders is the architecture: an import points at the same
 * folder of `runtime/` or at one before it, the pure folders run no effect, and
 * `assets/` and `resources/` know definitions, not how they are planned and run.
 */
import { globSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"

const order = ["definition", "graph", "event", "plan", "record", "execute", "read"]
const pure = new Set(["definition", "graph", "event", "plan"])
const effectful = /^import (?!type).*"effect\/(Effect|Layer|Stream|Scope|Fiber|Ref|Queue)"/m

describe("runtime", () => {
  for (const file of globSync("runtime/*/**/*.ts").sort()) {
    const folder = file.split("/")[1]!
    const source = readFileSync(file, "utf8")
    it(`${file} imports only what comes before it`, () => {
      for (const [, to] of source.matchAll(/from "\.\.\/(\w+)\//g)) {
        assert.isAtMost(order.indexOf(to!), order.indexOf(folder), `${file} -> ${to}`)
      }
      assert.notMatch(source, /from "(\.\.\/)+(assets|resources|cli)\//)
    })
    if (pure.has(folder)) it(`${file} is pure`, () => assert.notMatch(source, effectful))
  }
})

describe("the project", () => {
  for (const file of globSync("{runtime,resources,assets}/**/*.ts").sort()) {
    const source = readFileSync(file, "utf8")
    it(`${file} leaves time, environment and console to the mains`, () => {
      assert.notMatch(source, /Date\.now|process\.env|console\./)
      assert.notMatch(source, /\bas any\b|@ts-(ignore|expect-error|nocheck)/)
    })
  }
  for (const file of globSync("{assets,resources}/**/*.ts").sort()) {
    const allowed = file.startsWith("assets/")
      ? /runtime\/index\.ts/
      : /runtime\/(index\.ts|definition\/|event\/Version\.ts)/
    it(`${file} knows no more of the runtime than definitions`, () => {
      for (const [from] of readFileSync(file, "utf8").matchAll(/from "(\.\.\/)+runtime\/.*"/g))
        assert.match(from, allowed)
      assert.notMatch(readFileSync(file, "utf8"), /from "(\.\.\/)+cli\//)
    })
  }
})
