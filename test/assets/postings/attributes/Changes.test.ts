import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { make } from "./copy.ts"
import { published, text } from "./published.ts"

const posting = `${JSON.stringify({
  url: "https://example.com/1",
  company: "Acme",
  title: "Chief",
  location: "Portland, OR",
  scraped_on: 1_748_822_400,
  description: "C++"
})}\n`

const project = Effect.gen(function* () {
  const project = yield* make
  for (const [name, lines] of Object.entries(published)) project.write(`reference/${name}`, text(lines))
  for (const file of ["1748822400.jsonl", "1748908800.jsonl"]) project.write(`landed/${file}`, posting)
  const { code, stderr } = yield* project.strata("materialize")
  assert.strictEqual(code, 0, stderr)
  /** What would be made again after a module gets another line of code. */
  const planned = Effect.fnUntraced(function* (module: string) {
    project.append(module, "export const later = 1")
    const { code, stderr, stdout } = yield* project.strata("plan", "--json")
    assert.strictEqual(code, 0, stderr)
    const plan: { readonly steps: ReadonlyArray<{ readonly assets: ReadonlyArray<string> }> } = JSON.parse(stdout)
    const assets = plan.steps.flatMap(({ assets }) => assets)
    return assets.map((asset) => asset.replace("postings/", "")).sort()
  })
  return { ...project, planned }
})

describe("a changed extractor", () => {
  it.effect("is recomputed, and nothing that is not made from it", () =>
    Effect.gen(function* () {
      const { planned } = yield* project
      const matching = ["attributes/skills_acronym", "attributes/skills_onet"]
      assert.deepStrictEqual(yield* planned("attributes/NameMatcher"), matching)
      assert.deepStrictEqual(yield* planned("attributes/TitleClean"), [
        ...matching,
        "attributes/soc_code",
        "attributes/title_clean"
      ])
    }).pipe(Effect.scoped)
  )
})
