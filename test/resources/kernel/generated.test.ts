import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Generate from "../../../resources/kernel/generate.ts"

describe("the code of the kernels", () => {
  for (const name of Generate.names()) {
    it(`is what resources/kernel/generate.ts makes of ${name}.as.ts today`, () => {
      assert.strictEqual(readFileSync(join(Generate.root, `${name}.wasm.ts`), "utf8"), Generate.generated(name))
    })
  }
})
