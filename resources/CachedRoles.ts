/**
 * Roles answered from the cache, and by the model where the cache knows nothing.
 *
 * A role that is not known is claimed before the model is asked, so steps that
 * run at the same time never ask twice for it: who comes second waits for the
 * first, and asks only if the first failed. An answer is saved as soon as it is
 * there.
 */
import { chunksOf } from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Role from "./Role.ts"
import { RoleCache, type RoleCacheError } from "./RoleCache.ts"
import { type Answers, Roles } from "./Roles.ts"
import type { Seniority } from "./Seniority.ts"
import { BadReply, Retries, SeniorityModel } from "./SeniorityModel.ts"

export const layer: Layer.Layer<Roles, never, RoleCache | SeniorityModel> = Layer.effect(
  Roles,
  Effect.gen(function* () {
    const cache = yield* RoleCache
    const model = yield* SeniorityModel
    const claims = new Map<string, Claim>()
    let released = 0
    let isAway = false

    /** The first failure of an outage is told, the others are counted. */
    const fault = (error: RoleCacheError, costs: Costs) => {
      costs.cacheFaults++
      const isFirst = !isAway
      isAway = true
      return isFirst ? Effect.logWarning(error.message) : Effect.void
    }

    const cached = <A>(self: Effect.Effect<A, RoleCacheError>, otherwise: A, costs: Costs) =>
      Effect.timed(self).pipe(
        Effect.map(([took, result]) => {
          isAway = false
          costs.cacheMillis += Duration.toMillis(took)
          return result
        }),
        Effect.catch((error) => Effect.as(fault(error, costs), otherwise))
      )

    const claim = (keys: ReadonlyMap<number, string>) => {
      const own: Claim = { places: [], answers: new Map(), done: Deferred.makeUnsafe() }
      const others = new Set<Claim>()
      for (const [place, key] of keys) {
        const other = claims.get(key)
        if (other !== undefined) others.add(other)
        else {
          claims.set(key, own)
          own.places.push(place)
        }
      }
      return { own, others }
    }

    const release = (own: Claim, keys: ReadonlyMap<number, string>) => {
      for (const place of own.places) claims.delete(keys.get(place)!)
      released++
      return Deferred.succeed(own.done, undefined)
    }

    const infer = (roles: ReadonlyArray<Role.Role>, costs: Costs, take: (index: number, answer: Seniority) => void) =>
      Effect.uninterruptibleMask(
        Effect.fnUntraced(function* (restore) {
          costs.calls++
          costs.misses += roles.length
          const [took, answers] = yield* Effect.timed(
            restore(Effect.provideService(model.infer(roles), Retries, { count: () => costs.retries++ }))
          )
          costs.modelMillis += Duration.toMillis(took)
          if (answers.length !== roles.length) {
            return yield* new BadReply({ reason: `${answers.length} answers for ${roles.length} roles` })
          }
          for (const [index, answer] of answers.entries()) take(index, answer)
          const entries = roles.map(({ company, title }, index) => ({ company, title, seniority: answers[index]! }))
          yield* cached(cache.save(entries, model.version), undefined, costs)
        })
      )

    const ask = Effect.fn("Roles.ask")(function* (roles: Role.RoleList) {
      const costs: Costs = { hits: 0, misses: 0, calls: 0, retries: 0, cacheFaults: 0, cacheMillis: 0, modelMillis: 0 }
      const seniority: Array<Seniority | undefined> = new Array(roles.length).fill(undefined)
      let before = released

      const lookup = Effect.fnUntraced(function* (some: Role.RoleList, placeOf: (index: number) => number) {
        const found = yield* cached(cache.lookup(some, model.version), [], costs)
        const missing: Array<number> = []
        for (let index = 0; index < some.length; index++) {
          seniority[placeOf(index)] = found[index]
          if (found[index] === undefined) missing.push(placeOf(index))
        }
        costs.hits += some.length - missing.length
        return missing
      })

      /** What was answered to others after this looked up is not asked again. */
      const answer = Effect.fnUntraced(function* (places: ReadonlyArray<number>) {
        const missing =
          released === before ? places : yield* lookup(Role.some(roles, places), (index) => places[index]!)
        yield* Effect.forEach(
          chunksOf(missing, model.batch),
          (places) =>
            infer(Role.some(roles, places), costs, (index, answer) => {
              seniority[places[index]!] = answer
            }),
          { concurrency: callsAtOnce, discard: true }
        )
      })

      /** Others that wait are told what was answered, also where the rest failed. */
      const tell = (own: Claim, keys: ReadonlyMap<number, string>) =>
        Effect.suspend(() => {
          for (const place of own.places) {
            const answered = seniority[place]
            if (answered !== undefined) own.answers.set(keys.get(place)!, answered)
          }
          if (released === before) before++
          return release(own, keys)
        })

      const settle = Effect.fnUntraced(function* (places: ReadonlyArray<number>) {
        const keys = new Map(places.map((place) => [place, Role.key(roles.at(place)!)]))
        while (keys.size > 0) {
          const { others } = yield* Effect.acquireUseRelease(
            Effect.sync(() => claim(keys)),
            (claimed) => Effect.as(answer(claimed.own.places), claimed),
            ({ own }) => tell(own, keys)
          )
          for (const other of others) {
            yield* Deferred.await(other.done)
            for (const [place, key] of keys) seniority[place] ??= other.answers.get(key)
          }
          for (const place of keys.keys()) if (seniority[place] !== undefined) keys.delete(place)
        }
      })

      const missing = yield* lookup(roles, (index) => index)
      yield* Effect.forEach(chunksOf(missing, callsAClaim * model.batch), settle, { discard: true })
      const result: Answers = {
        ...costs,
        seniority: seniority as ReadonlyArray<Seniority>,
        shared: roles.length - costs.hits - costs.misses
      }
      return result
    })

    return { version: model.version, ask, gauges: cache.gauges }
  })
)

/** Roles that one fiber is answering; whoever else wants them waits until it is done. */
interface Claim {
  /** Among the roles of that fiber. */
  readonly places: Array<number>
  /** By key, when it is done. */
  readonly answers: Map<string, Seniority>
  readonly done: Deferred.Deferred<void>
}

interface Costs {
  hits: number
  misses: number
  calls: number
  cacheFaults: number
  cacheMillis: number
  modelMillis: number
  retries: number
}

const callsAtOnce = 8

/** So many calls of the model are claimed at a time: what is claimed is in memory as text. */
const callsAClaim = 50
