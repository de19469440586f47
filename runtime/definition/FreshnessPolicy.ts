/**
 * How new the data of an asset has to be, and whether it is.
 *
 * A policy is data, and judged from what is passed alone: when the asset was last
 * made or observed, and the time now. Of an asset whose partitions are windows of
 * time it is about the newest one: making an old day again makes nothing fresh.
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TimeWindow from "./TimeWindow.ts"

/** The times of a policy contradict each other, or its cron expression is none. */
export class InvalidFreshnessPolicy extends Schema.TaggedError<InvalidFreshnessPolicy>()("InvalidFreshnessPolicy", {
  reason: Schema.String
}) {
  override get message() {
    return `the freshness policy cannot be defined: ${this.reason}`
  }
}

export const FreshnessPolicy = Schema.TaggedUnion({
  /** Overdue once the data is older than `fail`, worth a warning from `warn` on; in milliseconds. */
  TimeWindow: { fail: Schema.Finite, warn: Schema.NullOr(Schema.Finite) },
  /** Overdue once a time of the schedule has passed and nothing was made since so many milliseconds before it. */
  Cron: { deadline: TimeWindow.TimeWindow, lowerBoundDelta: Schema.Finite }
})
export type FreshnessPolicy = typeof FreshnessPolicy.Type

/** When data was last made or observed, in milliseconds since 1970. */
export interface Recency {
  readonly at: number
  /** Of partitions that are windows of time: the end of the newest one, and of the one after it. */
  readonly until?: number
  readonly next?: number
}

/** `Unknown`: it was never made or observed. */
export type Status = "Fresh" | "Warning" | "Overdue" | "Unknown"

export interface Freshness {
  readonly status: Status
  /** The time that the data is of; null where there is none. */
  readonly last: number | null
  /** When it is overdue, or since when; null where nothing is known. */
  readonly due: number | null
}

/** The data is never older than `failWindow`, such as `"26 hours"`. */
export const timeWindow = (options: {
  readonly failWindow: Duration.Input
  readonly warnWindow?: Duration.Input
}): FreshnessPolicy => {
  const fail = Duration.toMillis(options.failWindow)
  const warn = options.warnWindow === undefined ? null : Duration.toMillis(options.warnWindow)
  if (fail <= 0) throw new InvalidFreshnessPolicy({ reason: "its failWindow is not longer than nothing" })
  if (warn !== null && warn >= fail) {
    throw new InvalidFreshnessPolicy({ reason: "its warnWindow is not shorter than its failWindow" })
  }
  return { _tag: "TimeWindow", fail, warn }
}

/** By each time of a cron schedule the asset was made, at most `lowerBoundDelta` before it. */
export const cron = (options: {
  readonly deadline: string
  readonly lowerBoundDelta: Duration.Input
  /** UTC unless it is given. */
  readonly timeZone?: string
}): FreshnessPolicy => {
  const deadline = Result.getOrThrowWith(
    TimeWindow.cron(options.deadline, options.timeZone),
    (reason) => new InvalidFreshnessPolicy({ reason })
  )
  const lowerBoundDelta = Duration.toMillis(options.lowerBoundDelta)
  if (lowerBoundDelta <= 0) {
    throw new InvalidFreshnessPolicy({ reason: "its lowerBoundDelta is not longer than nothing" })
  }
  return { _tag: "Cron", deadline, lowerBoundDelta }
}

export const evaluate = (self: FreshnessPolicy, recency: Recency | undefined, now: number): Freshness =>
  recency === undefined
    ? { status: "Unknown", last: null, due: null }
    : FreshnessPolicy.match(self, {
        TimeWindow: ({ fail, warn }): Freshness => {
          // A window that has not ended yet is as new as when it was made.
          const last = Math.min(recency.at, recency.until ?? recency.at)
          const age = now - last
          const status: Status = age > fail ? "Overdue" : warn !== null && age > warn ? "Warning" : "Fresh"
          return { status, last, due: last + fail }
        },
        Cron: ({ deadline, lowerBoundDelta }): Freshness => {
          const tick = TimeWindow.ordinalAt(deadline, now)
          const isMade = (tick: number) => {
            const lowerBound = TimeWindow.start(deadline, tick) - lowerBoundDelta
            return recency.at >= lowerBound && (recency.next ?? Number.POSITIVE_INFINITY) > lowerBound
          }
          if (!isMade(tick)) return { status: "Overdue", last: recency.at, due: TimeWindow.start(deadline, tick) }
          const due = isMade(tick + 1) ? tick + 2 : tick + 1
          return { status: "Fresh", last: recency.at, due: TimeWindow.start(deadline, due) }
        }
      })

/** In a short line: `at most 1d 2h old, a warning from 1d on`. */
export const describe = (self: FreshnessPolicy): string =>
  FreshnessPolicy.match(self, {
    TimeWindow: ({ fail, warn }) =>
      `at most ${durationText(fail)} old${warn === null ? "" : `, a warning from ${durationText(warn)} on`}`,
    Cron: ({ deadline, lowerBoundDelta }) =>
      `by ${TimeWindow.describe(deadline)}, not more than ${durationText(lowerBoundDelta)} before`
  })

const durationText = (millis: number): string => Duration.format(Duration.millis(millis))
