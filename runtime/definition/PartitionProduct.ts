/**
 * Partitions along several dimensions at once.
 *
 * The keys of all dimensions but time have one ordinal together, from the
 * dictionary; the ordinals of the time dimensions follow as digits, the last one
 * the lowest. So a stretch of days for one region is one interval, and a set costs
 * intervals for each combination of the other keys, not for each day. Ordinals stay
 * below 2^53: at least 8192 combinations must have room beside the dimensions of
 * time, which one of any cycle leaves, and two if one of them is of months or longer.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { PartitionDictionary } from "./PartitionDictionary.ts"
import * as PartitionDimension from "./PartitionDimension.ts"
import * as PartitionKey from "./PartitionKey.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as TimeWindow from "./TimeWindow.ts"

export const Dimension = Schema.Struct({ name: Schema.String, of: PartitionDimension.PartitionDimension })
export type Dimension = typeof Dimension.Type

/** In the order in which they stand in keys. */
export const PartitionProduct = Schema.Array(Dimension)
export type PartitionProduct = typeof PartitionProduct.Type

/** The partitions that have, in each dimension, an ordinal of its set. */
export type Box = ReadonlyArray<PartitionSet.PartitionSet>

/** Why these dimensions cannot be a product; `undefined` where they can. */
export const refusal = (self: PartitionProduct): string | undefined => {
  const odd = self.find(({ name }) => !/^[a-z_][a-z0-9_]*$/i.test(name))
  if (self.length < 2) return "a product has two dimensions or more"
  if (odd !== undefined) return `a dimension is named by letters, digits and _, unlike "${odd.name}"`
  const room = Number.MAX_SAFE_INTEGER / timeDigits(self).reduce((product, { base }) => product * base, 1)
  if (room < 1 || (others(self).length > 0 && room < minimalRoom)) return "its dimensions of time are too fine together"
  return combinations(self) > maxCombinations
    ? `it has more than ${maxCombinations} combinations of fixed keys`
    : undefined
}

export const key = (self: PartitionProduct, dictionary: PartitionDictionary, ordinal: number): string => {
  const ordinals = ordinalsOf(self, dictionary, ordinal)
  return PartitionKey.join(self.map(({ of }, i) => PartitionDimension.key(of, dictionary, ordinals[i]!)))
}

export const ordinal = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  key: string
): Result.Result<number, string> => {
  const keys = PartitionKey.split(key)
  if (keys?.length !== self.length) return Result.fail(`${self.map(({ name }) => name).join("|")}`)
  const found = Result.all(
    self.map(({ name, of }, i) =>
      Result.mapError(PartitionDimension.ordinal(of, dictionary, keys[i]!), (expected) => `for ${name} ${expected}`)
    )
  )
  return Result.flatMap(found, (ordinals) => {
    const found = PartitionSet.first(fromBoxes(self, dictionary, [ordinals.map(PartitionSet.of)]))
    return found === undefined ? Result.fail("a combination that was observed") : Result.succeed(found)
  })
}

export const all = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  until: number
): PartitionSet.PartitionSet =>
  fromBoxes(self, dictionary, [self.map(({ of }) => PartitionDimension.all(of, dictionary, until))])

/** What the dictionary keeps for the product: the keys of its dimensions, then their combinations. */
export const entries = (self: PartitionProduct, dictionary: PartitionDictionary): ReadonlyArray<string> => {
  const lists = others(self).map(({ of }) => PartitionDimension.entries(of, dictionary))
  return lists.length < 2 ? lists.flat() : [...lists.flat(), ...combined(lists)]
}

/** What the dictionary keeps for one key of the product. */
export const entriesOf = (self: PartitionProduct, keys: ReadonlyArray<string>): ReadonlyArray<string> => {
  const parts = self.flatMap(({ of }, i) => PartitionDimension.entry(of, keys[i]!) ?? [])
  return parts.length < 2 ? parts : [...parts, parts.join(PartitionKey.recordSeparator)]
}

/** The set as boxes without a partition in common, as few as merging along each dimension in turn gives. */
export const boxes = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet
): ReadonlyArray<Box> =>
  self.reduce<ReadonlyArray<Box>>((boxes, _, i) => merged(boxes, i), [...slices(self, dictionary, set)])

/** The partitions of boxes, which may overlap. Combinations that the dictionary does not hold are left out. */
export const fromBoxes = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  boxes: ReadonlyArray<Box>
): PartitionSet.PartitionSet => {
  const few = self.reduce((boxes, _, dimension) => merged(boxes, dimension), boxes)
  return PartitionSet.unionAll(few.map((box) => fromBox(self, dictionary, box)))
}

const minimalRoom = 8192
const maxCombinations = 1_000_000

const others = (self: PartitionProduct): PartitionProduct => self.filter(({ of }) => of._tag !== "Time")

const combinations = (self: PartitionProduct): number =>
  self.reduce((count, { of }) => count * (of._tag === "Static" ? of.keys.length : 1), 1)

