import { assert, describe, it } from "@effect/vitest"
import * as Cron from "effect/Cron"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as TimeWindow from "../../runtime/definition/TimeWindow.ts"
import * as TimeZone from "../../runtime/definition/TimeZone.ts"

const zones = [
  ...["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu"],
  ...["Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Casey", "America/St_Johns", "Africa/Cairo"]
]
const crons = [
  "0 0 * * *",
  "30 2 * * *",
  "*/20 0-3 * * *",
  "15 1,2 1,15 * 3",
  "0 12 29 2 *",
  "0 0 * * 1-5",
  "59 23 31 12 *"
]

const windows = zones.flatMap((zone) => [
  ...(["Hourly", "Daily", "Weekly", "Monthly", "Quarterly", "Yearly"] as const).map((cycle) =>
    Result.getOrThrow(TimeWindow.make(cycle, zone))
  ),
  ...crons.map((expression) => Result.getOrThrow(TimeWindow.cron(expression, zone)))
])

/** From 1975 to 2075. */
const instants = Schema.Int.check(Schema.isBetween({ minimum: 157_766_400, maximum: 3_313_526_400 }))

const exists = (window: TimeWindow.TimeWindow, ordinal: number) =>
  TimeWindow.start(window, ordinal) < TimeWindow.start(window, ordinal + 1)

describe("a window of time", () => {
  it.prop("holds the instants from its start to the start of the next", [instants], ([seconds]) => {
    for (const window of windows) {
      const instant = seconds * 1000
      const ordinal = TimeWindow.ordinalAt(window, instant)
      const { from, to } = TimeWindow.period(window, ordinal)
      assert.isTrue(from <= instant && instant < to, `${TimeWindow.describe(window)} at ${instant}`)
      for (const [at, expected] of [
        [from, ordinal],
        [to - 1, ordinal]
      ] as const) {
        assert.strictEqual(TimeWindow.ordinalAt(window, at), expected)
      }
    }
  })

  it.prop("has a key that gives it back", [instants], ([seconds]) => {
    for (const window of windows) {
      const ordinal = TimeWindow.ordinalAt(window, seconds * 1000)
      const key = TimeWindow.key(window, ordinal)
      assert.deepStrictEqual(
        TimeWindow.parse(window, key),
        Result.succeed(ordinal),
        `${TimeWindow.describe(window)} ${key}`
      )
    }
  })

  it.prop("is only left out where clocks skip all of it", [instants], ([seconds]) => {
    for (const window of windows) {
      const ordinal = TimeWindow.ordinalAt(window, seconds * 1000)
      const interval = { start: ordinal - 20, end: ordinal + 20 }
      const skipped = TimeWindow.skipped(window, interval)
      const expected = PartitionSet.filter(
        PartitionSet.range(interval.start, interval.end),
        (ordinal) => !exists(window, ordinal)
      )
      assert.deepStrictEqual(skipped.bounds, expected.bounds, TimeWindow.describe(window))
    }
  })

  for (const change of zones.flatMap((zone) =>
    TimeZone.changes(zone, Date.UTC(2008, 0), Date.UTC(2024, 0)).map((change) => ({ zone, ...change }))
  )) {
    const { from, instant, to, zone } = change
    it(`of ${zone} keeps its order and its keys around ${new Date(instant).toISOString()}`, () => {
      assert.notStrictEqual(from, to)
      for (const window of windows.filter(({ timeZone }) => timeZone === zone)) {
        const first = TimeWindow.ordinalAt(window, instant - 7_200_000)
        const last = TimeWindow.ordinalAt(window, instant + 90_000_000)
        const keys: Array<string> = []
        for (let ordinal = first; ordinal <= last; ordinal++) {
          assert.isAtMost(TimeWindow.start(window, ordinal), TimeWindow.start(window, ordinal + 1))
          if (!exists(window, ordinal)) continue
          const key = TimeWindow.key(window, ordinal)
          assert.deepStrictEqual(TimeWindow.parse(window, key), Result.succeed(ordinal), key)
          keys.push(key)
        }
        assert.strictEqual(new Set(keys).size, keys.length)
      }
    })
  }

  it.prop("of a cron expression starts when cron says, where clocks do not change", [instants], ([seconds]) => {
    for (const expression of crons) {
      const window = Result.getOrThrow(TimeWindow.cron(expression))
      const cron = Cron.parseUnsafe(expression, "UTC")
      const at = new Date(seconds * 1000)
      const ordinal = TimeWindow.ordinalAt(window, at.getTime())
      assert.strictEqual(TimeWindow.start(window, ordinal + 1), Cron.next(cron, at).getTime())
      assert.strictEqual(TimeWindow.start(window, ordinal), Cron.prev(cron, new Date(at.getTime() + 1000)).getTime())
    }
  })

  it("is found by arithmetic: ten thousand keys and back take a fraction of a second", () => {
    for (const window of windows.filter(({ cron, cycle }) => cycle === "Daily" || cron === "30 2 * * *")) {
      const start = performance.now()
      for (let ordinal = 0; ordinal < 10_000; ordinal++) TimeWindow.parse(window, TimeWindow.key(window, ordinal))
      assert.isBelow(performance.now() - start, 500, TimeWindow.describe(window))
    }
  })
})
