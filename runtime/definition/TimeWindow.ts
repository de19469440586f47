/**
 * Windows of time that follow each other without gaps, each with an ordinal and a key.
 *
 * Days and longer are counted on the calendar of their time zone and begin at the
 * first instant at which clocks there show the day; hours are counted as they
 * pass, so where clocks repeat an hour there are two, told apart by their offset
 * (`2025-10-26T02+02:00`). A cron window begins at each time that the expression
 * names: at the first of two where clocks repeat it; where clocks skip it, when
 * they go on. So ordinals of neighbours are neighbours. Only where clocks skip
 * several times at once are there ordinals without a window: see `skipped`.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Calendar from "./Calendar.ts"
import * as CronSchedule from "./CronSchedule.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as TimeZone from "./TimeZone.ts"

export const TimeWindow = Schema.Struct({
  cycle: Schema.Literals([...Calendar.Cycle.literals, "Cron"]),
  /** The cron expression; empty for every other cycle. */
  cron: Schema.String,
  timeZone: Schema.String
})
export type TimeWindow = typeof TimeWindow.Type

/** From an instant up to, and without, another. */
export interface Period {
  readonly from: number
  readonly to: number
}

export const make = (cycle: Calendar.Cycle, timeZone: string = TimeZone.utc): Result.Result<TimeWindow, string> =>
  inZone({ cycle, cron: "", timeZone })

export const cron = (expression: string, timeZone: string = TimeZone.utc): Result.Result<TimeWindow, string> =>
  Result.flatMap(CronSchedule.make(expression), () => inZone({ cycle: "Cron", cron: expression, timeZone }))

export const equals = (self: TimeWindow, that: TimeWindow): boolean =>
  self.cycle === that.cycle && self.cron === that.cron && self.timeZone === that.timeZone

export const describe = (self: TimeWindow): string => {
  const cycle = self.cycle === "Cron" ? `cron "${self.cron}"` : self.cycle.toLowerCase()
  return self.timeZone === TimeZone.utc ? cycle : `${cycle} in ${self.timeZone}`
}

/** The instant at which a window starts; the next one's start is its end. */
export const start = (self: TimeWindow, ordinal: number): number =>
  self.cycle === "Hourly"
    ? ordinal * millisOfHour + phase(self)
    : TimeZone.instant(self.timeZone, arithmetic(self).time(ordinal))

export const period = (self: TimeWindow, ordinal: number): Period => ({
  from: start(self, ordinal),
  to: start(self, ordinal + 1)
})

/** The ordinal of the window that holds an instant. */
export const ordinalAt = (self: TimeWindow, instant: number): number => {
  if (self.cycle === "Hourly") return Math.floor((instant - phase(self)) / millisOfHour)
  let ordinal = arithmetic(self).ordinalUpTo(TimeZone.local(self.timeZone, instant))
  if (self.timeZone === TimeZone.utc) return ordinal
  while (start(self, ordinal) > instant) ordinal--
  while (start(self, ordinal + 1) <= instant) ordinal++
  return ordinal
}

/** The ordinals of the windows that start in a period. */
export const startingIn = (self: TimeWindow, { from, to }: Period): PartitionSet.Interval => ({
  start: ordinalAt(self, from - 1) + 1,
  end: ordinalAt(self, to - 1) + 1
})

/** The ordinals of the windows that share time with a period. */
export const overlapping = (self: TimeWindow, { from, to }: Period): PartitionSet.Interval =>
  from < to ? { start: ordinalAt(self, from), end: ordinalAt(self, to - 1) + 1 } : { start: 0, end: 0 }

/** The ordinals of the years 0 to 9999: every key that can be written. */
export const everything = (self: TimeWindow): PartitionSet.Interval =>
  startingIn(self, { from: yearZero, to: endOfTime })

/** Ordinals of an interval that have no window, because clocks skip all of it. Known until the year 2100. */
export const skipped = (self: TimeWindow, interval: PartitionSet.Interval): PartitionSet.PartitionSet => {
  if (self.timeZone === TimeZone.utc || !["Daily", "Cron"].includes(self.cycle)) return PartitionSet.empty
  const { ordinalUpTo } = arithmetic(self)
  const to = Math.min(start(self, interval.end) + 1, endOfZones)
  const skips = TimeZone.changes(self.timeZone, start(self, interval.start), to).filter(({ from, to }) => to > from)
  const holes = skips.map(({ from, instant, to }) => ({
    start: ordinalUpTo(instant + from - 1) + 1,
    end: ordinalUpTo(instant + to)
  }))
  return PartitionSet.intersection(PartitionSet.fromIntervals(holes), PartitionSet.range(interval.start, interval.end))
}

export const key = (self: TimeWindow, ordinal: number): string => {
  if (self.cycle === "Hourly") return hourKey(self.timeZone, start(self, ordinal))
  if (self.cycle !== "Cron") return Calendar.of(self.cycle).text(ordinal)
  const { isDaily, time } = scheduleOf(self.cron)
  return isDaily
    ? days.text(days.ordinalUpTo(time(ordinal)))
    : Calendar.timeText(TimeZone.local(self.timeZone, start(self, ordinal)))
}

/** The ordinal of a key, or what was expected instead. */
export const parse = (self: TimeWindow, text: string): Result.Result<number, string> =>
  self.cycle === "Hourly" ? parseHour(self, text) : parseStart(self, text)

