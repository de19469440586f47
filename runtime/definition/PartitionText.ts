/**
 * Sets of partitions as people read them: `2025-06-02…2025-07-31 (51)`.
 *
 * A few stretches are written out, then only counted, so the text stays short
 * and costs the same for a million partitions.
 */
import type { PartitionDictionary } from "./PartitionDictionary.ts"
import * as PartitionDimension from "./PartitionDimension.ts"
import * as PartitionProduct from "./PartitionProduct.ts"
import * as PartitionSet from "./PartitionSet.ts"

/** The set in a line of up to `limit` stretches or keys; without partitions, `none`. */
export const format = (
  dimensions: PartitionProduct.PartitionProduct,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet,
  limit: number
): string => {
  if (PartitionSet.isEmpty(set)) return "none"
  const line =
    dimensions.length === 1
      ? stretches(dimensions[0]!.of, dictionary, set, limit)
      : product(dimensions, dictionary, set, limit)
  const size = PartitionSet.size(set)
  return size === 1 ? line : `${line} (${size})`
}

const product = (
  dimensions: PartitionProduct.PartitionProduct,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet,
  limit: number
): string => {
  const boxes = PartitionProduct.boxes(dimensions, dictionary, set)
  const texts = boxes
    .slice(0, limit)
    .map((box) => box.map((side, i) => stretches(dimensions[i]!.of, dictionary, side, limit)).join(" | "))
  const rest = boxes.slice(limit).reduce((sum, box) => sum + box.reduce((n, side) => n * PartitionSet.size(side), 1), 0)
  return [...texts, ...more(rest)].join("; ")
}

const stretches = (
  dimension: PartitionDimension.PartitionDimension,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet,
  limit: number
): string => {
  const key = (ordinal: number) => PartitionDimension.key(dimension, dictionary, ordinal)
  const texts: Array<string> = []
  let written = 0
  for (const { end, start } of stretchesOf(dimension, set)) {
    if (texts.length === limit) break
    texts.push(end - start === 1 ? key(start) : `${key(start)}${end - start === 2 ? ", " : "…"}${key(end - 1)}`)
    written += end - start
  }
  return [...texts, ...more(PartitionSet.size(set) - written)].join(", ")
}

/** Keys without arithmetic have no natural order, so each stands for itself. */
function* stretchesOf(
  dimension: PartitionDimension.PartitionDimension,
  set: PartitionSet.PartitionSet
): Generator<PartitionSet.Interval> {
  if (dimension._tag === "Time") return yield* PartitionSet.intervals(set)
  for (const ordinal of PartitionSet.ordinals(set)) yield { start: ordinal, end: ordinal + 1 }
}

const more = (rest: number): ReadonlyArray<string> => (rest > 0 ? [`and ${rest} more`] : [])
