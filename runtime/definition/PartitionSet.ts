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

export const fromOrdinals = (ordinals: Iterable<number>): PartitionSet => {
  const bounds: Array<number> = []
  for (const ordinal of Float64Array.from(ordinals).sort()) {
    const end = bounds[bounds.length - 1]
    if (end === ordinal) bounds[bounds.length - 1] = ordinal + 1
    else if (end === undefined || end < ordinal) bounds.push(ordinal, ordinal + 1)
  }
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

export function* intervals(self: PartitionSet): Generator<Interval> {
  for (let i = 0; i < self.bounds.length; i += 2) yield { start: self.bounds[i]!, end: self.bounds[i + 1]! }
}

export function* ordinals(self: PartitionSet): Generator<number> {
  for (let i = 0; i < self.bounds.length; i += 2) {
    for (let ordinal = self.bounds[i]!; ordinal < self.bounds[i + 1]!; ordinal++) yield ordinal
  }
}

export const union = (self: PartitionSet, that: PartitionSet): PartitionSet => sweep(self, that, (a, b) => a || b)

export const intersection = (self: PartitionSet, that: PartitionSet): PartitionSet =>
  sweep(self, that, (a, b) => a && b)

export const difference = (self: PartitionSet, that: PartitionSet): PartitionSet => sweep(self, that, (a, b) => a && !b)

export const isSubset = (self: PartitionSet, that: PartitionSet): boolean => isEmpty(difference(self, that))

/** The partitions for which the question is answered with yes; asked in order. */
export const filter = (self: PartitionSet, predicate: (ordinal: number) => boolean): PartitionSet => {
  const bounds: Array<number> = []
  for (const ordinal of ordinals(self)) {
    if (!predicate(ordinal)) continue
    if (bounds[bounds.length - 1] === ordinal) bounds[bounds.length - 1] = ordinal + 1
    else bounds.push(ordinal, ordinal + 1)
  }
  return make(bounds)
}

/** The union of many sets in one pass; `unionAll([])` is empty. */
export const unionAll = (sets: ReadonlyArray<PartitionSet>): PartitionSet => {
  if (sets.length <= 2) return union(sets[0] ?? empty, sets[1] ?? empty)
  const middle = sets.length >> 1
  return union(unionAll(sets.slice(0, middle)), unionAll(sets.slice(middle)))
}

/** Cuts the set, in order, into sets of at most `n` partitions. */
export const chunks = (self: PartitionSet, n: number): ReadonlyArray<PartitionSet> => {
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
  const bytes: Array<number> = []
  let previous = 0
  for (const [index, bound] of self.bounds.entries()) {
    const distance = index === 0 ? (bound < 0 ? -2 * bound - 1 : 2 * bound) : bound - previous
    for (let rest = distance; ; rest = Math.floor(rest / 128)) {
      bytes.push(rest < 128 ? rest : (rest % 128) + 128)
      if (rest < 128) break
    }
    previous = bound
  }
  return Uint8Array.from(bytes)
}

/** The set of stored bytes; bytes that `encode` cannot have written are a bug and throw. */
export const decode = (bytes: Uint8Array): PartitionSet => {
  const bounds: Array<number> = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte % 128) * scale
    scale *= 128
    if (byte >= 128) continue
    const first = bounds.length === 0
    bounds.push(first ? (value % 2 === 0 ? value / 2 : -(value + 1) / 2) : bounds[bounds.length - 1]! + value)
    value = 0
    scale = 1
  }
  if (scale !== 1 || bounds.length % 2 === 1) throw new TypeError("stored partitions are damaged")
  return make(bounds)
}

/** The set as JSON: its bounds. */
export const PartitionSet = Schema.Struct({ bounds: Schema.Array(Schema.Int) })

/** The number of partitions before each interval, kept for sets that are asked again and again. */
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
const boundsUpTo = (self: PartitionSet, ordinal: number): number => {
  let low = 0
  let high = self.bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (self.bounds[middle]! <= ordinal) low = middle + 1
    else high = middle
  }
  return low
}

/** Walks the bounds of both sets in order and keeps those at which `keep` changes. */
const sweep = (
  self: PartitionSet,
  that: PartitionSet,
  keep: (inSelf: boolean, inThat: boolean) => boolean
): PartitionSet => {
  const a = self.bounds
  const b = that.bounds
  const bounds: Array<number> = []
  let i = 0
  let j = 0
  let inside = false
  while (i < a.length || j < b.length) {
    const bound = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i]! : b[j]!
    if (a[i] === bound) i++
    if (b[j] === bound) j++
    const now = keep(i % 2 === 1, j % 2 === 1)
    if (now !== inside) bounds.push(bound)
    inside = now
  }
  return make(bounds)
}
