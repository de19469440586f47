/**
 * The role cache in a Redis that many processes share, lean enough for twenty
 * million roles: some ten bytes a role, a tenth of one string key for each.
 *
 * A role is eight bytes in one of many thousand texts: its digest, and its answer
 * with a stamp of when it was last looked up. Whatever happens to Redis or to
 * what it holds, an answer is that of the role and the model, or is not there.
 */
import { randomUUID } from "node:crypto"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Metadata } from "../runtime/index.ts"
import { Redis, type RedisError } from "./Redis.ts"
import type { RoleList } from "./Role.ts"
import { type Entry, RoleCache, RoleCacheError, type Stale, today } from "./RoleCache.ts"
import type { Seniority } from "./Seniority.ts"
import * as RolePlaces from "./roles/RolePlaces.ts"
import * as RoleRecord from "./roles/RoleRecord.ts"
import * as RoleRedis from "./roles/RoleRedis.ts"
import * as RoleRegistry from "./roles/RoleRegistry.ts"
import * as RoleScripts from "./roles/RoleScripts.ts"

/** The registry is another than was thought. */
class Outdated extends Schema.TaggedError<Outdated>()("Outdated", {}) {}

type Fault = RedisError | RoleRegistry.UnfitRegistry | Outdated

/** The cache in the Redis of the context. `STRATA_ROLE_CACHE_SIZE` says for how many roles a new one is laid out. */
export const layer = Layer.effect(
  RoleCache,
  Effect.gen(function* () {
    const expected = yield* Config.Int("STRATA_ROLE_CACHE_SIZE").pipe(Config.withDefault(20_000_000))
    return make(yield* Redis, expected)
  })
)

