/**
 * The times that a cron expression names, numbered.
 *
 * The calendar repeats every 400 years, so counting the days of a schedule takes
 * one table of the fourteen kinds of years: the number of a time and the time of
 * a number are both arithmetic, whatever the distance from 1970. Times are local
 * milliseconds (see TimeZone); number 0 is the first at or after 1970-01-01.
 */
import * as Cron from "effect/Cron"
import * as Result from "effect/Result"

export interface CronSchedule {
  /** Seconds of the day, sorted. */
  readonly times: ReadonlyArray<number>
  /** For each kind of year, how many days of the schedule come before its nth day. */
  readonly daysBefore: ReadonlyArray<ReadonlyArray<number>>
  /** How many days of the schedule come before the nth year of a cycle of 400; the last entry is the whole cycle. */
  readonly yearsBefore: ReadonlyArray<number>
  /** Days of the schedule before 1970, counted from the year 0. */
  readonly before1970: number
}

/** The schedule of an expression, or what is wrong with it. */
export const make = (expression: string): Result.Result<CronSchedule, string> =>
  Result.flatMap(Result.mapError(Cron.parse(expression), whatIsWrong), (cron) => {
    const daysBefore = kinds.map((kind) => countDays(cron, isAnd(expression), kind))
    const yearsBefore = [0]
    for (let year = 0; year < cycleYears; year++)
      yearsBefore.push(yearsBefore[year]! + daysBefore[kindOf(year)]!.at(-1)!)
    const schedule = { times: timesOf(cron), daysBefore, yearsBefore, before1970: 0 }
    return yearsBefore[cycleYears] === 0
      ? Result.fail("no day is ever named by it")
      : Result.succeed({ ...schedule, before1970: daysUntil(schedule, 0) })
  })

/** The time with this number. */
export const time = (self: CronSchedule, ordinal: number): number => {
  const { times, yearsBefore } = self
  const day = Math.floor(ordinal / times.length)
  const days = day + self.before1970
  const inCycle = yearsBefore[cycleYears]!
  const cycle = Math.floor(days / inCycle)
  const year = lastAtMost(yearsBefore, days - cycle * inCycle)
  const ofYear = lastAtMost(self.daysBefore[kindOf(year)]!, days - cycle * inCycle - yearsBefore[year]!)
  return startOfYear(cycle * cycleYears + year) + ofYear * millisOfDay + times[ordinal - day * times.length]! * 1000
}

/** The number of the last time at or before a local time. */
export const ordinalUpTo = (self: CronSchedule, local: number): number => {
  const day = Math.floor(local / millisOfDay)
  const before = daysUntil(self, day)
  const isNamed = daysUntil(self, day + 1) > before
  const earlier = (before - self.before1970) * self.times.length - 1
  return isNamed ? earlier + 1 + lastAtMost(self.times, (local - day * millisOfDay) / 1000) : earlier
}

/** Whether every time is a midnight, so that the day alone names it. */
export const isDaily = (self: CronSchedule): boolean => self.times.length === 1 && self.times[0] === 0

const millisOfDay = 86_400_000
const cycleYears = 400

interface Kind {
  readonly isLeap: boolean
  /** Weekday of January 1; Sunday is 0. */
  readonly firstDay: number
}

const kinds: ReadonlyArray<Kind> = [false, true].flatMap((isLeap) =>
  [0, 1, 2, 3, 4, 5, 6].map((firstDay) => ({ isLeap, firstDay }))
)

const kindOf = (year: number): number => {
  const start = new Date(startOfYear(year))
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return (isLeap ? 7 : 0) + start.getUTCDay()
}

/** `Date.UTC` takes the years 0 to 99 for those of the 20th century. */
const startOfYear = (year: number): number => new Date(0).setUTCFullYear(year)

/** Days of the schedule before a day counted from 1970, since the year 0. */
const daysUntil = (self: Omit<CronSchedule, "before1970">, day: number): number => {
  const year = new Date(day * millisOfDay).getUTCFullYear()
  const cycle = Math.floor(year / cycleYears)
  const inCycle = year - cycle * cycleYears
  const ofYear = day - startOfYear(year) / millisOfDay
  return cycle * self.yearsBefore[cycleYears]! + self.yearsBefore[inCycle]! + self.daysBefore[kindOf(inCycle)]![ofYear]!
}

const countDays = (cron: Cron.Cron, and: boolean, { firstDay, isLeap }: Kind): ReadonlyArray<number> => {
  const before = [0]
  for (let day = 0; day < (isLeap ? 366 : 365); day++) {
    const date = new Date(Date.UTC(isLeap ? 2000 : 2001, 0, 1 + day))
    before.push(before[day]! + (isDayOf(cron, and, date, (firstDay + day) % 7) ? 1 : 0))
  }
  return before
}

/** As cron has it: either field of the two suffices, unless one of them starts with a star. */
const isDayOf = ({ days, months, weekdays }: Cron.Cron, and: boolean, date: Date, weekday: number): boolean => {
  if (months.size > 0 && !months.has(date.getUTCMonth() + 1)) return false
  const byDay = days.has(date.getUTCDate())
  const byWeekday = weekdays.has(weekday)
  if (days.size === 0) return weekdays.size === 0 || byWeekday
  if (weekdays.size === 0) return byDay
  return and ? byDay && byWeekday : byDay || byWeekday
}

const isAnd = (expression: string): boolean => {
  const fields = expression.trim().split(/\s+/)
  return fields.at(-3)!.startsWith("*") || fields.at(-1)!.startsWith("*")
}

const timesOf = ({ hours, minutes, seconds }: Cron.Cron): ReadonlyArray<number> =>
  listed(hours, 24).flatMap((hour) =>
    listed(minutes, 60).flatMap((minute) => listed(seconds, 60).map((second) => hour * 3600 + minute * 60 + second))
  )

/** An empty set of a cron field stands for all its values. */
const listed = (values: ReadonlySet<number>, size: number): ReadonlyArray<number> =>
  values.size === 0 ? Array.from({ length: size }, (_, i) => i) : [...values].sort((a, b) => a - b)

/** The index of the last of the sorted numbers that is at most the value; -1 for none. */
const lastAtMost = (sorted: ReadonlyArray<number>, value: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

const whatIsWrong = (error: Cron.CronParseError): string => {
  const [first = "", ...rest] = error.message
  return first.toLowerCase() + rest.join("")
}
