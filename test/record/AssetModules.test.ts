import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Definitions, Value } from "../../runtime/index.ts"
import * as AssetModules from "../../runtime/record/AssetModules.ts"
import type * as ModuleGraph from "../../runtime/record/ModuleGraph.ts"

const asset = (key: string) => Asset.make(key, { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
const [A, B] = [asset("a"), asset("b")]

/** Modules by path: what they import, and the exports that they define themselves. */
const graph = (
  modules: Readonly<
    Record<string, { readonly imports?: ReadonlyArray<string>; readonly defines: ReadonlyArray<string> }>
  >
): ModuleGraph.ModuleGraph => ({
  root: "/",
  entry: "main.ts",
  modules: new Map(
    Object.entries(modules).map(([path, { defines, imports = [] }]) => [
      path,
      {
        path,
        hash: path,
        defines,
        framework: false,
        edges: imports.map((path) => ({ kind: "Static", names: ["*"], target: { _tag: "Module", path } }))
      }
    ])
  ),
  stamps: [],
  scanned: [],
  read: 0
})

const homes = (modules: Parameters<typeof graph>[0], exports: Readonly<Record<string, AssetModules.Exports>>) =>
  [...AssetModules.locate(graph(modules), new Map(Object.entries(exports))).homes].map(
    ([{ key }, path]) => `${key} ${path}`
  )

it("an asset is at home where it is exported", () =>
  assert.deepStrictEqual(homes({ "a.ts": { defines: ["A"] } }, { "a.ts": { A } }), ["a a.ts"]))

it("an asset in an exported record or list is at home there", () =>
  assert.deepStrictEqual(homes({ "a.ts": { defines: ["both", "list"] } }, { "a.ts": { both: { A }, list: [B] } }), [
    "a a.ts",
    "b a.ts"
  ]))

it("a barrel is no home, also where it and the module import each other", () =>
  assert.deepStrictEqual(
    homes(
      { "a.ts": { defines: ["A"], imports: ["0.ts"] }, "0.ts": { defines: [], imports: ["a.ts"] } },
      { "0.ts": { A }, "a.ts": { A } }
    ),
    ["a a.ts"]
  ))

it("a list of other modules' assets is no home", () => {
  assert.deepStrictEqual(
    homes(
      { "a.ts": { defines: ["A"] }, "0.ts": { defines: ["all"], imports: ["a.ts"] } },
      { "0.ts": { all: [A] }, "a.ts": { A } }
    ),
    ["a a.ts"]
  )
  assert.deepStrictEqual(
    homes(
      { "a.ts": { defines: ["both"] }, "0.ts": { defines: ["all"], imports: ["a.ts"] } },
      { "0.ts": { all: [A, B] }, "a.ts": { both: { A, B } } }
    ),
    ["a a.ts", "b a.ts"]
  )
})

it("the definitions are no home of the assets in them", () =>
  assert.deepStrictEqual(
    homes({ "main.ts": { defines: ["default"] } }, { "main.ts": { default: Definitions.make({ assets: [A] }) } }),
    []
  ))
