import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DefinitionsNotFound } from "../../cli/ProjectError.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const repository = join(import.meta.dirname, "../..")
const url = (path: string) => JSON.stringify(pathToFileURL(join(repository, path)).href)

/** Loads each of the definitions in a process of its own, because errors of imports are Node's, and prints how it failed. */
const script = `
import * as Effect from ${url("node_modules/effect/dist/Effect.js")}
import * as Project from ${url("cli/Project.ts")}
const failure = (definitions) => Project.load({ cwd: process.cwd(), definitions }).pipe(
  Effect.flip,
  Effect.map(({ _tag, message, frames }) => [definitions, { _tag, message, frames }])
)
const failures = await Effect.runPromise(Effect.forEach(process.argv.slice(1), failure))
console.log(JSON.stringify(Object.fromEntries(failures)))
`

const files: Readonly<Record<string, string>> = {
  "syntax.ts": `import "./lib/broken.ts"`,
  "lib/broken.ts": "\nexport const a: number = ;",
  "javascript.ts": `import "./lib/broken.mjs"`,
  "lib/broken.mjs": "export const a = (1 +;",
  "enum.ts": "enum A { B }",
  "export.ts": `import "./lib/unexported.ts"`,
  "lib/unexported.ts": `\nimport { nothing } from "./a.ts"\nconsole.log(nothing)`,
  "lib/a.ts": "export const a = 1",
  "file.ts": `// one\nimport "./lib/absent.ts"`,
  "package.ts": `// one\n// two\nimport { x } from "absent/sub"`,
  "throws.ts": `import { fail } from "./lib/throws.ts"\nfail()`,
  "lib/throws.ts": `export const fail = () => {\n  throw new TypeError("no such thing")\n}`,
  "strata.ts": `import { AssetKey } from "{strata}"\nconst key = () => AssetKey.make("Not A Key")\nkey()`,
  "text.ts": `throw "only text"`,
  "none.ts": "export const a = 1",
  "named.ts": `import { Definitions } from "{strata}"\nexport const mine = Definitions.make({ assets: [] })`,
  "function.ts": "export default () => 1",
  "twice.ts": `import { Definitions } from "{strata}"
import { It as one } from "./lib/asset.ts"
import { It as other } from "./lib/other.ts"
export default Definitions.make({ assets: [one, other] })`,
  "lib/asset.ts": TemporaryProject.assetModule("a/b"),
  "lib/other.ts": TemporaryProject.assetModule("a/b")
}

interface Failure {
  readonly _tag: string
  readonly message: string
  readonly frames?: ReadonlyArray<string>
}

class Failures extends Context.Service<Failures, Readonly<Record<string, Failure>>>()("test/Failures") {
  static readonly layer = Layer.effect(
    Failures,
    Effect.gen(function* () {
      const { root } = yield* TemporaryProject.make(files)
      const definitions = [...Object.keys(files).filter((path) => !path.includes("/")), "absent.ts"]
      const text = execFileSync(process.execPath, ["--input-type=module", "-e", script, ...definitions], {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"]
      })
      return JSON.parse(text)
    })
  )
}

layer(Failures.layer)("a project that cannot be loaded", (it) => {
  const says = (definitions: string, message: string) =>
    Effect.map(Failures, (failures) => assert.strictEqual(failures[definitions]?.message, message))

  it.effect("for its syntax names the file and line, also when another file imports it", () =>
    says("syntax.ts", "syntax.ts cannot be loaded: lib/broken.ts:2: Expression expected")
  )
  it.effect("for the syntax of JavaScript names them as well, which Node does not", () =>
    says("javascript.ts", "javascript.ts cannot be loaded: lib/broken.mjs:1: Unexpected token ';'")
  )
  it.effect("for syntax that Node does not run says so", () =>
    says("enum.ts", "enum.ts cannot be loaded: enum.ts:1: TypeScript enum is not supported in strip-only mode")
  )
  it.effect("for an export that is not there names the import", () =>
    says(
      "export.ts",
      "export.ts cannot be loaded: lib/unexported.ts:2: The requested module './a.ts' does not provide an export named 'nothing'"
    )
  )
  it.effect("for a file that is not there names the import", () =>
    says("file.ts", "file.ts cannot be loaded: file.ts:2: Cannot find module 'lib/absent.ts' imported from file.ts")
  )
  it.effect("for a package that is not installed names the import", () =>
    says(
      "package.ts",
      "package.ts cannot be loaded: package.ts:3: Cannot find package 'absent' imported from package.ts"
    )
  )
  it.effect("for an error of its code names the place where it was thrown, and how it came there", () =>
    Effect.gen(function* () {
      yield* says("throws.ts", "throws.ts cannot be loaded: lib/throws.ts:2:9: TypeError: no such thing")
      assert.deepStrictEqual((yield* Failures)["throws.ts"]?.frames, ["lib/throws.ts:2:9", "throws.ts:2:1"])
    })
  )
  it.effect("for an error that Strata throws names the author's line, not Strata's", () =>
    Effect.gen(function* () {
      const { frames, message } = (yield* Failures)["strata.ts"]!
      assert.match(message, /^strata\.ts cannot be loaded: strata\.ts:2:\d+: .*an asset key is lower-case words/s)
      assert.deepStrictEqual(
        frames?.map((frame) => frame.replace(/:\d+$/, "")),
        ["strata.ts:2", "strata.ts:3"]
      )
    })
  )
  it.effect("for something thrown that is no error says what it is", () =>
    says("text.ts", "text.ts cannot be loaded: only text")
  )

  const ending = "end it with `export default Definitions.make({ assets: [...] })`"
  it.effect("because nothing is exported as default says what to export", () =>
    says("none.ts", `there is no default export in none.ts: ${ending}`)
  )
  it.effect("because its definitions have another name says which", () =>
    says("named.ts", `Definitions are exported as \`mine\`, not as default, in named.ts: ${ending}`)
  )
  it.effect("because something else is exported says what", () =>
    says("function.ts", `the default export is a function, not Definitions, in function.ts: ${ending}`)
  )
  it.effect("because the file is not there says so", () =>
    says("absent.ts", "there is no file absent.ts: name one whose default export are the definitions")
  )
  it.effect("because its graph is wrong says what the graph says", () =>
    says("twice.ts", "asset a/b is defined twice: rename one of the two")
  )
})

it("without a config, says how to begin", () =>
  assert.strictEqual(
    new DefinitionsNotFound({ cwd: "/home/ada", definitions: null }).message,
    "there is no strata.config.ts in /home/ada or a folder above it: write one that ends with `export default Definitions.make({ assets: [...] })`, or name a file with --definitions"
  ))
