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
import type { Metadata } from "../runtime/index.ts"
import * as Role from "./Role.ts"
import { isSeniority, type Seniority } from "./Seniority.ts"

/** The cache could not be read or written. */
export class RoleCacheError extends Schema.TaggedError<RoleCacheError>()("RoleCacheError", {
  operation: Schema.Literals(["open", "lookup", "save", "prune", "count"]),
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

/** Which answers to forget. */
export type Stale =
  | { readonly _tag: "All" }
  /** All of a company, for example one that has another name now. */
  | { readonly _tag: "Company"; readonly company: string }
  /** Not looked up for so many days, to about two weeks; never one that was looked up since. */
  | { readonly _tag: "Unseen"; readonly days: number }
  /** Answers of any other model than this one. */
  | { readonly _tag: "OtherModels"; readonly model: string }

/** How many answers of a model there are. */
export interface Count {
  readonly model: string
  readonly roles: number
}

export class RoleCache extends Context.Service<
  RoleCache,
  {
    /** What is known of each role, in their order; where nothing is, `undefined`. Roles differ from each other. */
    readonly lookup: (
      roles: Role.RoleList,
      model: string
    ) => Effect.Effect<ReadonlyArray<Seniority | undefined>, RoleCacheError>
    /** Keeps answers; when it returns, they outlive the process. */
    readonly save: (entries: ReadonlyArray<Entry>, model: string) => Effect.Effect<void, RoleCacheError>
    /** Forgets answers and says how many, where that can be known. */
    readonly prune: (stale: Stale) => Effect.Effect<number | undefined, RoleCacheError>
    /** The answers of each model. */
    readonly count: Effect.Effect<ReadonlyArray<Count>, RoleCacheError>
    /** What it costs where it lives, such as memory and CPU time of a server; nothing where that is not known. */
    readonly gauges: Effect.Effect<Readonly<Record<string, Metadata.MetadataValue>>>
  }
>()("strata/resources/RoleCache") {}

/** How long a role may be looked up without a note of it, in days. */
export const seenPrecision = 14

/** The day, counted from 1970-01-01. */
export const today: Effect.Effect<number> = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / 86_400_000))

/** A cache of one process that forgets everything at its end. */
export const layerMemory: Layer.Layer<RoleCache> = Layer.sync(RoleCache, () => {
  const answers = new Map<string, Answer>()
  return {
    lookup: (roles, model) =>
      Effect.map(today, (seen) =>
        Array.from({ length: roles.length }, (_, place) => {
          const answer = answers.get(Role.key(roles.at(place)!))
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
        for (const [key, answer] of answers) if (isStale(answer, stale, now)) answers.delete(key)
        return before - answers.size
      }),
    count: Effect.sync(() => {
      const byModel = Map.groupBy(answers.values(), ({ model }) => model)
      return Array.from(byModel, ([model, answers]) => ({ model, roles: answers.length }))
    }),
    gauges: Effect.succeed({})
  }
})

interface Answer {
  readonly company: string
  readonly seniority: number
  readonly model: string
  /** The day. */
  seen: number
}

const isStale = ({ company, model, seen }: Answer, stale: Stale, now: number): boolean => {
  switch (stale._tag) {
    case "All":
      return true
    case "Company":
      return company === stale.company
    case "Unseen":
      return now - seen >= stale.days
    case "OtherModels":
      return model !== stale.model
  }
}
