/**
 * How long a plan may take, judged by how long its assets took before.
 *
 * A step is expected to take the median time of a partition for each of its
 * partitions, and no less than the quickest step of the asset did. The whole is
 * the longest chain of steps, or all of them over those that run at once,
 * whichever is more.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as RunPlan from "../plan/RunPlan.ts"
import { AssetHistory, type Timing } from "../record/AssetHistory.ts"

/** Milliseconds, from the last steps of an asset. */
export interface Pace {
  /** The median. */
  readonly perStep: number
  /** The median. */
  readonly perPartition: number
  readonly quickestStep: number
  /** How many steps it is known from. */
  readonly steps: number
}

export interface ExpectedTime {
  /** Milliseconds. */
  readonly whole: number
  /** Of the longest chain of steps that wait for each other. */
  readonly longestChain: number
  /** Of all steps one after the other. */
  readonly total: number
  /** Of the steps of each asset that was made before, one after the other. */
  readonly ofAsset: ReadonlyMap<AssetKey, number>
  readonly paces: ReadonlyMap<AssetKey, Pace>
  /** Assets that were never made: their steps are not counted. */
  readonly unknown: ReadonlyArray<AssetKey>
}

export const pace = (timings: ReadonlyArray<Timing>): Pace | undefined =>
  timings.length === 0
    ? undefined
    : {
        perStep: median(timings.map(({ millis }) => millis)),
        perPartition: median(timings.map(({ millis, partitions }) => millis / Math.max(1, partitions))),
        quickestStep: timings.reduce((least, { millis }) => Math.min(least, millis), Number.POSITIVE_INFINITY),
        steps: timings.length
      }

/** What a step over so many partitions is expected to take. */
export const ofStep = (self: Pace, partitions: number): number =>
  Math.max(self.quickestStep, self.perPartition * partitions)

/** Assets that are made together have the pace of the first. */
export const make = (
  { steps }: RunPlan.RunPlan,
  paces: ReadonlyMap<AssetKey, Pace>,
  concurrency: number
): ExpectedTime => {
  const ofAsset = new Map<AssetKey, number>()
  const unknown = new Set<AssetKey>()
  const ends: Array<number> = []
  let total = 0
  for (const { after, assets, index, partitions } of steps) {
    const asset = assets[0]!
    const known = paces.get(asset)
    const millis = known === undefined ? 0 : ofStep(known, PartitionSet.size(partitions))
    if (known === undefined) unknown.add(asset)
    else ofAsset.set(asset, (ofAsset.get(asset) ?? 0) + millis)
    ends[index] = millis + after.reduce((last, before) => Math.max(last, ends[before]!), 0)
    total += millis
  }
  const longestChain = ends.reduce((longest, end) => Math.max(longest, end), 0)
  return {
    whole: Math.max(longestChain, total / concurrency),
    longestChain,
    total,
    ofAsset,
    paces,
    unknown: [...unknown]
  }
}

/** The same, with what the history says of the assets of the plan. */
export const read = Effect.fn("ExpectedTime.read")(function* (plan: RunPlan.RunPlan, concurrency: number) {
  const history = yield* AssetHistory
  const paces = new Map<AssetKey, Pace>()
  for (const asset of new Set(plan.steps.map(({ assets }) => assets[0]!))) {
    const known = pace(yield* history.timings(asset, recent))
    if (known !== undefined) paces.set(asset, known)
  }
  return make(plan, paces, concurrency)
})

/** Objects that say how fast an asset is now. */
const recent = 100

const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}
