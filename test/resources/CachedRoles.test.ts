import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as CachedRoles from "../../resources/CachedRoles.ts"
import type { Role, RoleList } from "../../resources/Role.ts"
import { layerMemory, RoleCache, RoleCacheError } from "../../resources/RoleCache.ts"
import { Roles } from "../../resources/Roles.ts"
import type { Seniority } from "../../resources/Seniority.ts"
import { ModelUnavailable, SeniorityModel } from "../../resources/SeniorityModel.ts"

const roles = (from: number, to: number): ReadonlyArray<Role> =>
  Array.from({ length: to - from }, (_, i) => ({ company: "Acme", title: `Title ${from + i}` }))

const answer = (role: Role): Seniority => ((Number(role.title.slice(6)) % 7) + 1) as Seniority

/** A model that notes its calls; `before` runs in each. */
const noted = (before: (call: number) => Effect.Effect<void, ModelUnavailable> = () => Effect.void) => {
  const calls: Array<ReadonlyArray<Role>> = []
  const layer = Layer.succeed(SeniorityModel, {
    version: "test",
    batch: 1000,
    infer: (asked) => Effect.suspend(() => before(calls.push(asked))).pipe(Effect.as(asked.map(answer)))
  })
  return { calls, layer }
}

const provide = (model: Layer.Layer<SeniorityModel>, cache: Layer.Layer<RoleCache> = layerMemory) =>
  Effect.provide(CachedRoles.layer.pipe(Layer.provideMerge(Layer.merge(model, cache))))

const broken = Layer.succeed(RoleCache, {
  lookup: () => Effect.fail(new RoleCacheError({ operation: "lookup", cause: "down" })),
  save: () => Effect.fail(new RoleCacheError({ operation: "save", cause: "down" })),
  prune: () => Effect.fail(new RoleCacheError({ operation: "prune", cause: "down" })),
  count: Effect.fail(new RoleCacheError({ operation: "count", cause: "down" })),
  gauges: Effect.succeed({})
})

const unavailable = Effect.fail(new ModelUnavailable({ cause: "down" }))

