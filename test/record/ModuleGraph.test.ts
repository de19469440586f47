import { symlinkSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as ModuleGraph from "../../runtime/record/ModuleGraph.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const scan = (project: TemporaryProject.TemporaryProject, known?: ModuleGraph.ModuleGraph) =>
  ModuleGraph.scan(join(project.root, "main.ts"), known?.scanned)

const packagesOf = (graph: ModuleGraph.ModuleGraph) =>
  graph.modules
    .get("main.ts")!
    .edges.flatMap(({ target }) => (target._tag === "Package" ? [`${target.name}@${target.version}`] : []))

describe("the modules of a project", () => {
  it.live("are the local files that the entry reaches", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import { a } from "./a.ts"\nimport type { T } from "./types.ts"\nimport json from "./data.json" with { type: "json" }\nimport fs from "node:fs"`,
        "a.ts": `import "./main.ts"\nexport const a = () => import("./deep/b.mjs?fresh")`,
        "deep/b.mjs": `export { c } from "../c.js"`,
        "c.js": "export const c = 1",
        "types.ts": "export type T = 1",
        "data.json": "{}",
        "alone.ts": ""
      })
      const graph = yield* scan(project)
      assert.deepStrictEqual([...graph.modules.keys()].sort(), ["a.ts", "c.js", "data.json", "deep/b.mjs", "main.ts"])
    })
  )

  it.live("run when the entry is imported, except those that are imported later", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import "./a.ts"\nimport "{strata}"`,
        "a.ts": `export const a = () => import("./b.ts")`,
        "b.ts": ""
      })
      assert.deepStrictEqual(
        ModuleGraph.running(yield* scan(project)).map(({ path }) => path),
        ["a.ts", "main.ts"]
      )
    })
  )

  it.live("are Strata's own as far as Strata's folders and package reach", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import "{strata}"\nimport "strata"\nimport "./runtime/a.ts"`,
        "runtime/a.ts": ""
      })
      const graph = yield* scan(project)
      const own = [...graph.modules.values()].filter(({ framework }) => !framework).map(({ path }) => path)
      assert.deepStrictEqual(own.sort(), ["main.ts", "runtime/a.ts"])
      assert.isTrue([...graph.modules.values()].some(({ framework }) => framework))
      assert.deepStrictEqual(packagesOf(graph), [])
    })
  )

  it.live("are where links lead, as for Node", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import "./linked.ts"`,
        "elsewhere/a.ts": `import "./b.ts"`,
        "elsewhere/b.ts": ""
      })
      symlinkSync("elsewhere/a.ts", join(project.root, "linked.ts"))
      assert.deepStrictEqual(
        [...(yield* scan(project)).modules.keys()],
        ["main.ts", "elsewhere/a.ts", "elsewhere/b.ts"]
      )
    })
  )

  it.live("may be missing until they are there", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({ "main.ts": `export const a = () => import("./a.ts")` })
      const before = yield* scan(project)
      assert.deepStrictEqual([...before.modules.keys()], ["main.ts"])
      assert.deepInclude(before.stamps, { path: "a.ts", size: -1, modified: 0 })
      project.write("a.ts", "")
      assert.deepStrictEqual([...(yield* scan(project, before)).modules.keys()].sort(), ["a.ts", "main.ts"])
    })
  )

  it.live("are refused with file and line where one cannot be parsed", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({ "main.ts": `import "./a.ts"`, "a.ts": "\nconst = 1" })
      const { message } = yield* Effect.flip(scan(project))
      assert.include(message, join(project.root, "a.ts:2"))
    })
  )
})

describe("a package", () => {
  it.live("counts by the version that the importing module finds", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import "@scope/one/sub.js"\nimport "two"\nimport "./node_modules/two/lib/x.js"\nimport "absent"`,
        "node_modules/@scope/one/package.json": `{"version":"1.0.0"}`,
        "node_modules/two/package.json": `{"version":"2.0.0"}`
      })
      assert.deepStrictEqual(packagesOf(yield* scan(project)), [
        "@scope/one@1.0.0",
        "two@2.0.0",
        "two@2.0.0",
        "absent@"
      ])
      project.write("node_modules/two/package.json", `{"version":"2.0.1"}`)
      assert.deepStrictEqual(packagesOf(yield* scan(project)), [
        "@scope/one@1.0.0",
        "two@2.0.1",
        "two@2.0.1",
        "absent@"
      ])
    })
  )

  it.live("that is not installed counts by its locked version", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "main.ts": `import "one"`,
        "package-lock.json": `{"packages":{"node_modules/one":{"version":"1.2.3"}}}`
      })
      assert.deepStrictEqual(packagesOf(yield* scan(project)), ["one@1.2.3"])
    })
  )
})

describe("a second scan", () => {
  const files = {
    "main.ts": `import "./a.ts"\nimport "./b.ts"`,
    "a.ts": "export const a = 1",
    "b.ts": "export const b = 1"
  }

  it.live("reads only what changed, and says the same as a first one", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      const first = yield* scan(project)
      assert.strictEqual(first.read, 3)
      const second = yield* scan(project, first)
      assert.strictEqual(second.read, 0)
      assert.deepStrictEqual({ ...second, read: 3 }, first)
      project.write("a.ts", "export const a = 2")
      const third = yield* scan(project, second)
      assert.strictEqual(third.read, 1)
      assert.deepStrictEqual({ ...third, read: 3 }, yield* scan(project))
      assert.notStrictEqual(third.modules.get("a.ts")!.hash, first.modules.get("a.ts")!.hash)
    })
  )

  it.effect("does not trust a file that was saved just before it was read", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      yield* TestClock.setTime(Date.UTC(2030, 0, 1))
      utimesSync(join(project.root, "a.ts"), Date.UTC(2030, 0, 1) / 1000, Date.UTC(2030, 0, 1) / 1000)
      const first = yield* scan(project)
      assert.strictEqual((yield* scan(project, first)).read, 1)
      yield* TestClock.adjust("1 second")
      const second = yield* scan(project, first)
      assert.strictEqual(second.read, 1)
      assert.strictEqual((yield* scan(project, second)).read, 0)
    })
  )
})