/** The period that a text names in a time zone: `2025`, `2025Q2`, `2025-06`, `2025-W23`, `2025-06-01` or `2025-06-01T13`. */
export const parsePeriod = (timeZone: string, text: string): Period | undefined => {
  for (const cycle of Calendar.Cycle.literals) {
    const calendar = Calendar.of(cycle)
    const ordinal = calendar.parse(text)
    if (ordinal === undefined) continue
    const [from, to] = [calendar.time(ordinal), calendar.time(ordinal + 1)]
    return { from: TimeZone.instant(timeZone, from), to: TimeZone.instant(timeZone, to) }
  }
  return undefined
}

const millisOfHour = 3_600_000
const yearZero = new Date(0).setUTCFullYear(0)
export const endOfTime = Date.UTC(10_000, 0)
const endOfZones = Date.UTC(2100, 0)
const days = Calendar.of("Daily")

const inZone = (window: TimeWindow): Result.Result<TimeWindow, string> =>
  TimeZone.isKnown(window.timeZone)
    ? Result.succeed(window)
    : Result.fail(`"${window.timeZone}" is not a time zone: expected one like Europe/Berlin`)

/** Whole hours are those that the zone's clocks showed at the start of 2020, also where its offset changed since. */
const phase = ({ timeZone }: TimeWindow): number =>
  timeZone === TimeZone.utc ? 0 : (24 * millisOfHour - TimeZone.offset(timeZone, Date.UTC(2020, 0))) % millisOfHour

const hourKey = (timeZone: string, instant: number): string => {
  const local = TimeZone.local(timeZone, instant)
  const text = local % millisOfHour === 0 ? hours.text(local / millisOfHour) : Calendar.timeText(local)
  return TimeZone.instants(timeZone, local).length > 1 ? text + offsetText(local - instant) : text
}

const hours = Calendar.of("Hourly")

const offsetText = (offset: number): string =>
  `${offset < 0 ? "-" : "+"}${new Date(Math.abs(offset)).toISOString().slice(11, 16)}`

const parseHour = (self: TimeWindow, text: string): Result.Result<number, string> => {
  const [, written = "", offset = ""] = /^(.*?T.*?)([+-]\d{2}:\d{2})?$/.exec(text) ?? []
  const hour = hours.parse(written)
  const local = hour === undefined ? Calendar.parseTime(written) : hour * millisOfHour
  if (local === undefined) return Result.fail(`an hour that exists, written like ${hours.example}`)
  const starts = TimeZone.instants(self.timeZone, local).filter((at) => (at - phase(self)) % millisOfHour === 0)
  const found = starts.find((at) => hourKey(self.timeZone, at) === text)
  if (found !== undefined) return Result.succeed(ordinalAt(self, found))
  if (starts.length === 0) return Result.fail(`an hour that clocks in ${self.timeZone} show: they skip this one`)
  const keys = starts.map((at) => hourKey(self.timeZone, at))
  return Result.fail(offset === "" ? `${keys.join(" or ")}, because clocks show that hour twice` : keys.join(" or "))
}

const parseStart = (self: TimeWindow, text: string): Result.Result<number, string> => {
  const { example, parse } = arithmetic(self)
  const local = parse(text)
  if (local === undefined) return Result.fail(`a ${unit[self.cycle]} that exists, written like ${example}`)
  const ordinal = ordinalAt(self, TimeZone.instant(self.timeZone, local))
  if (key(self, ordinal) === text) return Result.succeed(ordinal)
  return TimeZone.instants(self.timeZone, local).length === 0
    ? Result.fail(`a time that clocks in ${self.timeZone} show: they skip this one`)
    : Result.fail(`a time of ${describe(self)}, such as ${key(self, ordinal)}`)
}

const unit: Readonly<Record<TimeWindow["cycle"], string>> = {
  Hourly: "hour",
  Daily: "day",
  Weekly: "week",
  Monthly: "month",
  Quarterly: "quarter",
  Yearly: "year",
  Cron: "time"
}

interface Arithmetic {
  readonly time: (ordinal: number) => number
  readonly ordinalUpTo: (local: number) => number
  /** The local time at which the window of a key starts. */
  readonly parse: (key: string) => number | undefined
  readonly example: string
}

const arithmetic = (self: TimeWindow): Arithmetic =>
  self.cycle === "Cron" ? scheduleOf(self.cron) : arithmetics[self.cycle]

const ofCalendar = (cycle: Calendar.Cycle): Arithmetic => {
  const calendar = Calendar.of(cycle)
  const parse = (key: string) => {
    const ordinal = calendar.parse(key)
    return ordinal === undefined ? undefined : calendar.time(ordinal)
  }
  return { ...calendar, parse }
}

const arithmetics = Object.fromEntries(Calendar.Cycle.literals.map((cycle) => [cycle, ofCalendar(cycle)])) as Readonly<
  Record<Calendar.Cycle, Arithmetic>
>

/** Schedules come from definitions, so there are few. */
const schedules = new Map<string, Arithmetic & { readonly isDaily: boolean }>()

const scheduleOf = (expression: string) => {
  const known = schedules.get(expression)
  if (known !== undefined) return known
  const schedule = Result.getOrThrow(CronSchedule.make(expression))
  const isDaily = CronSchedule.isDaily(schedule)
  const made = {
    isDaily,
    time: (ordinal: number) => CronSchedule.time(schedule, ordinal),
    ordinalUpTo: (local: number) => CronSchedule.ordinalUpTo(schedule, local),
    parse: isDaily ? arithmetics.Daily.parse : Calendar.parseTime,
    example: isDaily ? days.example : Calendar.timeText(CronSchedule.time(schedule, 0))
  }
  schedules.set(expression, made)
  return made
}
