/** What `strata show` says of the resources that an asset uses. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const described = TemporaryProject.make({
  "strata.config.ts": `${Projects.head}
const asset = (key) => Asset.make(key, { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
const cache = { name: "cache", provider: "a shelf in the hall", warnings: ["it is dusty: wipe it"] }
export const Using = asset("shop/using")
export const Plain = asset("shop/plain")
export default Definitions.make({ assets: [Using, Plain] }).pipe(
  Definitions.describe({ "shop/using": Effect.succeed([cache]) }),
  Definitions.provide(DuckDB.layer)
)
`
})

it.live("strata show says what resources an asset uses, and what to mind with them", () =>
  Effect.gen(function* () {
    const { root } = yield* described
    const show = (...args: ReadonlyArray<string>) => Strata.run(["show", ...args], { cwd: root })
    const { stdout } = yield* show("shop/using")
    assert.match(stdout, /^uses\tcache: a shelf in the hall$/m)
    assert.match(stdout, /^warning\tit is dusty: wipe it$/m)
    assert.deepStrictEqual(JSON.parse((yield* show("shop/using", "--json")).stdout).resources, [
      { name: "cache", provider: "a shelf in the hall", warnings: ["it is dusty: wipe it"] }
    ])
    const plain = yield* show("shop/plain")
    assert.notMatch(plain.stdout, /^(uses|warning)\t/m)
    assert.deepStrictEqual(JSON.parse((yield* show("shop/plain", "--json")).stdout).resources, [])
  })
)