/** The cache in this Redis; a new one is made for about so many roles. */
export const make = (redis: Redis["Service"], expected: number): RoleCache["Service"] => {
  let known: RoleRegistry.RoleRegistry | undefined

  const read = Effect.fnUntraced(function* (model: string) {
    const args = [randomUUID(), randomUUID(), RoleRegistry.bucketsFor(expected), model]
    const fields = (yield* RoleRedis.run(redis, RoleScripts.register, args)) as ReadonlyArray<Buffer>
    known = yield* Effect.fromResult(RoleRegistry.make(fields.map(String)))
    return known
  })

  /** Reads the registry, and enters the model where one is given. A damaged one is put away, and the cache with it. */
  const register = (model: string) =>
    Effect.catchTag(read(model), "UnfitRegistry", (error) =>
      Effect.logWarning(error.message).pipe(
        Effect.andThen(RoleRedis.run(redis, RoleScripts.reset, [])),
        Effect.andThen(read(model))
      )
    )

  /** Performs with the registry as it was last read, and again where it is another now. */
  const current = <A>(model: string, perform: (registry: RoleRegistry.RoleRegistry) => Effect.Effect<A, Fault>) =>
    Effect.suspend(() => (known?.models.has(model) === true ? Effect.succeed(known) : register(model))).pipe(
      Effect.flatMap(perform),
      Effect.tapErrorTag("Outdated", () => register(model)),
      Effect.retry({ while: ({ _tag }) => _tag === "Outdated", times: 3 })
    )

  const run = (
    script: RoleScripts.Script,
    registry: RoleRegistry.RoleRegistry,
    model: string,
    ...args: ReadonlyArray<RoleRedis.Argument>
  ): Effect.Effect<unknown, RedisError | Outdated> =>
    RoleRedis.run(redis, script, [registry.revision, RoleRegistry.prefix(registry.models.get(model)!), ...args]).pipe(
      Effect.filterOrFail(
        (reply) => reply !== null,
        () => new Outdated()
      )
    )

  /** Whole buckets are sent: Redis finds a role in one slower than it sends it. */
  const lookup = Effect.fnUntraced(function* (
    registry: RoleRegistry.RoleRegistry,
    model: string,
    roles: RoleList,
    day: number
  ) {
    const prefix = RoleRegistry.prefix(registry.models.get(model)!)
    const digests = RoleRegistry.digests(registry, model, roles)
    const found: Array<Seniority | undefined> = new Array(roles.length).fill(undefined)
    const ask = Effect.fnUntraced(function* (places: RolePlaces.RolePlaces) {
      const keys = places.buckets.map((bucket) => prefix + bucket)
      const [revision, buckets] = yield* redis.use((client) =>
        Promise.all([client.hget(RoleRegistry.key, "revision"), client.mgetBuffer(keys)])
      )
      if (revision !== registry.revision) return yield* new Outdated()
      const faded: Array<Entry> = []
      for (const [index, end] of places.ends.entries()) {
        for (let at = places.ends[index - 1] ?? 0; at < end; at++) {
          const role = places.roles[at]!
          const answer = RoleRecord.find(buckets[index]!, digests, role)
          const seniority = answer === undefined ? undefined : RoleRecord.seniority(answer)
          if (seniority === undefined) continue
          found[role] = seniority
          if (RoleRecord.isFaded(answer!, day)) faded.push({ ...roles.at(role)!, seniority })
        }
      }
      // A note of when a role was seen is worth no failure.
      if (faded.length > 0) yield* Effect.ignore(save(registry, model, faded, day))
    })
    yield* Effect.forEach(RolePlaces.make(registry, digests, bucketsAtOnce), ask, { concurrency, discard: true })
    return found
  })

  const save = (registry: RoleRegistry.RoleRegistry, model: string, entries: ReadonlyArray<Entry>, day: number) =>
    Effect.forEach(
      parts(entries),
      (some) => {
        const digests = RoleRegistry.digests(registry, model, some)
        return run(RoleScripts.save, registry, model, RoleRecord.entries(some, day, registry, digests))
      },
      { concurrency, discard: true }
    )

  /** The sum of what a script says of all buckets of a model, a few of them at a time. */
  const sum = Effect.fnUntraced(function* (
    script: RoleScripts.Script,
    registry: RoleRegistry.RoleRegistry,
    model: string,
    ...args: ReadonlyArray<string>
  ) {
    let total = 0
    for (let start = 0; start < registry.buckets; start += bucketsAtOnce) {
      total += Number(
        yield* run(script, registry, model, start, Math.min(registry.buckets, start + bucketsAtOnce), ...args)
      )
    }
    return total
  })

  /** Drops from all buckets of the models what does not stay, and says how much. */
  const drop = Effect.fnUntraced(function* (stays: string, isMeant: (model: string) => boolean) {
    let dropped = 0
    for (const model of (yield* register("")).models.keys()) {
      if (isMeant(model)) dropped += yield* current(model, (registry) => sum(RoleScripts.prune, registry, model, stays))
    }
    return dropped
  })

  const forget = (script: RoleScripts.Script, name: string) =>
    Effect.andThen(RoleRedis.run(redis, script, [randomUUID(), name]), register(""))

  /** Drops whole models, and then their names. */
  const dropModels = Effect.fnUntraced(function* (isMeant: (model: string) => boolean) {
    const dropped = yield* drop(RoleRecord.none, isMeant)
    const models = [...(yield* register("")).models.keys()].filter(isMeant)
    yield* Effect.forEach(models, (model) => forget(RoleScripts.forgetModel, model), { discard: true })
    return dropped
  })

  const prune = Effect.fnUntraced(function* (stale: Stale) {
    switch (stale._tag) {
      case "All":
        return yield* dropModels(() => true)
      case "OtherModels":
        return yield* dropModels((model) => model !== stale.model)
      case "Unseen":
        return yield* drop(RoleRecord.staying(yield* today, stale.days), () => true)
      case "Company": {
        yield* register("")
        yield* forget(RoleScripts.forgetCompany, RoleRegistry.companyName(stale.company))
        return undefined
      }
    }
  })

  const count = Effect.gen(function* () {
    const models = [...(yield* register("")).models.keys()]
    const counts = yield* Effect.forEach(models, (model) =>
      Effect.map(
        current(model, (registry) => sum(RoleScripts.count, registry, model)),
        (roles) => ({ model, roles })
      )
    )
    return counts.filter(({ roles }) => roles > 0)
  })

  return {
    lookup: Effect.fn("RedisRoleCache.lookup")(function* (roles, model) {
      const day = yield* today
      if (roles.length === 0) return []
      return yield* current(model, (registry) => lookup(registry, model, roles, day))
    }, failing("lookup")),
    save: Effect.fn("RedisRoleCache.save")(function* (entries, model) {
      const day = yield* today
      if (entries.length > 0) yield* current(model, (registry) => save(registry, model, entries, day))
    }, failing("save")),
    prune: Effect.fn("RedisRoleCache.prune")(prune, failing("prune")),
    count: failing("count")(count),
    gauges: Effect.orElseSucceed(Effect.map(RoleRedis.info(redis, "memory", "cpu"), gauges), () => ({}))
  }
}

const rolesAtOnce = 250
/** Effect's own chunks copy the rest of the list each time. */
const parts = <A>(self: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(self.length / rolesAtOnce) }, (_, index) =>
    self.slice(index * rolesAtOnce, (index + 1) * rolesAtOnce)
  )

const bucketsAtOnce = 256
/** Commands on their way at once: Redis has the next when it is done with one. */
const concurrency = 8

const gauges = (info: ReadonlyMap<string, string>) => {
  const number = (name: string) => Number(info.get(name) ?? 0)
  return {
    "redis memory": Metadata.bytes(number("used_memory")),
    "redis cpu": Metadata.millis(Math.round((number("used_cpu_sys") + number("used_cpu_user")) * 1000))
  }
}

const failing =
  (operation: RoleCacheError["operation"]) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, RoleCacheError, R> =>
    Effect.mapError(self, (cause) => new RoleCacheError({ operation, cause }))
