/**
 * The seniority of roles, at the fewest calls of the model.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Metadata } from "../runtime/index.ts"
import type { RoleList } from "./Role.ts"
import type { Seniority } from "./Seniority.ts"
import type { SeniorityModelError } from "./SeniorityModel.ts"

/** The answers, in the order of the roles, and what they cost. */
export interface Answers {
  readonly seniority: ReadonlyArray<Seniority>
  /** Roles that the cache knew. */
  readonly hits: number
  /** Roles that the model was asked for here. */
  readonly misses: number
  /** Roles that somebody else was asking for at the same time. */
  readonly shared: number
  /** Calls of the model. */
  readonly calls: number
  /** Calls that the model made again: what failed in passing, and what replies left out. */
  readonly retries: number
  /** Failures of the cache, which cost calls and nothing else. */
  readonly cacheFaults: number
  /** Milliseconds in which the cache, and those in which the model was waited for; added up over calls at once. */
  readonly cacheMillis: number
  readonly modelMillis: number
}

export class Roles extends Context.Service<
  Roles,
  {
    /** The version of the model that answers. */
    readonly version: string
    /** The seniority of each role; the roles differ from each other. */
    readonly ask: (roles: RoleList) => Effect.Effect<Answers, SeniorityModelError>
    /** What the cache costs where it lives, at this moment. */
    readonly gauges: Effect.Effect<Readonly<Record<string, Metadata.MetadataValue>>>
  }
>()("strata/resources/Roles") {}
