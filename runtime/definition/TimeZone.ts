/**
 * What the clocks of a place show.
 *
 * Times are milliseconds: an *instant* counts from 1970 in UTC, a *local* time
 * is what a clock shows, written as if it were UTC. Changes of a clock are looked
 * up once a year and zone and kept, so both ways cost a bisection.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

export const utc = "UTC"

/** Clocks jump from one offset to another; a `to` larger than `from` skips local times. */
export interface Change {
  readonly instant: number
  readonly from: number
  readonly to: number
}

export const isKnown = (zone: string): boolean => Option.isSome(DateTime.zoneFromString(zone))

/** Local time at an instant. */
export const local = (zone: string, instant: number): number => instant + offset(zone, instant)

/** What a clock is ahead of UTC. */
export const offset = (zone: string, instant: number): number => {
  if (zone === utc) return 0
  const { changes, offset } = yearOf(zone, instant)
  return changes.findLast((change) => change.instant <= instant)?.to ?? offset
}

/** The instants at which clocks show a local time: none where they skip it, two in order where they repeat it. */
export const instants = (zone: string, local: number): ReadonlyArray<number> => {
  if (zone === utc) return [local]
  const [before, after] = [local - offset(zone, local - millisOfDay), local - offset(zone, local + millisOfDay)]
  return [...new Set([before, after])].filter((at) => at + offset(zone, at) === local).sort((a, b) => a - b)
}

/** The first instant at which clocks show this local time or, where they skip it, a later one. */
export const instant = (zone: string, local: number): number => {
  if (zone === utc) return local
  const [first] = instants(zone, local)
  if (first !== undefined) return first
  return changes(zone, local - millisOfDay, local + millisOfDay).find(({ instant, to }) => instant + to > local)!
    .instant
}

/** The changes of clocks from one instant up to, and without, another. */
export const changes = (zone: string, from: number, to: number): ReadonlyArray<Change> => {
  if (zone === utc) return []
  const result: Array<Change> = []
  for (let year = yearNumber(from); year <= yearNumber(to); year++) {
    result.push(...changesIn(zone, year).changes.filter(({ instant }) => from <= instant && instant < to))
  }
  return result
}

interface Year {
  /** Just before its start. */
  readonly offset: number
  readonly changes: ReadonlyArray<Change>
}

const millisOfDay = 86_400_000

/** Two changes that undo each other are further apart than this. */
const step = 7 * millisOfDay

const yearNumber = (instant: number): number => new Date(instant).getUTCFullYear()

const yearOf = (zone: string, instant: number): Year => changesIn(zone, yearNumber(instant))

const changesIn = (zone: string, year: number): Year => {
  const ofZone = known.get(zone) ?? new Map<number, Year>()
  known.set(zone, ofZone)
  const found = ofZone.get(year) ?? lookUp(DateTime.zoneFromString(zone).pipe(Option.getOrThrow), year)
  ofZone.set(year, found)
  return found
}

const known = new Map<string, Map<number, Year>>()

/** Starts a second early, so that a change at the very start of the year is one of that year. */
const lookUp = (zone: DateTime.TimeZone, year: number): Year => {
  const end = startOfYear(year + 1)
  const changes: Array<Change> = []
  let at = startOfYear(year) - 1000
  const first = offsetAt(zone, at)
  for (let offset = first; at < end; ) {
    const next = Math.min(end, at + step)
    const to = offsetAt(zone, next)
    if (to !== offset) {
      const instant = firstWith(zone, to, at, next)
      if (instant < end) changes.push({ instant, from: offset, to })
    }
    offset = to
    at = next
  }
  return { offset: first, changes }
}

const startOfYear = (year: number): number => new Date(0).setUTCFullYear(year)

const offsetAt = (zone: DateTime.TimeZone, instant: number): number =>
  DateTime.zonedOffset(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))

/** The whole second at which the offset is reached, between an instant without it and one with it. */
const firstWith = (zone: DateTime.TimeZone, offset: number, without: number, having: number): number => {
  let low = without / 1000
  let high = having / 1000
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle * 1000) === offset) high = middle
    else low = middle
  }
  return high * 1000
}
