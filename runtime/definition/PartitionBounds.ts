/**
 * The bounds of windows of time, as authors write them, and the windows between
 * them.
 */
import * as Result from "effect/Result"
import type * as PartitionDimension from "./PartitionDimension.ts"
import type * as PartitionSet from "./PartitionSet.ts"
import * as TimeWindow from "./TimeWindow.ts"

/**
 * The first and the last window, both included. Without
 * `end` they are open. Each is a key, or a period of the calendar such as `2025`: the
 * first window is then the first to start in it or later, the last one the last to
 * start before it ends. Times are those of `timeZone`, UTC unless it is given.
 */
export interface Bounds<Zone extends string> {
  readonly start: string
  readonly end?: string
  readonly timeZone?: Zone
}

type OfTime = Extract<PartitionDimension.PartitionDimension, { readonly _tag: "Time" }>

/** The windows from the first to the last, or what is wrong with the bounds. */
export const within = (of: TimeWindow.TimeWindow, bounds: Bounds<string>): Result.Result<OfTime, string> =>
  Result.gen(function* () {
    const { start } = yield* bound(of, bounds.start)
    const end = bounds.end === undefined ? null : (yield* bound(of, bounds.end)).end - 1
    if (end !== null && end < start) return yield* Result.fail(`they end, with ${bounds.end}, before they start`)
    return { _tag: "Time", window: of, start, end }
  })

/** The windows of a bound: the one whose key it is, or those that start in the period. */
const bound = (window: TimeWindow.TimeWindow, text: string): Result.Result<PartitionSet.Interval, string> => {
  const exact = TimeWindow.parse(window, text)
  if (Result.isSuccess(exact)) return Result.succeed({ start: exact.success, end: exact.success + 1 })
  const period = TimeWindow.parsePeriod(window.timeZone, text)
  return period === undefined
    ? Result.fail(`"${text}" is not a bound of it, expected ${exact.failure}`)
    : Result.succeed(TimeWindow.startingIn(window, period))
}