/** The combinations of entries as the dictionary keeps them; one list is kept as it is. */
const combined = (lists: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  lists.reduce((heads, list) =>
    heads.flatMap((head) => list.map((entry) => head + PartitionKey.recordSeparator + entry))
  )

interface Digit {
  /** Which dimension it is of. */
  readonly dimension: number
  /** The ordinal of the digit 0. */
  readonly zero: number
  readonly base: number
}

/** The digits of the dimensions of time, the lowest last. */
const timeDigits = (self: PartitionProduct): ReadonlyArray<Digit> =>
  self.flatMap(({ of }, dimension) => {
    if (of._tag !== "Time") return []
    const { end, start } = TimeWindow.everything(of.window)
    return [{ dimension, zero: start, base: end - start }]
  })

const ordinalsOf = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  ordinal: number
): ReadonlyArray<number> => {
  const ordinals = new Array<number>(self.length)
  let rest = ordinal
  for (const { base, dimension, zero } of timeDigits(self).toReversed()) {
    const higher = Math.floor(rest / base)
    ordinals[dimension] = rest - higher * base + zero
    rest = higher
  }
  const known = entryOrdinals(self, dictionary, rest)
  let next = 0
  for (const [i, { of }] of self.entries()) if (of._tag !== "Time") ordinals[i] = known[next++]!
  return ordinals
}

/** The ordinals of the single keys of an entry. */
const entryOrdinals = (
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  entry: number
): ReadonlyArray<number> =>
  others(self).length < 2
    ? [entry]
    : dictionary.keys[entry]!.split(PartitionKey.recordSeparator).map((key) => dictionary.ordinals.get(key)!)

/** A box for each combination of all dimensions but the last of time. */
function* slices(
  self: PartitionProduct,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet
): Generator<Box> {
  const last = timeDigits(self).at(-1)
  if (last === undefined) {
    for (const ordinal of PartitionSet.ordinals(set)) {
      yield ordinalsOf(self, dictionary, ordinal).map(PartitionSet.of)
    }
    return
  }
  for (const [higher, lowest] of byHigherDigits(set, last.base)) {
    const ordinals = ordinalsOf(self, dictionary, higher * last.base)
    yield ordinals.map((ordinal, i) =>
      i === last.dimension ? PartitionSet.shift(lowest, last.zero) : PartitionSet.of(ordinal)
    )
  }
}

/** The lowest digits of a set, by what stands before them. */
const byHigherDigits = (
  set: PartitionSet.PartitionSet,
  base: number
): ReadonlyMap<number, PartitionSet.PartitionSet> => {
  const parts = new Map<number, Array<PartitionSet.Interval>>()
  for (const { end, start } of PartitionSet.intervals(set)) {
    for (let higher = Math.floor(start / base); higher * base < end; higher++) {
      const part = { start: Math.max(start - higher * base, 0), end: Math.min(end - higher * base, base) }
      const known = parts.get(higher)
      if (known === undefined) parts.set(higher, [part])
      else known.push(part)
    }
  }
  return new Map([...parts].map(([higher, intervals]) => [higher, PartitionSet.fromIntervals(intervals)]))
}

/** Boxes that differ in one dimension only are one. */
const merged = (boxes: ReadonlyArray<Box>, dimension: number): ReadonlyArray<Box> => {
  if (boxes.length < 2) return boxes
  const groups = new Map<string, Array<Box>>()
  for (const box of boxes) {
    const rest = box.map((set, i) => (i === dimension ? "" : set.bounds.join())).join("|")
    const group = groups.get(rest)
    if (group === undefined) groups.set(rest, [box])
    else group.push(box)
  }
  return [...groups.values()].map((group) =>
    group[0]!.with(dimension, PartitionSet.unionAll(group.map((box) => box[dimension]!)))
  )
}

const fromBox = (self: PartitionProduct, dictionary: PartitionDictionary, box: Box): PartitionSet.PartitionSet => {
  if (box.some(PartitionSet.isEmpty)) return PartitionSet.empty
  return timeDigits(self).reduce(
    (higher, digit) => withDigit(higher, digit, box[digit.dimension]!),
    entriesIn(self, dictionary, box)
  )
}

const withDigit = (
  higher: PartitionSet.PartitionSet,
  { base, zero }: Digit,
  digits: PartitionSet.PartitionSet
): PartitionSet.PartitionSet => {
  const lowest = PartitionSet.intersection(PartitionSet.shift(digits, -zero), PartitionSet.range(0, base))
  const bounds = [...PartitionSet.intervals(lowest)]
  function* shifted() {
    for (const ordinal of PartitionSet.ordinals(higher)) {
      for (const { end, start } of bounds) yield { start: ordinal * base + start, end: ordinal * base + end }
    }
  }
  return PartitionSet.fromIntervals(shifted())
}

/** The entries of the dictionary that are in the box; 0 for a product of nothing but time. */
const entriesIn = (self: PartitionProduct, dictionary: PartitionDictionary, box: Box): PartitionSet.PartitionSet => {
  const sets = box.filter((_, i) => self[i]!.of._tag !== "Time")
  if (sets.length === 0) return PartitionSet.of(0)
  if (sets.length === 1) return sets[0]!
  const lists = sets.map((set) => [...PartitionSet.ordinals(set)].map((ordinal) => dictionary.keys[ordinal]!))
  return PartitionSet.fromOrdinals(combined(lists).flatMap((entry) => dictionary.ordinals.get(entry) ?? []))
}
