import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ModuleGraph from "../../runtime/record/ModuleGraph.ts"

it.effect("reading the kept snapshot loads nothing but a few small files", () =>
  Effect.gen(function* () {
    const entry = join(import.meta.dirname, "../../cli/DefinitionsCache.ts")
    const graph = yield* ModuleGraph.scan(entry)
    const modules = ModuleGraph.reach(graph, graph.entry, ({ kind }) => kind === "Static")
    assert.deepStrictEqual(
      modules.map(({ path }) => path),
      ["CacheFile.ts", "DefinitionsCache.ts", "Version.ts"]
    )
    assert.deepStrictEqual(
      modules.flatMap(({ edges }) => edges.filter(({ target }) => target._tag === "Package")),
      []
    )
  })
)
