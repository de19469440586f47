/** What the package publishes, and that it can be used with what the package depends on. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ModuleGraph from "../runtime/record/ModuleGraph.ts"

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const root = process.cwd()
const read = (name: string) => JSON.parse(readFileSync(join(root, name), "utf8"))
const { dependencies, exports, peerDependencies }: Manifest = read("package.json")
const built: ReadonlyArray<string> = read("tsconfig.build.json").include

const sourceOf = (exported: string): string => exported.replace("./dist/", "").replace(/\.js$/, ".ts")

describe("the package", () => {
  for (const [name, files] of Object.entries(exports)) {
    const source = sourceOf(files.default)

    it(`exports ${name} from a source that is built`, () => {
      assert.isTrue(existsSync(join(root, source)))
      assert.strictEqual(files.types, files.default.replace(/\.js$/, ".d.ts"))
      assert.isTrue(built.some((path) => path === source || source.startsWith(`${path}/`)))
    })

    it.effect(`exports ${name} without anything of the examples, and depends on what it imports`, () =>
      Effect.gen(function* () {
        const { modules } = yield* ModuleGraph.scan(join(root, source))
        const folder = join(root, source, "..")
        for (const { edges, path } of modules.values()) {
          assert.match(join(folder, path).slice(root.length + 1), /^(runtime|resources)\//)
          for (const { target } of edges) {
            if (target._tag === "Package") assert.property({ ...dependencies, ...peerDependencies }, target.name, path)
          }
        }
      })
    )
  }
})
