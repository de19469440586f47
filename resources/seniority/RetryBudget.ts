/**
 * How many calls may be made again, so that a server in trouble gets no more of
 * them: the throttle of gRPC's retries (gRFC A6).
 *
 * Ten tokens; a failure takes one, a success gives a tenth back, and calls are
 * made again only while more than half are there.
 */
export interface RetryBudget {
  readonly failed: () => void
  readonly succeeded: () => void
  readonly allows: () => boolean
}

export const make = (): RetryBudget => {
  let tokens = most
  return {
    failed: () => {
      tokens = Math.max(0, tokens - 1)
    },
    succeeded: () => {
      tokens = Math.min(most, tokens + 0.1)
    },
    allows: () => tokens > most / 2
  }
}

const most = 10
