/**
 * The regular cycles of the calendar: hours, days, ISO weeks, months, quarters
 * and years.
 *
 * Each numbers its windows without gaps, so number and time convert by
 * arithmetic. Times are local milliseconds (see TimeZone); the window that holds
 * 1970-01-01 has the number 0.
 */
import * as Schema from "effect/Schema"

export const Cycle = Schema.Literals(["Hourly", "Daily", "Weekly", "Monthly", "Quarterly", "Yearly"])
export type Cycle = typeof Cycle.Type

export interface Calendar {
  /** When a window starts. */
  readonly time: (ordinal: number) => number
  /** The window that holds a time. */
  readonly ordinalUpTo: (time: number) => number
  readonly text: (ordinal: number) => string
  /** The window with this text, if it is one. */
  readonly parse: (text: string) => number | undefined
  /** What a text looks like. */
  readonly example: string
}

export const of = (cycle: Cycle): Calendar => calendars[cycle]

/** The text of a local time: `2025-06-01T13:30`, with seconds where there are any. */
export const timeText = (time: number): string => iso(time).slice(0, time % 60_000 === 0 ? 16 : 19)

/** The local time of a text such as `2025-06-01T13:30`, if it is one. */
export const parseTime = (text: string): number | undefined => {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN
  return !Number.isNaN(time) && timeText(time) === text ? time : undefined
}

const millisOfHour = 3_600_000
const millisOfDay = 86_400_000

const iso = (time: number): string => new Date(time).toISOString()

/** 1970-01-01 was a Thursday, the day that decides which year an ISO week is of. */
const daysToMonday = 3

const weekOfDay = (day: number): number => Math.floor((day + daysToMonday) / 7)

const inMonths = (months: number, text: (year: number, index: number) => string) => ({
  time: (ordinal: number) => Date.UTC(1970, ordinal * months),
  ordinalUpTo: (time: number) => {
    const date = new Date(time)
    return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / months)
  },
  text: (ordinal: number) => {
    const year = Math.floor((ordinal * months) / 12)
    return text(1970 + year, ordinal - (year * 12) / months + 1)
  }
})

const fourDigits = (year: number): string => String(year).padStart(4, "0")
const twoDigits = (n: number): string => String(n).padStart(2, "0")

/** Finds the window whose text this is through any time in it. */
const withParse = (
  calendar: Omit<Calendar, "parse">,
  pattern: RegExp,
  timeIn: (...parts: ReadonlyArray<string>) => number
): Calendar => ({
  ...calendar,
  parse: (text) => {
    const match = pattern.exec(text)
    if (match === null) return undefined
    const ordinal = calendar.ordinalUpTo(timeIn(...match.slice(1)))
    return Number.isInteger(ordinal) && calendar.text(ordinal) === text ? ordinal : undefined
  }
})

const calendars: Readonly<Record<Cycle, Calendar>> = {
  Hourly: withParse(
    {
      time: (ordinal) => ordinal * millisOfHour,
      ordinalUpTo: (time) => Math.floor(time / millisOfHour),
      text: (ordinal) => iso(ordinal * millisOfHour).slice(0, 13),
      example: "2025-06-01T13"
    },
    /^(\d{4}-\d{2}-\d{2}T\d{2})$/,
    (hour) => Date.parse(`${hour}:00:00Z`)
  ),
  Daily: withParse(
    {
      time: (ordinal) => ordinal * millisOfDay,
      ordinalUpTo: (time) => Math.floor(time / millisOfDay),
      text: (ordinal) => iso(ordinal * millisOfDay).slice(0, 10),
      example: "2025-06-01"
    },
    /^(\d{4}-\d{2}-\d{2})$/,
    (day) => Date.parse(`${day}T00:00:00Z`)
  ),
  Weekly: withParse(
    {
      time: (ordinal) => (ordinal * 7 - daysToMonday) * millisOfDay,
      ordinalUpTo: (time) => weekOfDay(Math.floor(time / millisOfDay)),
      text: (ordinal) => {
        const thursday = ordinal * 7 * millisOfDay
        const year = new Date(thursday).getUTCFullYear()
        return `${fourDigits(year)}-W${twoDigits(1 + ordinal - weekOfDay(Math.floor(firstThursday(year) / millisOfDay)))}`
      },
      example: "2025-W23"
    },
    /^(\d{4})-W(\d{2})$/,
    (year, week) => firstThursday(Number(year)) + (Number(week) - 1) * 7 * millisOfDay
  ),
  Monthly: withParse(
    { ...inMonths(1, (year, month) => `${fourDigits(year)}-${twoDigits(month)}`), example: "2025-06" },
    /^(\d{4}-\d{2})$/,
    (month) => Date.parse(`${month}-01T00:00:00Z`)
  ),
  Quarterly: withParse(
    { ...inMonths(3, (year, quarter) => `${fourDigits(year)}Q${quarter}`), example: "2025Q2" },
    /^(\d{4})Q([1-4])$/,
    (year, quarter) => Date.parse(`${year}-${twoDigits(Number(quarter) * 3)}-01T00:00:00Z`)
  ),
  Yearly: withParse({ ...inMonths(12, fourDigits), example: "2025" }, /^(\d{4})$/, (year) =>
    Date.parse(`${year}-01-01T00:00:00Z`)
  )
}

/** The Thursday of the first ISO week of a year: the first Thursday in it. */
function firstThursday(year: number): number {
  const newYear = new Date(0).setUTCFullYear(year)
  return newYear + ((11 - new Date(newYear).getUTCDay()) % 7) * millisOfDay
}
