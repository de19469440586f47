/**
 * What a run will do, before it does it.
 *
 * A plan is a value over any mix of partitions definitions: steps in an order
 * in which each comes after what it is made from. `strata plan` prints it,
 * `strata materialize` performs it; nothing is decided between the two.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import type { BackfillPolicy } from "../definition/BackfillPolicy.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as Staleness from "./Staleness.ts"

export interface Step {
  /** Its place in the plan, from 0. */
  readonly index: number
  /** The assets that it makes together; one, but for a multi-asset. Sorted. */
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly reasons: Staleness.Reasons
  /** The steps that make its inputs. */
  readonly after: ReadonlyArray<number>
}

/**
 * Partitions that were asked for and cannot be made: an input is neither
 * materialized nor part of the plan (`NotMade`), or an input that has to be
 * complete is not (`Incomplete`).
 */
export interface Blocked {
  readonly reason: "NotMade" | "Incomplete"
  readonly asset: AssetKey
  readonly partitions: PartitionSet.PartitionSet
  readonly input: AssetKey
  /** The partitions of the input that are not there. */
  readonly absent: PartitionSet.PartitionSet
}

export interface RunPlan {
  readonly steps: ReadonlyArray<Step>
  readonly blocked: ReadonlyArray<Blocked>
  /** Partitions that were asked for and are up to date, by asset. */
  readonly upToDate: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  /** What made the stale partitions among the steps' so, by asset. */
  readonly causes: ReadonlyMap<AssetKey, Staleness.Causes>
}

/** What is asked for: partitions by asset. Assets that are external or not in the map are left alone. */
export interface Request {
  readonly partitions: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  readonly force: boolean
  /** Partitions that are made although they are up to date, where not all are. */
  readonly forced?: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
}

export const make = (view: AssetGraphView.AssetGraphView, request: Request): RunPlan => {
  const draft: Draft = {
    view,
    request,
    planned: new Map(),
    steps: [],
    blocked: [],
    upToDate: new Map(),
    causes: new Map(),
    stepsOf: new Map()
  }
  for (const key of view.graph.order) {
    const asset = AssetGraph.asset(view.graph, key)
    if (asset.source._tag === "Computation" && !draft.planned.has(key))
      planAsset(draft, key, asset.source.backfillPolicy)
  }
  const { blocked, causes, steps, upToDate } = draft
  return { steps, blocked, upToDate, causes }
}

export const isEmpty = (self: RunPlan): boolean => self.steps.length === 0

/** The number of (asset, partition) pairs that the plan makes. */
export const size = (self: RunPlan): number =>
  self.steps.reduce((sum, step) => sum + step.assets.length * PartitionSet.size(step.partitions), 0)

/**
 * Whether all that keeps the partitions from being made is that something does
 * not exist yet: nothing has failed, and no command could help.
 */
export const isWaiting = (self: RunPlan, blocked: Blocked): boolean => {
  if (blocked.reason === "Incomplete") return true
  const before = blockedInputs(self, blocked)
  const waiting = PartitionSet.unionAll(before.map(({ partitions }) => partitions))
  return PartitionSet.isSubset(blocked.absent, waiting) && before.every((each) => isWaiting(self, each))
}

/** What is blocked itself of the input that is not there. */
export const blockedInputs = (self: RunPlan, { absent, input }: Blocked): ReadonlyArray<Blocked> =>
  self.blocked.filter(
    ({ asset, partitions }) => asset === input && !PartitionSet.isEmpty(PartitionSet.intersection(partitions, absent))
  )

interface Draft {
  readonly view: AssetGraphView.AssetGraphView
  readonly request: Request
  readonly planned: Map<AssetKey, PartitionSet.PartitionSet>
  readonly steps: Array<Step>
  readonly blocked: Array<Blocked>
  readonly upToDate: Map<AssetKey, PartitionSet.PartitionSet>
  readonly causes: Map<AssetKey, Staleness.Causes>
  /** In the order of their partitions, which have none in common. */
  readonly stepsOf: Map<AssetKey, ReadonlyArray<Step>>
}

const planAsset = (draft: Draft, key: AssetKey, policy: BackfillPolicy): void => {
  const { view } = draft
  const assets = AssetGraph.siblings(view.graph, key)
  const wanted = wantedOf(draft, assets)
  const reasonsOfEach = assets.map((sibling) => reasonsOf(draft, sibling, wanted))
  const reasons = Staleness.merge(reasonsOfEach)
  const makeable = withoutBlocked(draft, key, Staleness.partitions(reasons))
  const steps = chunksOf(policy, makeable).map((partitions, offset) => ({
    index: draft.steps.length + offset,
    assets,
    partitions,
    reasons: Staleness.restrict(reasons, partitions),
    after: stepsBefore(draft, key, partitions)
  }))
  draft.steps.push(...steps)
  for (const [index, sibling] of assets.entries()) {
    const stale = PartitionSet.intersection(reasonsOfEach[index]!.get("Stale") ?? PartitionSet.empty, makeable)
    if (!PartitionSet.isEmpty(stale)) draft.causes.set(sibling, Staleness.causes(view, sibling, stale))
    draft.planned.set(sibling, makeable)
    draft.stepsOf.set(sibling, steps)
    const rest = PartitionSet.difference(wanted, Staleness.partitions(reasons))
    if (!PartitionSet.isEmpty(rest)) draft.upToDate.set(sibling, rest)
  }
}

