/**
 * Remembers the seniority of roles, so that a role is asked once ever.
 *
 * An answer belongs to the version of the model that gave it: for another
 * version it is not there. So is anything that is not a seniority. A cache may
 * forget and may fail, and nothing but time is lost.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Role from "./Role.ts"
import { isSeniority, type Seniority } from "./Seniority.ts"

/** The cache could not be read or written. */
export class RoleCacheError extends Schema.TaggedError<RoleCacheError>()("RoleCacheError", {
  operation: Schema.Literals(["open", "lookup", "save", "prune"]),
  cause: Schema.Defect()
}) {
  override get message() {
    return `the role cache failed to ${this.operation}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}; roles are asked again until it is back`
  }
}

/** An answer of the model. */
export interface Entry extends Role.Role {
  readonly seniority: Seniority
}

/** Which answers to forget: those that meet all conditions given; without one, all. */
export interface Stale {
  readonly company?: string
  /** Not looked up for so many days, to about a week. */
  readonly unseenDays?: number
  /** Answers of any other model than this one. */
  readonly exceptModel?: string
}

export class RoleCache extends Context.Service<
  RoleCache,
  {
    /** What is known of each role, in their order; where nothing is, `undefined`. Roles differ from each other. */
    readonly lookup: (
      roles: ReadonlyArray<Role.Role>,
      model: string
    ) => Effect.Effect<ReadonlyArray<Seniority | undefined>, RoleCacheError>
    /** Keeps answers; when it returns, they outlive the process. */
    readonly save: (entries: ReadonlyArray<Entry>, model: string) => Effect.Effect<void, RoleCacheError>
    /** Forgets answers and says how many. */
    readonly prune: (stale: Stale) => Effect.Effect<number, RoleCacheError>
  }
>()("strata/resources/RoleCache") {}

/** How long a role may be looked up without a note of it, in days. */
export const seenPrecision = 7

/** The day, counted from 1970-01-01. */
export const today: Effect.Effect<number> = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / 86_400_000))

/** A cache of one process that forgets everything at its end. */
export const layerMemory: Layer.Layer<RoleCache> = Layer.sync(RoleCache, () => {
  const answers = new Map<string, { company: string; seniority: number; model: string; seen: number }>()
  return {
    lookup: (roles, model) =>
      Effect.map(today, (seen) =>
        roles.map((role) => {
          const answer = answers.get(Role.key(role))
          if (answer?.model !== model || !isSeniority(answer.seniority)) return undefined
          answer.seen = seen
          return answer.seniority
        })
      ),
    save: (entries, model) =>
      Effect.map(today, (seen) => {
        for (const { company, seniority, title } of entries) {
          answers.set(Role.key({ company, title }), { company, seniority, model, seen })
        }
      }),
    prune: (stale) =>
      Effect.map(today, (now) => {
        const before = answers.size
        for (const [key, { company, model, seen }] of answers) {
          const kept =
            (stale.company !== undefined && company !== stale.company) ||
            (stale.unseenDays !== undefined && now - seen < stale.unseenDays) ||
            (stale.exceptModel !== undefined && model === stale.exceptModel)
          if (!kept) answers.delete(key)
        }
        return before - answers.size
      })
  }
})
