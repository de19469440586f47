/**
 * A set of partitions, as sorted intervals of ordinals.
 *
 * Every operation costs the number of intervals, not of partitions, so a
 * million days cost as much as one. A value is canonical: intervals are
 * non-empty, sorted and never touch, so equal sets have equal bounds.
 */
import * as Schema from "effect/Schema"

export interface PartitionSet {
  /** Starts and ends in turn, each end excluded: `[0, 3, 7, 8]` holds 0, 1, 2 and 7. */
  readonly bounds: ReadonlyArray<number>
}

export interface Interval {
  readonly start: number
  /** Excluded. */
  readonly end: number
}

const make = (bounds: ReadonlyArray<number>): PartitionSet => ({ bounds })

export const empty: PartitionSet = make([])

export const of = (ordinal: number): PartitionSet => make([ordinal, ordinal + 1])

/** All ordinals from `start` up to, and without, `end`. */
export const range = (start: number, end: number): PartitionSet => (start < end ? make([start, end]) : empty)

export const fromInterval = ({ end, start }: Interval): PartitionSet => range(start, end)

export const fromOrdinals = (ordinals: Iterable<number>): PartitionSet => {
  const bounds: Array<number> = []
  for (const ordinal of Float64Array.from(ordinals).sort()) append(bounds, ordinal, ordinal + 1)
  return make(bounds)
}

/** The union of intervals that come in the order of their starts; they may overlap, touch and be empty. */
export const fromIntervals = (intervals: Iterable<Interval>): PartitionSet => {
  const bounds: Array<number> = []
  for (const { start, end } of intervals) if (start < end) append(bounds, start, end)
  return make(bounds)
}

export const isEmpty = (self: PartitionSet): boolean => self.bounds.length === 0

/** The number of partitions. */
export const size = (self: PartitionSet): number => {
  let size = 0
  for (let i = 0; i < self.bounds.length; i += 2) size += self.bounds[i + 1]! - self.bounds[i]!
  return size
}

export const equals = (self: PartitionSet, that: PartitionSet): boolean =>
  self.bounds.length === that.bounds.length && self.bounds.every((bound, index) => bound === that.bounds[index])

export const has = (self: PartitionSet, ordinal: number): boolean => boundsUpTo(self, ordinal) % 2 === 1

export const first = (self: PartitionSet): number | undefined => self.bounds[0]

export const last = (self: PartitionSet): number | undefined =>
  isEmpty(self) ? undefined : self.bounds[self.bounds.length - 1]! - 1

/** How many partitions of the set come before the ordinal: its index, where the set holds it. */
export const rank = (self: PartitionSet, ordinal: number): number => {
  const sizes = prefixSizes(self)
  const before = boundsUpTo(self, ordinal)
  return before % 2 === 1 ? sizes[before >> 1]! + ordinal - self.bounds[before - 1]! : sizes[before >> 1]!
}

/** The ordinal with this rank; `undefined` where the set is smaller. */
export const at = (self: PartitionSet, rank: number): number | undefined => {
  const sizes = prefixSizes(self)
  if (rank < 0 || rank >= sizes[sizes.length - 1]!) return undefined
  const interval = countUpTo(sizes, rank) - 1
  return self.bounds[interval * 2]! + rank - sizes[interval]!
}

export function* intervals(self: PartitionSet): Generator<Interval> {
  for (let i = 0; i < self.bounds.length; i += 2) yield { start: self.bounds[i]!, end: self.bounds[i + 1]! }
}

export function* ordinals(self: PartitionSet): Generator<number> {
  for (let i = 0; i < self.bounds.length; i += 2) {
    for (let ordinal = self.bounds[i]!; ordinal < self.bounds[i + 1]!; ordinal++) yield ordinal
  }
}

export const union = (self: PartitionSet, that: PartitionSet): PartitionSet => {
  if (isEmpty(self) || self === that) return that
  if (isEmpty(that)) return self
  if (self.bounds[self.bounds.length - 1]! < that.bounds[0]!) return make(self.bounds.concat(that.bounds))
  return sweep(self.bounds, that.bounds, inEither)
}

/** Costs the intervals in the range that the sets have in common, so a small set against a large one is cheap. */
export const intersection = (self: PartitionSet, that: PartitionSet): PartitionSet => {
  if (isEmpty(self) || isEmpty(that)) return empty
  if (self === that) return self
  const a = around(self, that)
  const b = around(that, self)
  if (b.length === 2) return within(self, b)
  if (a.length === 2) return within(that, a)
  return sweep(a, b, inBoth)
}