describe("roles answered through the cache", () => {
  it.effect("asks the model in calls of up to a thousand, and never again", () => {
    const { calls, layer } = noted()
    return Effect.gen(function* () {
      const service = yield* Roles
      const all = roles(0, 2500)
      const first = yield* service.ask(all)
      assert.deepStrictEqual(first.seniority, all.map(answer))
      assert.deepStrictEqual([first.hits, first.misses, first.shared, first.calls], [0, 2500, 0, 3])
      assert.deepStrictEqual(calls.map((call) => call.length).sort(), [1000, 1000, 500])
      const second = yield* service.ask(roles(1000, 2600))
      assert.deepStrictEqual(second.seniority, roles(1000, 2600).map(answer))
      assert.deepStrictEqual([second.hits, second.misses, second.shared, second.calls], [1500, 100, 0, 1])
    }).pipe(provide(layer))
  })

  it.effect("asks once for a role that two steps miss at the same time", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { calls, layer } = noted(() => Deferred.await(gate))
      yield* Effect.gen(function* () {
        const service = yield* Roles
        const first = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        const second = yield* Effect.forkChild(service.ask(roles(20, 50)), { startImmediately: true })
        yield* Deferred.succeed(gate, undefined)
        assert.deepStrictEqual((yield* Fiber.join(first)).seniority, roles(0, 30).map(answer))
        const answers = yield* Fiber.join(second)
        assert.deepStrictEqual(answers.seniority, roles(20, 50).map(answer))
        assert.deepStrictEqual([answers.misses, answers.shared], [20, 10])
        assert.strictEqual(calls.flat().length, 50)
      }).pipe(provide(layer))
    })
  )

  it.effect("asks once for a role that another step is answered while this one looks it up", () =>
    Effect.gen(function* () {
      const [looked, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      let lookups = 0
      /** What the first looks up it is told of when the gate opens. */
      const late = Layer.effect(
        RoleCache,
        Effect.map(RoleCache, (cache) => ({
          ...cache,
          lookup: (roles: RoleList, model: string) =>
            Effect.tap(cache.lookup(roles, model), () =>
              lookups++ === 0 ? Effect.andThen(Deferred.succeed(looked, undefined), Deferred.await(gate)) : Effect.void
            )
        }))
      ).pipe(Layer.provide(layerMemory))
      const { calls, layer } = noted()
      yield* Effect.gen(function* () {
        const service = yield* Roles
        const first = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        yield* Deferred.await(looked)
        yield* service.ask(roles(20, 50))
        yield* Deferred.succeed(gate, undefined)
        const answers = yield* Fiber.join(first)
        assert.deepStrictEqual(answers.seniority, roles(0, 30).map(answer))
        assert.deepStrictEqual([answers.hits, answers.misses, answers.shared], [10, 20, 0])
        assert.strictEqual(calls.flat().length, 50)
      }).pipe(provide(layer, late))
    })
  )

  it.effect("asks itself when the step that it waited for failed", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { calls, layer } = noted((call) =>
        call === 1 ? Effect.andThen(Deferred.await(gate), unavailable) : Effect.void
      )
      yield* Effect.gen(function* () {
        const service = yield* Roles
        const first = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        const second = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        yield* Deferred.succeed(gate, undefined)
        assert.strictEqual((yield* Effect.flip(Fiber.join(first)))._tag, "ModelUnavailable")
        assert.deepStrictEqual((yield* Fiber.join(second)).seniority, roles(0, 30).map(answer))
        assert.strictEqual(calls.length, 2)
      }).pipe(provide(layer))
    })
  )

  it.effect("lets nobody wait for a step that was interrupted", () =>
    Effect.gen(function* () {
      const { layer } = noted((call) => (call === 1 ? Effect.never : Effect.void))
      yield* Effect.gen(function* () {
        const service = yield* Roles
        const first = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        const second = yield* Effect.forkChild(service.ask(roles(0, 30)), { startImmediately: true })
        yield* Fiber.interrupt(first)
        assert.deepStrictEqual((yield* Fiber.join(second)).seniority, roles(0, 30).map(answer))
      }).pipe(provide(layer))
    })
  )

  it.effect("keeps the answers that it got before the model failed", () => {
    const { calls, layer } = noted((call) => (call === 3 ? unavailable : Effect.void))
    return Effect.gen(function* () {
      const service = yield* Roles
      yield* service.ask(roles(0, 1000))
      yield* Effect.flip(service.ask(roles(0, 3000)))
      const again = yield* service.ask(roles(0, 3000))
      assert.deepStrictEqual(again.seniority, roles(0, 3000).map(answer))
      assert.isAtLeast(again.hits, 2000)
      assert.isAtMost(calls.length, 4)
    }).pipe(provide(layer))
  })

  it.effect("gives right answers without a cache, at the cost of calls", () => {
    const { layer } = noted()
    return Effect.gen(function* () {
      const service = yield* Roles
      for (let i = 0; i < 2; i++) {
        const answers = yield* service.ask(roles(0, 10))
        assert.deepStrictEqual(answers.seniority, roles(0, 10).map(answer))
        assert.deepStrictEqual([answers.misses, answers.calls, answers.cacheFaults], [10, 1, 2])
      }
    }).pipe(provide(layer, broken))
  })

  it.effect("refuses a reply that leaves roles out", () =>
    Effect.gen(function* () {
      const service = yield* Roles
      const error = yield* Effect.flip(service.ask(roles(0, 10)))
      assert.strictEqual(error.message.includes("3 answers for 10 roles"), true)
    }).pipe(
      provide(Layer.succeed(SeniorityModel, { version: "short", batch: 1000, infer: () => Effect.succeed([1, 2, 3]) }))
    )
  )
})
