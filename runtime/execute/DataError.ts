/**
 * Errors that the data of single partitions can be the reason for: after one of
 * them, the partitions of a step are worth trying in parts.
 */
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import { hasProperty } from "effect/Predicate"
import type * as Asset from "../definition/Asset.ts"

/** A value that its column does not take, wherever it is found, and what the asset says of its own errors. */
export const is = (source: Asset.Computation, cause: Cause.Cause<unknown>): boolean => {
  if (Cause.hasDies(cause) || Cause.hasInterrupts(cause)) return false
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  const tag = hasProperty(error, "_tag") ? String(error._tag) : ""
  return tag === "InvalidOutput" || (source.limits.dataErrors ?? []).includes(tag) || isConversion(error)
}

/** The first words of what DuckDB says of values that it cannot convert. */
const isConversion = (error: unknown): boolean => {
  const message = hasProperty(error, "message") ? String(error.message) : ""
  const cause = hasProperty(error, "cause") ? error.cause : undefined
  return /^(Conversion|Invalid Input|Out of Range) Error/.test(message) || (cause !== undefined && isConversion(cause))
}
