/**
 * How the partitions of an asset stand, at a glance: a strip of cells from the
 * first to the last that exists, each as its worst partition.
 *
 * Cells are cut out of sets of intervals; no partition is looked at by itself,
 * so a million of them cost what the intervals cost.
 */
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { AssetStatus } from "../../runtime/read/AssetStatus.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

type Sets = Pick<AssetStatus, "existing" | "materialized" | "missing" | "failed" | "stale"> & {
  /** Others write it. */
  readonly isExternal?: boolean
}

export type Kind = "failed" | "missing" | "stale" | "made"

/** Of at most so many cells, as many as there are partitions where they are fewer; none of nothing. */
export const cells = (self: Sets, width: number): ReadonlyArray<Kind> => {
  const all = PartitionSet.unionAll([self.existing, self.materialized, self.failed])
  const size = PartitionSet.size(all)
  const count = Math.min(width, size)
  return Array.from({ length: count }, (_, cell) => {
    const first = PartitionSet.at(all, Math.floor((cell * size) / count))!
    const last = PartitionSet.at(all, Math.floor(((cell + 1) * size) / count) - 1)!
    const range = PartitionSet.range(first, last + 1)
    const has = (set: PartitionSet.PartitionSet) => !PartitionSet.isEmpty(PartitionSet.intersection(set, range))
    return has(self.failed) ? "failed" : has(self.missing) ? "missing" : has(self.stale) ? "stale" : "made"
  })
}

/** For a person, of assets with more than one partition; `keyOf` names the first and the last. */
export const text = (self: Sets, keyOf: (ordinal: number) => string, view: View): string => {
  const all = PartitionSet.unionAll([self.existing, self.materialized, self.failed])
  if (!view.tty || PartitionSet.size(all) < 2) return ""
  const ink = Ink.make(view)
  const strip = cells(self, view.width)
  const [first, last] = [keyOf(PartitionSet.first(all)!), keyOf(PartitionSet.last(all)!)]
  const room = strip.length - Width.width(first) - Width.width(last)
  const ends = room < 1 ? `${first} … ${last}` : first + " ".repeat(room) + last
  return [drawn(strip, ink), ink.dim(Width.truncate(ends, view.width)), legend(self, ink)].join("\n")
}

const drawn = (strip: ReadonlyArray<Kind>, ink: Ink.Ink): string => {
  let text = ""
  for (let start = 0; start < strip.length; ) {
    const kind = strip[start]!
    let end = start + 1
    while (end < strip.length && strip[end] === kind) end++
    text += ink[signs[kind].color](signs[kind].sign.repeat(end - start))
    start = end
  }
  return text
}

const legend = (self: Sets, ink: Ink.Ink): string => {
  const bad = PartitionSet.unionAll([self.failed, self.missing, self.stale])
  const counts: Readonly<Record<Kind, PartitionSet.PartitionSet>> = {
    made: PartitionSet.difference(self.materialized, bad),
    stale: PartitionSet.difference(self.stale, PartitionSet.union(self.failed, self.missing)),
    missing: PartitionSet.difference(self.missing, self.failed),
    failed: self.failed
  }
  return (["made", "stale", "missing", "failed"] as const)
    .filter((kind) => !PartitionSet.isEmpty(counts[kind]))
    .map((kind) => {
      const word = kind === "made" && self.isExternal === true ? "observed" : kind
      return `${ink[signs[kind].color](signs[kind].sign)} ${Amount.count(PartitionSet.size(counts[kind]))} ${word}`
    })
    .join("   ")
}

const signs: Readonly<Record<Kind, { readonly sign: string; readonly color: keyof Ink.Ink }>> = {
  made: { sign: "█", color: "green" },
  stale: { sign: "▒", color: "yellow" },
  missing: { sign: "·", color: "yellow" },
  failed: { sign: "✗", color: "red" }
}
