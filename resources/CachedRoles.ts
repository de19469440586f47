/**
 * Roles answered from the cache, and by the model where the cache knows nothing.
 *
 * A role is claimed before it is looked up, so steps that run at the same time
 * never ask the model twice for it: who comes second waits for the first, and
 * asks only if the first failed. An answer is saved as soon as it is there.
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

    const claim = (keys: ReadonlyArray<string>, open: ReadonlyArray<number>) => {
      const own: Claim = { places: [], answers: new Map(), done: Deferred.makeUnsafe() }
      const others = new Set<Claim>()
      for (const place of open) {
        const other = claims.get(keys[place]!)
        if (other !== undefined) others.add(other)
        else {
          claims.set(keys[place]!, own)
          own.places.push(place)
        }
      }
      return { own, others }
    }

    const release = (own: Claim, keys: ReadonlyArray<string>) => {
      for (const place of own.places) claims.delete(keys[place]!)
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

    const ask = Effect.fn("Roles.ask")(function* (roles: ReadonlyArray<Role.Role>) {
      const costs: Costs = { hits: 0, misses: 0, calls: 0, retries: 0, cacheFaults: 0, cacheMillis: 0, modelMillis: 0 }
      const keys = roles.map(Role.key)
      const seniority: Array<Seniority | undefined> = new Array(roles.length).fill(undefined)

      const answer = Effect.fnUntraced(function* (own: Claim) {
        const found = yield* cached(
          cache.lookup(
            own.places.map((place) => roles[place]!),
            model.version
          ),
          [],
          costs
        )
        const missing: Array<number> = []
        for (const [index, place] of own.places.entries()) {
          seniority[place] = found[index]
          if (found[index] === undefined) missing.push(place)
        }
        costs.hits += own.places.length - missing.length
        yield* Effect.forEach(
          chunksOf(missing, model.batch),
          (places) =>
            infer(
              places.map((place) => roles[place]!),
              costs,
              (index, answer) => {
                seniority[places[index]!] = answer
              }
            ),
          { concurrency: callsAtOnce, discard: true }
        )
      })

      /** Others that wait are told what was answered, also where the rest failed. */
      const tell = (own: Claim) =>
        Effect.suspend(() => {
          for (const place of own.places) {
            const answered = seniority[place]
            if (answered !== undefined) own.answers.set(keys[place]!, answered)
          }
          return release(own, keys)
        })

      let open: ReadonlyArray<number> = keys.map((_, place) => place)
      while (open.length > 0) {
        const { others } = yield* Effect.acquireUseRelease(
          Effect.sync(() => claim(keys, open)),
          (claimed) => Effect.as(answer(claimed.own), claimed),
          ({ own }) => tell(own)
        )
        for (const other of others) {
          yield* Deferred.await(other.done)
          for (const place of open) seniority[place] ??= other.answers.get(keys[place]!)
        }
        open = open.filter((place) => seniority[place] === undefined)
      }
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