export const difference = (self: PartitionSet, that: PartitionSet): PartitionSet => {
  if (isEmpty(self) || isEmpty(that)) return self
  if (self === that) return empty
  const b = around(that, self)
  return self.bounds.length === 2 ? holes(self, b) : sweep(self.bounds, b, inFirst)
}

/** The same intervals, `distance` further on. */
export const shift = (self: PartitionSet, distance: number): PartitionSet =>
  distance === 0 ? self : make(self.bounds.map((bound) => bound + distance))

export const isSubset = (self: PartitionSet, that: PartitionSet): boolean => isEmpty(difference(self, that))

/** The partitions for which the question is answered with yes; asked in order. */
export const filter = (self: PartitionSet, predicate: (ordinal: number) => boolean): PartitionSet => {
  const bounds: Array<number> = []
  for (let i = 0; i < self.bounds.length; i += 2) {
    for (let ordinal = self.bounds[i]!; ordinal < self.bounds[i + 1]!; ordinal++) {
      if (predicate(ordinal)) append(bounds, ordinal, ordinal + 1)
    }
  }
  return make(bounds)
}

/** The union of many sets; `unionAll([])` is empty. */
export const unionAll = (sets: ReadonlyArray<PartitionSet>): PartitionSet => {
  if (sets.length <= 2) return union(sets[0] ?? empty, sets[1] ?? empty)
  const inOrder = joined(sets)
  if (inOrder !== undefined) return inOrder
  const middle = sets.length >> 1
  return union(unionAll(sets.slice(0, middle)), unionAll(sets.slice(middle)))
}

/** Cuts the set, in order, into sets of `n` partitions, 1 or more; the last one may hold fewer. */
export const chunks = (self: PartitionSet, n: number): ReadonlyArray<PartitionSet> => {
  if (!(n >= 1)) throw new RangeError("a chunk holds 1 partition or more")
  const result: Array<PartitionSet> = []
  let bounds: Array<number> = []
  let room = n
  for (const interval of intervals(self)) {
    let start = interval.start
    while (start < interval.end) {
      const end = Math.min(interval.end, start + room)
      bounds.push(start, end)
      room -= end - start
      start = end
      if (room === 0) {
        result.push(make(bounds))
        bounds = []
        room = n
      }
    }
  }
  if (bounds.length > 0) result.push(make(bounds))
  return result
}

/** Bytes in which the set is stored: LEB128 of the distances between bounds, the first one zig-zagged. */
export const encode = (self: PartitionSet): Uint8Array => {
  const bytes = new Uint8Array(self.bounds.length * bytesOfBound)
  let length = 0
  let previous = 0
  for (let i = 0; i < self.bounds.length; i++) {
    const bound = self.bounds[i]!
    let rest = i > 0 ? bound - previous : bound < 0 ? -2 * bound - 1 : 2 * bound
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128
    bytes[length++] = rest
    previous = bound
  }
  return bytes.slice(0, length)
}

/** The set of stored bytes; bytes that `encode` cannot have written are a bug and throw. */
export const decode = (bytes: Uint8Array): PartitionSet => {
  const bounds: Array<number> = []
  let value = 0
  let scale = 1
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    value += (byte & 127) * scale
    scale *= 128
    if (byte >= 128) continue
    const bound =
      bounds.length > 0 ? bounds[bounds.length - 1]! + value : value % 2 === 0 ? value / 2 : -(value + 1) / 2
    if (!Number.isSafeInteger(bound) || bound <= bounds[bounds.length - 1]!) throw damaged()
    bounds.push(bound)
    value = 0
    scale = 1
  }
  if (scale !== 1 || bounds.length % 2 === 1) throw damaged()
  return make(bounds)
}

/** The set as JSON: its bounds, which must be those of a canonical value. */
export const PartitionSet = Schema.Struct({
  bounds: Schema.Array(Schema.Int).check(
    Schema.makeFilter(
      (bounds) => bounds.length % 2 === 0 && bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound),
      { message: "the bounds of partitions are starts and ends in turn, each larger than the one before" }
    )
  )
})

/** A distance below 2^54 takes eight groups of seven bits. */
const bytesOfBound = 8

const damaged = () => new TypeError("stored partitions are damaged")

/** Adds an interval that starts at or after the last one added. */
const append = (bounds: Array<number>, start: number, end: number): void => {
  const last = bounds.length - 1
  if (last >= 0 && start <= bounds[last]!) {
    if (end > bounds[last]!) bounds[last] = end
  } else bounds.push(start, end)
}