/** Assets that are made together are asked for together. */
const wantedOf = ({ request, view }: Draft, assets: ReadonlyArray<AssetKey>): PartitionSet.PartitionSet =>
  PartitionSet.unionAll(
    assets.map((key) =>
      PartitionSet.intersection(request.partitions.get(key) ?? PartitionSet.empty, view.existing.get(key)!)
    )
  )

const reasonsOf = (draft: Draft, key: AssetKey, wanted: PartitionSet.PartitionSet): Staleness.Reasons => {
  const { planned, request, view } = draft
  const pending = PartitionSet.unionAll(
    view.graph.inputs
      .get(key)!
      .map((input) => AssetGraphView.downstreamOf(view, key, input, planned.get(input.asset) ?? PartitionSet.empty))
  )
  return Staleness.reasons(view, {
    key,
    wanted,
    pending: PartitionSet.intersection(pending, wanted),
    force: request.force,
    forced: request.forced?.get(key) ?? PartitionSet.empty
  })
}

/** Takes out, and notes, the partitions with an input that is neither materialized nor planned. */
const withoutBlocked = (
  draft: Draft,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
): PartitionSet.PartitionSet => {
  let makeable = partitions
  for (const input of draft.view.graph.inputs.get(key)!) {
    for (const [reason, absence] of absences) {
      const { absent, blocked } = absence(draft, key, input, makeable)
      if (PartitionSet.isEmpty(blocked)) continue
      draft.blocked.push({ reason, asset: key, partitions: blocked, input: input.asset, absent })
      makeable = PartitionSet.difference(makeable, blocked)
    }
  }
  return makeable
}

/** What is not there of an input, and what of the partitions cannot be made because of it. */
type Absence = (
  draft: Draft,
  key: AssetKey,
  input: AssetGraph.Input,
  partitions: PartitionSet.PartitionSet
) => { readonly absent: PartitionSet.PartitionSet; readonly blocked: PartitionSet.PartitionSet }

const incomplete: Absence = ({ view }, key, input, partitions) =>
  AssetGraphView.incomplete(view, key, input, partitions)

const notMade: Absence = ({ planned, view }, key, input, partitions) => {
  const there = PartitionSet.union(
    AssetGraphView.materialized(view, input.asset),
    planned.get(input.asset) ?? PartitionSet.empty
  )
  const absent = PartitionSet.difference(AssetGraphView.upstreamOf(view, key, input, partitions), there)
  const blocked = PartitionSet.intersection(AssetGraphView.downstreamOf(view, key, input, absent), partitions)
  return { absent, blocked }
}

const absences: ReadonlyArray<readonly [Blocked["reason"], Absence]> = [
  ["Incomplete", incomplete],
  ["NotMade", notMade]
]

const chunksOf = (policy: BackfillPolicy, partitions: PartitionSet.PartitionSet) => {
  if (PartitionSet.isEmpty(partitions)) return []
  switch (policy._tag) {
    case "PerPartition":
      return PartitionSet.chunks(partitions, 1)
    case "Batches":
      return PartitionSet.chunks(partitions, policy.size)
    case "SingleRun":
      return [partitions]
  }
}

const stepsBefore = (draft: Draft, key: AssetKey, partitions: PartitionSet.PartitionSet): ReadonlyArray<number> => {
  const before = new Set<number>()
  for (const input of draft.view.graph.inputs.get(key)!) {
    const steps = draft.stepsOf.get(input.asset) ?? []
    if (steps.length === 0) continue
    const needed = AssetGraphView.upstreamOf(draft.view, key, input, partitions)
    for (const step of overlapping(steps, needed)) before.add(step.index)
  }
  return [...before].sort((a, b) => a - b)
}

/** The steps that make some of the partitions, found by bisection of their first partitions. */
function* overlapping(steps: ReadonlyArray<Step>, needed: PartitionSet.PartitionSet): Generator<Step> {
  if (PartitionSet.isEmpty(needed)) return
  const last = PartitionSet.last(needed)!
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (PartitionSet.last(steps[middle]!.partitions)! < PartitionSet.first(needed)!) low = middle + 1
    else high = middle
  }
  for (let i = low; i < steps.length && PartitionSet.first(steps[i]!.partitions)! <= last; i++) {
    if (!PartitionSet.isEmpty(PartitionSet.intersection(steps[i]!.partitions, needed))) yield steps[i]!
  }
}
