/**
 * Which partitions have to be made, and why: one of the two questions of a plan.
 */
import * as Schema from "effect/Schema"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import * as Provenance from "../event/Provenance.ts"
import * as Version from "../event/Version.ts"

/**
 * `InputPending`: an input is made in the same plan; whether it changes is seen
 * when it is made, and if it does not, the partition is left as it is.
 */
export const Reason = Schema.Literals(["Failed", "Missing", "Stale", "Forced", "InputPending"])
export type Reason = typeof Reason.Type

/** Partitions by the first reason that holds for them, in the order of `Reason`; empty sets are left out. */
export type Reasons = ReadonlyMap<Reason, PartitionSet.PartitionSet>

export interface Question {
  readonly key: AssetKey
  /** The partitions that were asked for. */
  readonly wanted: PartitionSet.PartitionSet
  /** Those of them with an input that the plan makes. */
  readonly pending: PartitionSet.PartitionSet
  readonly force: boolean
  /** Those of them that are forced where not all are. */
  readonly forced?: PartitionSet.PartitionSet
}

export const reasons = (view: AssetGraphView.AssetGraphView, question: Question): Reasons => {
  const { force, forced = PartitionSet.empty, key, pending, wanted } = question
  const missing = PartitionSet.intersection(wanted, AssetGraphView.missing(view, key))
  const failed = PartitionSet.intersection(wanted, AssetGraphView.failed(view, key))
  const present = PartitionSet.difference(wanted, PartitionSet.union(missing, failed))
  const whateverComes = PartitionSet.unionAll([
    ...ownCauses(view, key, PartitionSet.intersection(present, pending)).values()
  ])
  return firstOf([
    ["Failed", failed],
    ["Missing", missing],
    ["Stale", PartitionSet.union(stale(view, key, PartitionSet.difference(present, pending)), whateverComes)],
    ["Forced", force ? present : PartitionSet.intersection(present, forced)],
    ["InputPending", PartitionSet.intersection(present, pending)]
  ])
}

/**
 * Those of the materialized partitions whose provenance is not the one that was
 * recorded, or that the schema cannot read any more.
 */
export const stale = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  versions?: AssetGraphView.DataVersions
): PartitionSet.PartitionSet =>
  PartitionSet.union(
    changed(view, key, partitions, versions),
    PartitionSet.intersection(AssetGraphView.unreadable(view, key), partitions)
  )

/** What made a partition stale. `Input`: what it is made from, as far as nothing else changed. */
export const Cause = Schema.Literals(["Schema", "Code", "Config", "Input"])
export type Cause = typeof Cause.Type

/** Partitions by all causes that hold for them; empty sets are left out. */
export type Causes = ReadonlyMap<Cause, PartitionSet.PartitionSet>

/** What made these partitions, which are stale, so. Costs the number of objects, not of partitions. */
export const causes = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  stale: PartitionSet.PartitionSet
): Causes => {
  const own = ownCauses(view, key, stale)
  const rest = PartitionSet.difference(stale, PartitionSet.unionAll([...own.values()]))
  return PartitionSet.isEmpty(rest) ? own : new Map([...own, ["Input", rest]])
}

/** What of the asset itself is not as it was when these partitions were made: they are stale whatever their inputs are. */
const ownCauses = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
): Causes => {
  const code = view.codeVersions.get(key) ?? ""
  const config = (view.configs.get(key) ?? RunConfig.none).text
  const made = AssetGraphView.made(view, key, partitions)
  const where = (is: (each: AssetGraphView.MadeWith) => boolean) =>
    PartitionSet.unionAll(made.filter(is).map(({ partitions }) => partitions))
  const sets = [
    ["Schema", where(({ mismatch }) => mismatch !== undefined)],
    ["Code", where(({ codeVersion }) => codeVersion !== code)],
    ["Config", where((each) => each.config !== config)]
  ] as const
  return new Map(sets.filter(([, set]) => !PartitionSet.isEmpty(set)))
}

export const partitions = (self: Reasons): PartitionSet.PartitionSet => PartitionSet.unionAll([...self.values()])

/** The reasons of a part of the partitions. */
export const restrict = (self: Reasons, partitions: PartitionSet.PartitionSet): Reasons =>
  firstOf([...self].map(([reason, set]) => [reason, PartitionSet.intersection(set, partitions)]))

/** The reasons of assets that are made together: a partition of which one is to be made is made for all. */
export const merge = (all: ReadonlyArray<Reasons>): Reasons =>
  firstOf(
    Reason.literals.map((reason) => [
      reason,
      PartitionSet.unionAll(all.map((reasons) => reasons.get(reason) ?? PartitionSet.empty))
    ])
  )

const firstOf = (sets: ReadonlyArray<readonly [Reason, PartitionSet.PartitionSet]>): Reasons => {
  const result = new Map<Reason, PartitionSet.PartitionSet>()
  let seen = PartitionSet.empty
  for (const [reason, set] of sets) {
    const rest = PartitionSet.difference(set, seen)
    if (!PartitionSet.isEmpty(rest)) result.set(reason, rest)
    seen = PartitionSet.union(seen, set)
  }
  return result
}

/** Those of the materialized partitions whose provenance is not the one that was recorded. */
const changed = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet,
  versions: AssetGraphView.DataVersions | undefined
): PartitionSet.PartitionSet => {
  const recorded = PartitionVersions.restrict(AssetGraphView.versions(view, key), partitions)
  if (versions !== undefined) {
    const provenance = Provenance.make(view, key, versions)
    return PartitionSet.filter(
      recorded.partitions,
      (ordinal) => !Version.equals(provenance.of(ordinal), PartitionVersions.provenance(recorded, ordinal)!)
    )
  }
  const current = Provenance.lanes(view, key, recorded.partitions)
  const isStale = (index: number) =>
    current[index * 2] !== recorded.lanes[index * 4] || current[index * 2 + 1] !== recorded.lanes[index * 4 + 1]
  let index = 0
  while (index * 2 < current.length && !isStale(index)) index++
  if (index * 2 === current.length) return PartitionSet.empty
  index = 0
  return PartitionSet.filter(recorded.partitions, () => isStale(index++))
}
