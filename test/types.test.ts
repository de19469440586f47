/**
 * What must not compile, and what the compiler says: each file of
 * `types/rejected` names in its first line a part of the one error that it must
 * give. `types/accepted.ts` is checked with the rest of the project.
 */
import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const compiled = spawnSync("npx", ["tsc", "--noEmit", "--pretty", "false", "-p", "test/types/rejected"], {
  encoding: "utf8"
}).stdout
const errors = compiled.split(/^(?=\S.*?\(\d+,\d+\): error)/m)
const files = globSync("test/types/rejected/*.ts").sort()

describe("a program does not compile", () => {
  for (const file of files) {
    it(`when it is ${basename(file, ".ts")}`, () => {
      const expected = readFileSync(file, "utf8").split("\n")[0]!.replace("// ", "")
      const found = errors.filter((error) => error.startsWith(file) || error.startsWith(basename(file)))
      assert.strictEqual(found.length, 1, `one error in ${file}, found ${found.length}:\n${found.join("")}`)
      assert.include(found[0]!, expected)
    })
  }
})