/** The number of partitions before each interval and in all, kept for sets that are asked again and again. */
const prefixSizes = (self: PartitionSet): Float64Array => {
  const known = sizesOf.get(self)
  if (known !== undefined) return known
  const sizes = new Float64Array(self.bounds.length / 2 + 1)
  for (let i = 0; i < self.bounds.length; i += 2) {
    sizes[i / 2 + 1] = sizes[i / 2]! + self.bounds[i + 1]! - self.bounds[i]!
  }
  sizesOf.set(self, sizes)
  return sizes
}

const sizesOf = new WeakMap<PartitionSet, Float64Array>()

/** How many bounds are at or before the ordinal; odd inside an interval. */
const boundsUpTo = (self: PartitionSet, ordinal: number): number => countUpTo(self.bounds, ordinal)

/** How many of the sorted numbers are at or before the value. */
const countUpTo = (sorted: ArrayLike<number>, value: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}

/** The union of sets of which each ends before the next one starts, as chunks mostly do; `undefined` for others. */
const joined = (sets: ReadonlyArray<PartitionSet>): PartitionSet | undefined => {
  if (sets.length > maxArguments) return undefined
  let end = Number.NEGATIVE_INFINITY
  for (const { bounds } of sets) {
    if (bounds.length === 0) continue
    if (bounds[0]! <= end) return undefined
    end = bounds[bounds.length - 1]!
  }
  return make(([] as ReadonlyArray<number>).concat(...sets.map(({ bounds }) => bounds)))
}

/** So many arguments any engine takes. */
const maxArguments = 10_000

/** The bounds of those intervals of a set that may meet the other. */
const around = (self: PartitionSet, that: PartitionSet): ReadonlyArray<number> => {
  const start = boundsUpTo(self, that.bounds[0]!) & ~1
  const end = (boundsUpTo(self, that.bounds[that.bounds.length - 1]! - 1) + 1) & ~1
  return start === 0 && end === self.bounds.length ? self.bounds : self.bounds.slice(start, end)
}

/** Which combinations of being in the first set (1) and in the second (2) are kept, as bits. */
const inEither = 0b1110
const inBoth = 0b1000
const inFirst = 0b0010

/** The part of a set in one interval. */
const within = (self: PartitionSet, interval: ReadonlyArray<number>): PartitionSet => {
  const bounds = around(self, make(interval))
  if (bounds.length === 0) return empty
  const last = bounds.length - 1
  const [start, end] = [interval[0]!, interval[1]!]
  if (start <= bounds[0]! && end >= bounds[last]!) return bounds === self.bounds ? self : make(bounds)
  return make(bounds.with(0, Math.max(start, bounds[0]!)).with(last, Math.min(end, bounds[last]!)))
}

/** What is left of one interval without others that meet it. */
const holes = ({ bounds }: PartitionSet, without: ReadonlyArray<number>): PartitionSet => {
  if (without.length === 0) return make(bounds)
  const [start, end] = [bounds[0]!, bounds[1]!]
  const [isBefore, isAfter] = [start < without[0]!, without[without.length - 1]! < end]
  const rest = without.slice(isBefore ? 0 : 1, isAfter ? without.length : -1)
  if (isBefore) rest.unshift(start)
  if (isAfter) rest.push(end)
  return rest.length === 0 ? empty : make(rest)
}

/** Walks the bounds of both sets in order and keeps those at which being kept changes. */
const sweep = (a: ReadonlyArray<number>, b: ReadonlyArray<number>, keep: number): PartitionSet => {
  const bounds: Array<number> = []
  let i = 0
  let j = 0
  let inside = 0
  let kept = 0
  while (i < a.length && j < b.length) {
    const nextA = a[i]!
    const nextB = b[j]!
    const bound = Math.min(nextA, nextB)
    if (nextA === bound) {
      i++
      inside ^= 1
    }
    if (nextB === bound) {
      j++
      inside ^= 2
    }
    const now = (keep >> inside) & 1
    if (now !== kept) bounds.push(bound)
    kept = now
  }
  // Beyond the end of one set, the other is kept whole or not at all.
  if (((keep >> 1) & 1) === 1) for (; i < a.length; i++) bounds.push(a[i]!)
  if (((keep >> 2) & 1) === 1) for (; j < b.length; j++) bounds.push(b[j]!)
  return bounds.length === 0 ? empty : make(bounds)
}
