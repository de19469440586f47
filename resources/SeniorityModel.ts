/**
 * Says how senior a role is.
 *
 * A model has a version, and the same version gives the same role the same
 * answer, so answers are kept.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Role } from "./Role.ts"
import type { Seniority } from "./Seniority.ts"

/** The model cannot be reached, or did not answer in time. */
export class ModelUnavailable extends Schema.TaggedError<ModelUnavailable>()("ModelUnavailable", {
  cause: Schema.Defect()
}) {
  override get message() {
    return `the seniority model cannot be reached: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}; see that it runs and that STRATA_SENIORITY_URL names it; what it answered before is kept`
  }
}

/** The model wants fewer roles a second. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  /** Milliseconds to wait, where the model said so. */
  retryAfterMillis: Schema.optionalKey(Schema.Finite)
}) {
  override get message() {
    return `the seniority model is asked too fast: wait ${this.retryAfterMillis === undefined ? "a while" : `${this.retryAfterMillis} ms`} and run again`
  }
}

/** The model answered something that is no answer: a role left out, a level outside 1 to 7. */
export class BadReply extends Schema.TaggedError<BadReply>()("BadReply", { reason: Schema.String }) {
  override get message() {
    return `the seniority model gave a bad reply: ${this.reason}; check that its version is the one expected`
  }
}

/** The model will not answer this call, however often it is made. */
export class ModelRefused extends Schema.TaggedError<ModelRefused>()("ModelRefused", {
  /** The name of the status, such as `PERMISSION_DENIED`. */
  status: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the seniority model refused the call with ${this.status}${this.reason === "" ? "" : ` (${this.reason})`}; see that its address and version are the ones expected`
  }
}

/** What was sent or answered is larger than a message may be. */
export class MessageTooLarge extends Schema.TaggedError<MessageTooLarge>()("MessageTooLarge", {
  reason: Schema.String
}) {
  override get message() {
    return `a message to or from the seniority model is too large: ${this.reason}; ask for fewer roles at once with STRATA_SENIORITY_BATCH`
  }
}

export type SeniorityModelError = ModelUnavailable | RateLimited | BadReply | ModelRefused | MessageTooLarge

export class SeniorityModel extends Context.Service<
  SeniorityModel,
  {
    readonly version: string
    /** The most roles that one call may hold. */
    readonly batch: number
    /** The seniority of each role, in their order. */
    readonly infer: (roles: ReadonlyArray<Role>) => Effect.Effect<ReadonlyArray<Seniority>, SeniorityModelError>
  }
>()("strata/resources/SeniorityModel") {}

/** Hears of every call that a model makes again for the fiber that asks it. */
export const Retries = Context.Reference<{ readonly count: () => void }>("strata/resources/SeniorityModel/Retries", {
  defaultValue: () => ({ count: () => {} })
})

/** A model that is a pure function. */
export const layerMemory = (options: {
  readonly version: string
  readonly seniority: (role: Role) => Seniority
}): Layer.Layer<SeniorityModel> =>
  Layer.succeed(SeniorityModel, {
    version: options.version,
    batch: 1000,
    infer: (roles) => Effect.sync(() => roles.map(options.seniority))
  })
