import { assert, describe, it } from "@effect/vitest"
import { FreshnessPolicy } from "../../runtime/index.ts"

const at = (text: string) => Date.parse(`${text}Z`)
const hour = 3_600_000

const judged = (policy: FreshnessPolicy.FreshnessPolicy, recency: FreshnessPolicy.Recency | undefined, now: string) => {
  const { due, status } = FreshnessPolicy.evaluate(policy, recency, at(now))
  return `${status} ${due === null ? "–" : new Date(due).toISOString().slice(5, 16)}`
}

describe("a window of time", () => {
  const policy = FreshnessPolicy.timeWindow({ failWindow: "26 hours", warnWindow: "24 hours" })
  const made = { at: at("2025-06-01T10:00") }

  it("is fresh until it warns, and overdue after it fails; both ends included", () => {
    assert.deepStrictEqual(
      ["2025-06-02T10:00", "2025-06-02T10:01", "2025-06-02T12:00", "2025-06-02T12:01"].map((now) =>
        judged(policy, made, now)
      ),
      ["Fresh 06-02T12:00", "Warning 06-02T12:00", "Warning 06-02T12:00", "Overdue 06-02T12:00"]
    )
  })

  it("knows nothing of what was never made", () => {
    assert.strictEqual(judged(policy, undefined, "2025-06-02T10:00"), "Unknown –")
  })

  it("is about the time of the newest partition: making it again makes it no newer", () => {
    const again = { at: at("2025-06-09T10:00"), until: at("2025-06-02T00:00") }
    assert.strictEqual(judged(policy, again, "2025-06-09T10:00"), "Overdue 06-03T02:00")
  })

  it("takes a partition that goes on for as new as when it was made", () => {
    const today = { at: at("2025-06-01T10:00"), until: at("2025-06-02T00:00") }
    assert.strictEqual(judged(policy, today, "2025-06-01T11:00"), "Fresh 06-02T12:00")
  })

  it("refuses windows that contradict each other", () => {
    const make = (failWindow: string, warnWindow: string) => () =>
      FreshnessPolicy.timeWindow({ failWindow: failWindow as "1 hour", warnWindow: warnWindow as "1 hour" })
    assert.throws(make("1 hour", "1 hour"), "its warnWindow is not shorter than its failWindow")
    assert.throws(make("0 hours", "-1 hour"), "its failWindow is not longer than nothing")
  })
})

describe("a schedule of deadlines", () => {
  const policy = FreshnessPolicy.cron({ deadline: "0 9 * * 1-5", lowerBoundDelta: "3 hours" })

  it("is kept by what was made at most so long before the last deadline, or since", () => {
    // 2025-06-02 is a Monday.
    const cases = [
      ["2025-06-02T05:59", "2025-06-02T09:00", "Overdue 06-02T09:00"],
      ["2025-06-02T06:00", "2025-06-02T09:00", "Fresh 06-03T09:00"],
      ["2025-06-02T06:00", "2025-06-02T08:59", "Fresh 06-03T09:00"],
      ["2025-05-30T08:00", "2025-06-02T08:59", "Fresh 06-02T09:00"],
      ["2025-05-30T08:00", "2025-06-02T09:00", "Overdue 06-02T09:00"],
      ["2025-06-02T15:00", "2025-06-02T15:01", "Fresh 06-03T09:00"]
    ] as const
    assert.deepStrictEqual(
      cases.map(([made, now]) => judged(policy, { at: at(made) }, now)),
      cases.map(([, , expected]) => expected)
    )
  })

  it("asks of windows of time that the one which had ended by then was made", () => {
    const daily = FreshnessPolicy.cron({ deadline: "0 9 * * *", lowerBoundDelta: "3 hours" })
    const until = (text: string) => ({
      at: at("2025-06-02T08:00"),
      until: at(text),
      next: at(text) + 24 * hour
    })
    assert.strictEqual(judged(daily, until("2025-06-02T00:00"), "2025-06-02T10:00"), "Fresh 06-03T09:00")
    assert.strictEqual(judged(daily, until("2025-06-01T00:00"), "2025-06-02T10:00"), "Overdue 06-02T09:00")
  })

  it("follows the clocks of its time zone", () => {
    const zoned = FreshnessPolicy.cron({ deadline: "0 9 * * *", lowerBoundDelta: "1 hour", timeZone: "Europe/Berlin" })
    assert.strictEqual(judged(zoned, { at: at("2025-06-02T06:30") }, "2025-06-02T07:00"), "Fresh 06-03T07:00")
    assert.strictEqual(judged(zoned, { at: at("2025-06-02T05:30") }, "2025-06-02T07:00"), "Overdue 06-02T07:00")
  })

  it("refuses what is no schedule", () => {
    assert.throws(() => FreshnessPolicy.cron({ deadline: "soon", lowerBoundDelta: "1 hour" }), "cannot be defined")
  })
})

describe("a policy", () => {
  it("is said in a line", () => {
    assert.deepStrictEqual(
      [
        FreshnessPolicy.timeWindow({ failWindow: "26 hours", warnWindow: "90 minutes" }),
        FreshnessPolicy.timeWindow({ failWindow: "1 hour" }),
        FreshnessPolicy.cron({ deadline: "0 9 * * *", lowerBoundDelta: "3 hours", timeZone: "Europe/Berlin" })
      ].map(FreshnessPolicy.describe),
      [
        "at most 1d 2h old, a warning from 1h 30m on",
        "at most 1h old",
        'by cron "0 9 * * *" in Europe/Berlin, not more than 3h before'
      ]
    )
  })
})
