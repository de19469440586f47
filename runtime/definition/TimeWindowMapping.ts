/**
 * Windows of time made from the windows of the input that share time with them.
 *
 * Offsets are counted in windows of the input. Since windows follow each other
 * without gaps, a stretch of them maps to one stretch, in both directions.
 */
import type { PartitionMapping, Sides } from "./PartitionMapping.ts"
import * as PartitionSet from "./PartitionSet.ts"
import type * as PartitionsDefinition from "./PartitionsDefinition.ts"
import * as TimeWindow from "./TimeWindow.ts"

export interface Offsets {
  /** Moves the first window of the input: -1 takes one more before. */
  readonly start?: number
  /** Moves the last window of the input: 1 takes one more after. */
  readonly end?: number
}

/**
 * Each window is made from those that share time with it: a quarter from its days,
 * a day from its quarter. The default between different windows of time.
 */
export const timeWindow = (offsets: Offsets = {}): PartitionMapping<"Many"> => {
  const { end = 0, start = 0 } = offsets
  return mapping(start === 0 && end === 0 ? "timeWindow" : `timeWindow(${start}, ${end})`, start, end)
}

/** Each window is made from itself and the `n` before it: a window of 90 days is `lookback(89)`. */
export const lookback = (n: number): PartitionMapping<"Many"> => {
  if (n < 0) throw new RangeError("a lookback goes back by a whole number of windows, 0 or more")
  return mapping(`lookback(${n})`, -n, 0)
}

const mapping = (name: string, start: number, end: number): PartitionMapping<"Many"> => {
  if (!Number.isInteger(start) || !Number.isInteger(end)) throw new RangeError("an offset is a whole number of windows")
  if (end < start)
    throw new RangeError("a mapping of windows does not end before it starts: its end is at least its start")
  return {
    arity: "Many",
    name,
    upstream: (partitions, sides) =>
      PartitionSet.intersection(eachInterval(partitions, upstream(windowsOf(sides), start, end)), sides.upstream),
    downstream: (partitions, sides) =>
      PartitionSet.intersection(eachInterval(partitions, downstream(windowsOf(sides), start, end)), sides.downstream),
    refusal: (upstream, downstream) =>
      windowOf(upstream) === undefined || windowOf(downstream) === undefined
        ? "it maps between windows of time, and one of these is something else"
        : undefined
  }
}

interface Windows {
  readonly up: TimeWindow.TimeWindow
  readonly down: TimeWindow.TimeWindow
}

type MapInterval = (interval: PartitionSet.Interval) => PartitionSet.Interval

/** Later intervals are mapped to later ones, so they come out sorted. */
const eachInterval = (set: PartitionSet.PartitionSet, map: MapInterval): PartitionSet.PartitionSet => {
  const mapped: Array<PartitionSet.Interval> = []
  for (const interval of PartitionSet.intervals(set)) mapped.push(map(interval))
  return PartitionSet.fromIntervals(mapped)
}

const upstream = ({ down, up }: Windows, start: number, end: number): MapInterval =>
  TimeWindow.equals(up, down)
    ? (interval) => ({ start: interval.start + start, end: interval.end + end })
    : (interval) => {
        const period = { from: TimeWindow.start(down, interval.start), to: TimeWindow.start(down, interval.end) }
        const shared = TimeWindow.overlapping(up, period)
        return shared.start < shared.end ? { start: shared.start + start, end: shared.end + end } : shared
      }

/** The windows whose inputs, moved by the offsets, meet the interval. */
const downstream = ({ down, up }: Windows, start: number, end: number): MapInterval =>
  TimeWindow.equals(up, down)
    ? (interval) => ({ start: interval.start - end, end: interval.end - start })
    : (interval) =>
        TimeWindow.overlapping(down, {
          from: TimeWindow.start(up, interval.start - end),
          to: TimeWindow.start(up, interval.end - start)
        })

const windowsOf = ({ downstreamDefinition, upstreamDefinition }: Sides): Windows => {
  const [up, down] = [windowOf(upstreamDefinition), windowOf(downstreamDefinition)]
  if (up === undefined || down === undefined) throw new TypeError("a mapping of windows between other partitions")
  return { up, down }
}

const windowOf = (definition: PartitionsDefinition.Any): TimeWindow.TimeWindow | undefined => {
  const { spec } = definition
  return spec._tag === "Time" ? spec.window : undefined
}
