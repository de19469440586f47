import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as DefinitionsCache from "../../cli/DefinitionsCache.ts"
import * as Project from "../../cli/Project.ts"
import * as ProjectLocation from "../../cli/ProjectLocation.ts"
import { AssetKey } from "../../runtime/index.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const { assetModule } = TemporaryProject

/** Three assets, one after the other; two share a helper, one asks for a resource that the config provides. */
const files = {
  "strata.config.ts": `import { Definitions } from "{strata}"
import * as Assets from "./assets/index.ts"
import { layer } from "./resources/MemoryRoles.ts"
export default Definitions.make({ assets: Object.values(Assets) }).pipe(Definitions.provide(layer))
`,
  "assets/index.ts": `export { It as Raw } from "./Raw.ts"
export { It as Parsed } from "./Parsed.ts"
export { It as Daily } from "./Daily.ts"
`,
  "assets/Raw.ts": assetModule("raw", { imports: `import { one } from "../lib/one.ts"`, body: "one" }),
  "assets/Parsed.ts": `import { Asset, Value } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { middle } from "../lib/middle.ts"
import { Roles } from "../resources/Roles.ts"
import type { Shape } from "../lib/Shape.ts"
import { It as Raw } from "./Raw.ts"
export const It = Asset.make("parsed", {
  deps: { raw: Raw },
  output: Value.of(Schema.Unknown),
  materialize: () => Effect.map(Roles, (roles): Shape => middle(roles))
})
`,
  "assets/Daily.ts": `import { Asset, Value } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import table from "../lib/table.json" with { type: "json" }
import { two } from "two"
import { It as Parsed } from "./Parsed.ts"
export const It = Asset.make("daily", {
  deps: { parsed: Parsed },
  output: Value.of(Schema.Unknown),
  materialize: ({ parsed }) => Effect.succeed([parsed, table, two])
})
`,
  "lib/one.ts": "export const one = 1\n",
  "lib/middle.ts": `import { one } from "./one.ts"\nexport const middle = (_: unknown) => one\n`,
  "lib/Shape.ts": "export type Shape = unknown\n",
  "lib/alone.ts": "export const alone = 1\n",
  "lib/table.json": `{ "a": 1 }\n`,
  "resources/Roles.ts": `import * as Context from "effect/Context"
export class Roles extends Context.Service<Roles, {}>()("Roles") {}
`,
  "resources/MemoryRoles.ts": `import * as Layer from "effect/Layer"
import { Roles } from "./Roles.ts"
export const layer = Layer.succeed(Roles, {})
`,
  "node_modules/two/package.json": `{ "version": "2.0.0", "type": "module", "exports": "./two.js" }`,
  "node_modules/two/two.js": "export const two = 2"
}

const load = (project: TemporaryProject.TemporaryProject) => Project.load({ cwd: project.root })
const edited = (path: keyof typeof files, from: string, to: string): string => {
  assert.include(files[path], from)
  return files[path].replace(from, to)
}

