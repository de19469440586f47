/**
 * Which value each partition has: sorted intervals, changed in place.
 *
 * Finding and assigning cost a bisection and the intervals that are met, so
 * thousands of objects of one asset cost no more than a few.
 */
import * as PartitionSet from "../definition/PartitionSet.ts"

export interface PartitionMap<A> {
  /** Sorted; none is empty and no two have a partition in common. */
  readonly pieces: Array<Piece<A>>
}

export interface Piece<out A> extends PartitionSet.Interval {
  readonly value: A
}

export const make = <A>(): PartitionMap<A> => ({ pieces: [] })

/** The map of sets that have no partition in common. */
export const fromSets = <A>(sets: Iterable<readonly [PartitionSet.PartitionSet, A]>): PartitionMap<A> => {
  const pieces: Array<Piece<A>> = []
  for (const [set, value] of sets)
    for (const { end, start } of PartitionSet.intervals(set)) pieces.push({ start, end, value })
  return { pieces: pieces.sort((a, b) => a.start - b.start) }
}

export const at = <A>(self: PartitionMap<A>, ordinal: number): A | undefined => {
  const piece = self.pieces[firstEndingAfter(self.pieces, ordinal)]
  return piece !== undefined && piece.start <= ordinal ? piece.value : undefined
}

/** The parts of the map that are in the set, in order. */
export const within = <A>(self: PartitionMap<A>, set: PartitionSet.PartitionSet): ReadonlyArray<Piece<A>> => {
  const result: Array<Piece<A>> = []
  for (let at = 0; at < set.bounds.length; at += 2) {
    const [start, end] = [set.bounds[at]!, set.bounds[at + 1]!]
    for (let i = firstEndingAfter(self.pieces, start); i < self.pieces.length && self.pieces[i]!.start < end; i++) {
      const piece = self.pieces[i]!
      result.push({ start: Math.max(start, piece.start), end: Math.min(end, piece.end), value: piece.value })
    }
  }
  return result
}

/** The partitions of a set by the value that they have; those without one are left out. */
export const byValue = <A>(
  self: PartitionMap<A>,
  set: PartitionSet.PartitionSet
): ReadonlyMap<A, PartitionSet.PartitionSet> => {
  const parts = within(self, set)
  if (parts.length === 0) return new Map()
  const intervals = Map.groupBy(parts, ({ value }) => value)
  return new Map([...intervals].map(([value, pieces]) => [value, PartitionSet.fromIntervals(pieces)]))
}

/** Gives the partitions this value, whichever they had. */
export const assign = <A>(self: PartitionMap<A>, set: PartitionSet.PartitionSet, value: A): void => {
  for (const { end, start } of PartitionSet.intervals(set)) {
    const first = firstEndingAfter(self.pieces, start)
    let last = first
    while (last < self.pieces.length && self.pieces[last]!.start < end) last++
    const before = self.pieces[first]
    const after = self.pieces[last - 1]
    const pieces: Array<Piece<A>> = [{ start, end, value }]
    if (first < last && before!.start < start) pieces.unshift({ ...before!, end: start })
    if (first < last && after!.end > end) pieces.push({ ...after!, start: end })
    self.pieces.splice(first, last - first, ...pieces)
  }
}

const firstEndingAfter = (pieces: ReadonlyArray<Piece<unknown>>, ordinal: number): number => {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (pieces[middle]!.end <= ordinal) low = middle + 1
    else high = middle
  }
  return low
}
