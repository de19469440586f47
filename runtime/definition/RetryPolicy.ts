/**
 * What follows when a body fails, by the tag of its error: a schedule of
 * further attempts, or the end.
 *
 * A policy is total: it names every tag that the body can fail with, so a new
 * error does not go unnoticed. Defects are never retried.
 */
import type * as Duration from "effect/Duration"
import { hasProperty } from "effect/Predicate"
import type * as Schedule from "effect/Schedule"

/** Further attempts at the delays of the schedule, whose input is the error; or none. */
export type Retry = Schedule.Schedule<unknown, never> | "fail"

/**
 * A `Retry` by tag; `AttemptTimeout` is that of an attempt that ran into its timeout, `StepCrashed` that of an isolated
 * body whose process or thread ended before it did. These two need not be named.
 */
export type RetryPolicy = Readonly<Record<string, Retry>>

/** Errors that any body can be made to fail with. */
type OfRuntime = "AttemptTimeout" | "StepCrashed"

type TagsOf<E> = E extends { readonly _tag: infer Tag extends string } ? Tag : never

/** Comes instead of an asset whose policy does not say what follows these errors of its body. */
export interface ErrorsWithoutRetry<out Tags> {
  readonly "retry does not name these errors of the body": Tags
}

/** Comes instead of an asset whose policy names errors that its body does not have. */
export interface RetryWithoutErrors<out Tags> {
  readonly "retry names errors that the body does not have": Tags
}

/**
 * `Made`, if the policy `T` is total over the errors `E` or there is none. If
 * not, a type that cannot be used as an asset and says what is wrong: a check
 * on an argument would have to know the body before it is inferred.
 */
export type Checked<T, E, Made> = [keyof T] extends [never]
  ? Made
  : [Exclude<TagsOf<E>, keyof T>] extends [never]
    ? [Exclude<keyof T, TagsOf<E> | OfRuntime>] extends [never]
      ? Made
      : RetryWithoutErrors<Exclude<keyof T, TagsOf<E> | OfRuntime>>
    : ErrorsWithoutRetry<Exclude<TagsOf<E>, keyof T>>

/** How long a body may take, and how often it may be tried. */
export interface Limits {
  /** Of one attempt. */
  readonly timeout?: Duration.Input
  /** Of all attempts together, with the delays between them. */
  readonly totalTimeout?: Duration.Input
  /** At most so many attempts, whatever the schedules say; 10 by default. */
  readonly maxAttempts?: number
  /**
   * Tags of errors that the data of one partition can be the reason for. A step of several partitions that fails
   * with one of them, or with `InvalidOutput`, is tried in parts, so that the other partitions are made.
   */
  readonly dataErrors?: ReadonlyArray<string>
}

/** What an error says of itself under this name, in milliseconds: no further attempt comes earlier. */
export const retryAfter = "retryAfterMillis"

/** The delay that a failed call asked for, in milliseconds. */
export const askedDelay = (error: unknown): number =>
  hasProperty(error, retryAfter) && typeof error[retryAfter] === "number" ? error[retryAfter] : 0
