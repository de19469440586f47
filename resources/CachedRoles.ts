/**
 * Roles answered from the cache, and by the model where the cache knows nothing.
 *
 * A role is claimed before it is looked up, so steps that run at the same time
 * never ask the model twice for it: who comes second waits for the first, and
 * asks only if the first failed. An answer is saved as soon as it is there.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Role from "./Role.ts"
import { RoleCache, type RoleCacheError } from "./RoleCache.ts"
import { type Answers, Roles } from "./Roles.ts"
import type { Seniority } from "./Seniority.ts"
import { BadReply, SeniorityModel } from "./SeniorityModel.ts"

export const layer: Layer.Layer<Roles, never, RoleCache | SeniorityModel> = Layer.effect(
  Roles,
  Effect.gen(function* () {
    const cache = yield* RoleCache
    const model = yield* SeniorityModel
    const claims = new Map<string, Claim>()

    const claim = (open: ReadonlyArray<Role.Role>) => {
      const own: Claim = { roles: [], answers: new Map(), done: Deferred.makeUnsafe() }
      const others = new Set<Claim>()
      for (const role of open) {
        const key = Role.key(role)
        const other = claims.get(key)
        if (other !== undefined) others.add(other)
        else {
          claims.set(key, own)
          own.roles.push(role)
        }
      }
      return { own, others }
    }

    const release = (own: Claim) => {
      for (const role of own.roles) claims.delete(Role.key(role))
      return Deferred.succeed(own.done, undefined)
    }

    const lookup = (own: Claim, costs: Costs) =>
      cache.lookup(own.roles, model.version).pipe(
        Effect.catch((error) => Effect.as(fault(error, costs), [])),
        Effect.map((known) =>
          own.roles.filter((role, index) => {
            const seniority = known[index]
            if (seniority === undefined) return true
            own.answers.set(Role.key(role), seniority)
            costs.hits++
            return false
          })
        )
      )

    const infer = (roles: ReadonlyArray<Role.Role>, own: Claim, costs: Costs) =>
      Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          costs.calls++
          costs.misses += roles.length
          const answers = yield* restore(model.infer(roles))
          if (answers.length !== roles.length) {
            return yield* new BadReply({ reason: `${answers.length} answers for ${roles.length} roles` })
          }
          const entries = roles.map((role, index) => ({ ...role, seniority: answers[index]! }))
          for (const entry of entries) own.answers.set(Role.key(entry), entry.seniority)
          yield* cache.save(entries, model.version).pipe(Effect.catch((error) => fault(error, costs)))
        })
      )

    const answer = Effect.fnUntraced(function* (own: Claim, costs: Costs) {
      const missing = yield* lookup(own, costs)
      yield* Effect.forEach(chunks(missing, model.batch), (roles) => infer(roles, own, costs), {
        concurrency: callsAtOnce,
        discard: true
      })
    })

    const ask = Effect.fn("Roles.ask")(function* (roles: ReadonlyArray<Role.Role>) {
      const costs: Costs = { hits: 0, misses: 0, calls: 0, cacheFaults: 0 }
      const answers = new Map<string, Seniority>()
      let open = roles
      while (open.length > 0) {
        const { others, own } = yield* Effect.acquireUseRelease(
          Effect.sync(() => claim(open)),
          (claimed) => Effect.as(answer(claimed.own, costs), claimed),
          (claimed) => release(claimed.own)
        )
        for (const other of others) yield* Deferred.await(other.done)
        for (const { answers: got } of [own, ...others]) for (const [key, seniority] of got) answers.set(key, seniority)
        open = open.filter((role) => !answers.has(Role.key(role)))
      }
      const result: Answers = {
        ...costs,
        seniority: roles.map((role) => answers.get(Role.key(role))!),
        shared: roles.length - costs.hits - costs.misses
      }
      return result
    })

    return { version: model.version, ask }
  })
)

/** Roles that one fiber is answering; whoever else wants them waits until it is done. */
interface Claim {
  readonly roles: Array<Role.Role>
  readonly answers: Map<string, Seniority>
  readonly done: Deferred.Deferred<void>
}

interface Costs {
  hits: number
  misses: number
  calls: number
  cacheFaults: number
}

const callsAtOnce = 8

const fault = (error: RoleCacheError, costs: Costs) => {
  costs.cacheFaults++
  return Effect.logWarning(error.message)
}

const chunks = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
