import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Command from "effect/cli/Command"
import * as TestConsole from "effect/testing/TestConsole"
import { command } from "../../../assets/postings/CacheCommand.ts"
import * as Postings from "../../../data/postings.ts"
import * as samples from "../../../data/samples.ts"
import { read, version } from "../../../resources/EmbeddedSeniorityModel.ts"
import { layerMemory, RoleCache } from "../../../resources/RoleCache.ts"

const cache = (...words: ReadonlyArray<string>) => Command.runWith(command, { version: "0" })(words)

const test = (name: string, body: Effect.Effect<void, unknown, RoleCache | NodeServices.NodeServices>) =>
  it.effect(name, () => body.pipe(Effect.provide(Layer.mergeAll(NodeServices.layer, layerMemory, TestConsole.layer))))

const last = Effect.map(TestConsole.logLines, (lines) => String(lines.at(-1)))

describe("strata cache", () => {
  test(
    "prefill makes the roles known that generated postings draw from",
    Effect.gen(function* () {
      yield* cache("prefill", "--roles", "500", "--seed", "3")
      const roles = Array.from({ length: 501 }, (_, index) => Postings.role(3, index))
      const known = yield* (yield* RoleCache).lookup(roles, version)
      assert.deepStrictEqual(known, [...roles.slice(0, 500).map(({ title }) => read(title)), undefined])
      const drawn = [
        ...Postings.files({ ...samples.postings, rows: 300, seed: 3, known: 500, unique: 0, malformed: 0 })
      ]
        .flatMap(({ content }) => [...content].join("").trimEnd().split("\n"))
        .map((line) => JSON.parse(line))
      const found = yield* (yield* RoleCache).lookup(drawn, version)
      assert.strictEqual(found.length, 300)
      assert.notInclude(found, undefined)
    })
  )

  test(
    "stats says how many roles of each model are known",
    Effect.gen(function* () {
      const service = yield* RoleCache
      yield* cache("stats")
      assert.strictEqual(yield* last, "no roles")
      yield* service.save([{ company: "Acme", title: "Clerk", seniority: 2 }], "old")
      yield* cache("prefill", "--roles", "7")
      yield* cache("stats")
      assert.strictEqual(yield* last, `1 role\told\n7 roles\t${version}, in use`)
      yield* cache("stats", "--json")
      assert.deepStrictEqual(JSON.parse(yield* last).models, [
        { model: "old", roles: 1, current: false },
        { model: version, roles: 7, current: true }
      ])
    })
  )

  test(
    "prune forgets one thing at a time, and says how many roles that were",
    Effect.gen(function* () {
      const service = yield* RoleCache
      yield* service.save([{ company: "Acme", title: "Clerk", seniority: 2 }], "old")
      yield* cache("prefill", "--roles", "7")
      for (const words of [[], ["--all", "--other-models"], ["--all", "--company", "Acme"]]) {
        const error = yield* Effect.flip(cache("prune", ...words))
        assert.include(String(error), "say what to forget with one of")
      }
      yield* cache("prune", "--other-models")
      assert.strictEqual(yield* last, "1 roles forgotten")
      yield* cache("prune", "--company", Postings.role(1, 0).company)
      assert.strictEqual(yield* last, "1 roles forgotten")
      yield* cache("prune", "--unseen-days", "30")
      assert.strictEqual(yield* last, "0 roles forgotten")
      yield* cache("prune", "--all")
      assert.strictEqual(yield* last, "6 roles forgotten")
    })
  )
})