describe("the code version of an asset", () => {
  /** The assets whose version a change of one file changes. */
  const changed = (path: keyof typeof files, text: string) =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      const before = (yield* load(project)).codeVersions
      project.write(path, text)
      const after = (yield* load(project)).codeVersions
      assert.sameMembers([...after.keys()], ["raw", "parsed", "daily"])
      return [...after].flatMap(([key, version]) => (before.get(key) === version ? [] : [key])).sort()
    })

  const cases: ReadonlyArray<readonly [string, keyof typeof files, string, ReadonlyArray<string>]> = [
    ["a comment", "assets/Parsed.ts", `// why\n${files["assets/Parsed.ts"]}`, []],
    ["formatting", "lib/one.ts", "export const one =\n    1;", []],
    ["a type", "lib/one.ts", "export const one: number = 1", []],
    ["a module of types", "lib/Shape.ts", "export type Shape = unknown\nexport const value = 1", []],
    ["a module that nobody imports", "lib/alone.ts", "export const alone = 2", []],
    ["the file of a backend", "resources/MemoryRoles.ts", edited("resources/MemoryRoles.ts", "{})", "{ a: 1 })"), []],
    ["the definitions", "strata.config.ts", `${files["strata.config.ts"]}export const more = 1`, []],
    ["the tag of a resource", "resources/Roles.ts", edited("resources/Roles.ts", `("Roles")`, `("Other")`), ["parsed"]],
    [
      "the asset's own module, not those downstream",
      "assets/Raw.ts",
      edited("assets/Raw.ts", "(one)", "(one + 1)"),
      ["raw"]
    ],
    ["a helper of its helper", "lib/one.ts", "export const one = 2", ["parsed", "raw"]],
    ["an imported JSON file", "lib/table.json", `{ "a": 2 }`, ["daily"]],
    ["the layout of a JSON file", "lib/table.json", `{"a":1}`, []],
    [
      "the version of a package",
      "node_modules/two/package.json",
      edited("node_modules/two/package.json", "2.0.0", "2.0.1"),
      ["daily"]
    ]
  ]
  for (const [what, path, text, assets] of cases) {
    it.live(`${assets.length === 0 ? "stays the same with" : "changes with"} ${what}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* changed(path, text), [...assets])
      })
    )
  }

  it.live("says which modules and packages it was made of, so that a change can be named", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      const { snapshot } = yield* load(project)
      const { module, version } = snapshot.assets.find(({ key }) => key === "parsed")!.code
      assert.strictEqual(module, "assets/Parsed.ts")
      assert.match(version!, /^[0-9a-f]{16}$/)
      const { modules, packages } = snapshot.code[module!]!
      assert.deepStrictEqual(
        modules.map((place) => snapshot.modules[place]!.path),
        ["assets/Parsed.ts", "lib/middle.ts", "lib/one.ts", "resources/Roles.ts"]
      )
      assert.deepStrictEqual(packages, ["effect@4.1.0"])
    })
  )

  it.live("is the same in another folder", () =>
    Effect.gen(function* () {
      const versions = Effect.map(Effect.flatMap(TemporaryProject.make(files), load), (project) => project.codeVersions)
      assert.deepStrictEqual(yield* versions, yield* versions)
    })
  )

  const unexported = (codeVersion: string) => ({
    "strata.config.ts": `import { Asset, Definitions, Value } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
const A = Asset.make("a", { ${codeVersion} output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
export default Definitions.make({ assets: [A] })
`
  })

  it.live("is unknown for an asset that no module exports", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(load(yield* TemporaryProject.make(unexported(""))))
      assert.strictEqual(error._tag, "CodeVersionUnknown")
      assert.strictEqual(
        error.message,
        "the code of asset a is in no module that exports it: export the asset from its module, or give it a codeVersion"
      )
    })
  )

  it.live("is what the author declares", () =>
    Effect.gen(function* () {
      const { codeVersions } = yield* load(yield* TemporaryProject.make(unexported(`codeVersion: "7",`)))
      assert.deepStrictEqual([...codeVersions], [[AssetKey.make("a"), "7"]])
    })
  )

  it.live("does not notice what assets share through the module of one of them, which is said", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        ...files,
        "assets/Raw.ts": `${files["assets/Raw.ts"]}export const clean = () => 1\n`,
        "lib/middle.ts": `import { clean, It } from "../assets/Raw.ts"\nexport const middle = (_: unknown) => [clean, It]\n`
      })
      assert.deepStrictEqual((yield* load(project)).unnoticed, [
        { module: "assets/Raw.ts", importedBy: "lib/middle.ts", names: ["clean"] }
      ])
    })
  )
})

describe("the snapshot of a project", () => {
  const counting = (project: TemporaryProject.TemporaryProject) => {
    const log = join(project.root, "loaded.txt")
    project.write(
      "strata.config.ts",
      `import { appendFileSync } from "node:fs"\nappendFileSync(${JSON.stringify(log)}, "x")\n${files["strata.config.ts"]}`
    )
    return () => (existsSync(log) ? readFileSync(log, "utf8").length : 0)
  }

  it.live("is given without importing the definitions while no file changed", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      const loads = counting(project)
      const first = yield* Project.snapshot({ cwd: project.root })
      assert.strictEqual(loads(), 1)
      const location = ProjectLocation.find({ cwd: project.root })!
      assert.deepStrictEqual(DefinitionsCache.read(location), first)
      const { mtimeMs, size } = statSync(join(project.root, "strata.config.ts"))
      // A config of the same size and time that cannot be imported: it is not looked at.
      project.write("strata.config.ts", "!".repeat(size))
      utimesSync(join(project.root, "strata.config.ts"), mtimeMs / 1000, mtimeMs / 1000)
      assert.deepStrictEqual(yield* Project.snapshot({ cwd: join(project.root, "assets") }), first)
    })
  )

  const stale = (change: (project: TemporaryProject.TemporaryProject) => void) =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      yield* load(project)
      const location = ProjectLocation.find({ cwd: project.root })!
      assert.isDefined(DefinitionsCache.read(location))
      change(project)
      assert.isUndefined(DefinitionsCache.read(location))
    })

  it.live("is not given when a module changed", () =>
    stale((project) => project.write("lib/one.ts", "export const one = 2"))
  )
  it.live("is not given when a module is gone", () => stale((project) => project.remove("lib/one.ts")))
  it.live("is not given when a package changed", () =>
    stale((project) => project.write("node_modules/two/package.json", `{"version":"3.0.0"}`))
  )
  it.live("is not given when what is kept was cut off", () =>
    stale((project) => project.write(".strata/cache/definitions.json", `{"format":1`))
  )
  it.live("is not given when another version of Strata kept it", () =>
    stale((project) => {
      const path = join(project.root, ".strata/cache/definitions.json")
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), version: "0.0.0" }))
    })
  )

  it.live("is that of the definitions as they are after a change", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make(files)
      const before = yield* Project.snapshot({ cwd: project.root })
      project.write("lib/one.ts", "export const one = 2")
      const after = yield* Project.snapshot({ cwd: project.root })
      const version = (snapshot: typeof after, asset: string) =>
        snapshot.assets.find(({ key }) => key === asset)!.code.version
      assert.notStrictEqual(version(after, "raw"), version(before, "raw"))
      assert.strictEqual(version(after, "daily"), version(before, "daily"))
    })
  )

  it.live("says how the engine stores the columns of a table", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        "strata.config.ts": `import { Definitions } from "{strata}"
import { It } from "./It.ts"
export default Definitions.make({ assets: [It] })`,
        "It.ts": `import { Asset, sql, Table } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
export const It = Asset.make("it", {
  output: Table.of(Schema.Struct({ id: Schema.Int, title: Schema.NullOr(Schema.String) })),
  materialize: () => Effect.succeed(sql\`SELECT 1\`)
})`
      })
      assert.deepStrictEqual((yield* load(project)).snapshot.assets[0]!.columns, [
        { name: "id", type: "BIGINT" },
        { name: "title", type: "VARCHAR" }
      ])
    })
  )

  it.live("is not needed to load a project, nor is a place to keep it", () =>
    Effect.gen(function* () {
      const project = yield* TemporaryProject.make({
        ...files,
        ".strata": "a file, so that nothing can be kept below it"
      })
      assert.strictEqual((yield* load(project)).codeVersions.size, 3)
    })
  )
})
