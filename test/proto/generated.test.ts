import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Generate from "../../proto/generate.ts"

describe("the static code of proto/*.proto", () => {
  for (const name of Generate.names()) {
    it(`is what proto/generate.ts makes of ${name}.proto today`, () => {
      for (const [file, text] of Generate.generated(name)) {
        assert.strictEqual(readFileSync(join(Generate.folder, file), "utf8"), text, file)
      }
    })
  }

  it("is there for every definition", () => {
    assert.include(Generate.names(), "appsinstalled")
  })
})
