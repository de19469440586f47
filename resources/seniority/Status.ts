/**
 * What follows a status of a call: whether it may be made again, and the error
 * that it is in the end. Inferring changes nothing, so a call may be made twice.
 */
import * as Schema from "effect/Schema"
import { MessageTooLarge, ModelRefused, ModelUnavailable, RateLimited } from "../SeniorityModel.ts"

/** A call ended with another status than OK. */
export class CallFailed extends Schema.TaggedError<CallFailed>()("CallFailed", {
  /** The name of the status, such as `UNAVAILABLE`. */
  status: Schema.String,
  details: Schema.String,
  /** Milliseconds that the server wants to be left alone; less than 0, for good. */
  pushbackMillis: Schema.optionalKey(Schema.Finite)
}) {
  override get message() {
    return `the call ended with ${this.status}: ${this.details}; see the server's log`
  }
}

/** The call may be made again now or later: what failed is not the request. */
export const isTransient = ({ details, pushbackMillis, status }: CallFailed): boolean => {
  if (pushbackMillis !== undefined && pushbackMillis < 0) return false
  if (status === "RESOURCE_EXHAUSTED") return pushbackMillis !== undefined && !isTooLarge(details)
  return status === "UNAVAILABLE" || status === "ABORTED" || status === "DEADLINE_EXCEEDED"
}

/** The failure of the model that a last failed call is. */
export const failure = ({ details, pushbackMillis, status }: CallFailed) => {
  switch (status) {
    case "RESOURCE_EXHAUSTED":
      if (isTooLarge(details)) return new MessageTooLarge({ reason: details })
      return new RateLimited(
        pushbackMillis !== undefined && pushbackMillis >= 0 ? { retryAfterMillis: pushbackMillis } : {}
      )
    case "UNAVAILABLE":
    case "ABORTED":
    case "DEADLINE_EXCEEDED":
      return new ModelUnavailable({ cause: details === "" ? status : `${withoutRemarks(details)} (${status})` })
  }
  return new ModelRefused({ status, reason: details })
}

/** gRPC's remarks on why nothing could be reached hide the reason. */
const withoutRemarks = (details: string): string =>
  details.replace(/^No connection established\. Last error: (?:Error: )?/, "").replace(/\. Resolution note:\s*$/, "")

/** Limits of messages share their status with limits of calls, and are told from them by words alone. */
const isTooLarge = (details: string): boolean => /message.*larger than/i.test(details)
