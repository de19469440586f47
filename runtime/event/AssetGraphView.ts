/**
 * A graph and what is known of its assets: everything that a plan is made from.
 *
 * The planner, `why` and the status of assets all read this one value; time,
 * state and code versions are arguments of it, so it can be made up in a test.
 */
import * as Result from "effect/Result"
import type { AssetKey } from "../definition/AssetKey.ts"
import type { PartitionDictionary } from "../definition/PartitionDictionary.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import type { AssetConfigs } from "../graph/AssetConfigs.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as PartitionVersions from "./PartitionVersions.ts"
import type * as Version from "./Version.ts"

/** How partitions were made that are materialized. */
export interface MadeWith {
  readonly partitions: PartitionSet.PartitionSet
  readonly codeVersion: string
  /** See `RunConfig.Resolved`. */
  readonly config: string
  /** Why the asset's schema, as it is now, cannot read them; `undefined` where it can. */
  readonly mismatch: string | undefined
}

/** What is kept of the assets. */
export interface Known {
  /** Of materialized partitions; of an external asset, the observed versions as data versions. */
  readonly versions: ReadonlyMap<AssetKey, PartitionVersions.PartitionVersions>
  /** Partitions whose last attempt failed. */
  readonly failed: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
  readonly dictionary: PartitionDictionary
  readonly codeVersions: ReadonlyMap<AssetKey, string>
  readonly configs: AssetConfigs
  /** How what is materialized was made, where that is known: it explains, and tells what cannot be read. */
  readonly made?: ReadonlyMap<AssetKey, ReadonlyArray<MadeWith>>
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface AssetGraphView extends Known {
  readonly graph: AssetGraph.AssetGraph
  /** The partitions that exist, by asset: STATE of the source, not of what is materialized. */
  readonly existing: ReadonlyMap<AssetKey, PartitionSet.PartitionSet>
}

export const make = (graph: AssetGraph.AssetGraph, known: Known): AssetGraphView => {
  const existing = new Map<AssetKey, PartitionSet.PartitionSet>()
  const view = { ...known, graph, existing }
  for (const key of graph.order) existing.set(key, existingOf(view, key))
  return view
}

export const versions = (self: AssetGraphView, key: AssetKey): PartitionVersions.PartitionVersions =>
  self.versions.get(key) ?? PartitionVersions.empty

/** Partitions that are materialized, or observed. */
export const materialized = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet =>
  versions(self, key).partitions

/** Those of them that exist: what was made from files that are gone is still stored, and nothing makes it again. */
export const present = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet =>
  PartitionSet.intersection(materialized(self, key), self.existing.get(key)!)

/** Partitions that exist and are not materialized. */
export const missing = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet =>
  PartitionSet.difference(self.existing.get(key)!, materialized(self, key))

/** Partitions that exist and whose last attempt failed. */
export const failed = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet => {
  const failed = self.failed.get(key)
  return failed === undefined ? PartitionSet.empty : PartitionSet.intersection(failed, self.existing.get(key)!)
}

/** How partitions were made; parts without partitions in common. */
export const made = (
  self: AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
): ReadonlyArray<MadeWith> =>
  (self.made?.get(key) ?? [])
    .map((each) => ({ ...each, partitions: PartitionSet.intersection(each.partitions, partitions) }))
    .filter((each) => !PartitionSet.isEmpty(each.partitions))

/** Materialized partitions that the asset's schema, as it is now, cannot read. Asked by every step of a run. */
export const unreadable = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet => {
  const made = self.made?.get(key)
  if (made === undefined) return PartitionSet.empty
  const known = unreadableOf.get(made)
  if (known !== undefined) return known
  const found = made.filter(({ mismatch }) => mismatch !== undefined)
  const partitions = PartitionSet.unionAll(found.map(({ partitions }) => partitions))
  unreadableOf.set(made, partitions)
  return partitions
}

const unreadableOf = new WeakMap<ReadonlyArray<MadeWith>, PartitionSet.PartitionSet>()

/** The partitions of an input that partitions of an asset are made from, of those that exist. */
export const upstreamOf = (
  self: AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  partitions: PartitionSet.PartitionSet
): PartitionSet.PartitionSet => input.mapping.upstream(partitions, sides(self, key, input))

/**
 * The partitions of an asset that a `complete` input keeps waiting, and what of
 * the input they wait for: some of what they are mapped to, by the input's
 * definition, does not exist yet.
 */
export const incomplete = (
  self: AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  partitions: PartitionSet.PartitionSet
): { readonly absent: PartitionSet.PartitionSet; readonly blocked: PartitionSet.PartitionSet } => {
  if (!input.complete) return { absent: PartitionSet.empty, blocked: PartitionSet.empty }
  const endless = { ...sides(self, key, input), upstream: allowed(self, input.asset, Number.POSITIVE_INFINITY) }
  const absent = PartitionSet.difference(input.mapping.upstream(partitions, endless), self.existing.get(input.asset)!)
  return { absent, blocked: PartitionSet.intersection(input.mapping.downstream(absent, endless), partitions) }
}

/** The partitions of an asset that partitions of its input have a part in, of those that exist. */
export const downstreamOf = (
  self: AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  partitions: PartitionSet.PartitionSet
): PartitionSet.PartitionSet => input.mapping.downstream(partitions, sides(self, key, input))

export const keyOf = (self: AssetGraphView, key: AssetKey, ordinal: number): string =>
  PartitionsDefinition.key(AssetGraph.asset(self.graph, key).partitions, self.dictionary, ordinal)

/** The versions of what an asset is made from: kept up to date while a run publishes. */
export interface DataVersions {
  readonly data: (key: AssetKey, ordinal: number) => Version.Version | undefined
}

export const dataVersions = (self: AssetGraphView): DataVersions => ({
  data: (key, ordinal) => PartitionVersions.data(versions(self, key), ordinal)
})

/**
 * The partitions of an asset that exist: for an external one those observed;
 * otherwise those that an input makes exist. Inputs without partitions only
 * count where there are no others: a reference table does not make every day exist.
 */
const existingOf = (self: AssetGraphView, key: AssetKey): PartitionSet.PartitionSet => {
  const asset = AssetGraph.asset(self.graph, key)
  if (asset.source._tag === "External") return materialized(self, key)
  const inputs = self.graph.inputs.get(key)!
  const partitioned = inputs.filter((input) => isPartitioned(self, input.asset))
  const deciding = partitioned.length > 0 ? partitioned : inputs
  const untilNow = allowed(self, key, self.now)
  if (deciding.length === 0) return untilNow
  const mapped = PartitionSet.unionAll(
    deciding.map((input) => downstreamOf(self, key, input, self.existing.get(input.asset)!))
  )
  if (PartitionsDefinition.isEndless(asset.partitions, self.dictionary, mapped)) {
    return PartitionSet.intersection(mapped, untilNow)
  }
  return untilLastInput(self, key, deciding, mapped)
}

/** Windows of time that look back end with the window of their last input, unless their definition says an end. */
const untilLastInput = (
  self: AssetGraphView,
  key: AssetKey,
  inputs: ReadonlyArray<AssetGraph.Input>,
  mapped: PartitionSet.PartitionSet
): PartitionSet.PartitionSet => {
  const { partitions } = AssetGraph.asset(self.graph, key)
  const always = allowed(self, key, Number.POSITIVE_INFINITY)
  const isOpen = PartitionsDefinition.isEndless(partitions, self.dictionary, always)
  if (partitions.spec._tag !== "Time" || !isOpen) return mapped
  const ends = inputs.map((input) => {
    const last = PartitionSet.last(self.existing.get(input.asset)!)
    const plain = PartitionMapping.defaultFor(AssetGraph.asset(self.graph, input.asset).partitions, partitions)
    if (last === undefined || Result.isFailure(plain)) return Number.POSITIVE_INFINITY
    return PartitionSet.last(plain.success.downstream(PartitionSet.of(last), sides(self, key, input))) ?? last
  })
  const [first, end] = [PartitionSet.first(mapped), Math.max(...ends)]
  return first === undefined || end === Number.POSITIVE_INFINITY
    ? mapped
    : PartitionSet.intersection(mapped, PartitionSet.range(first, end + 1))
}

const isPartitioned = (self: AssetGraphView, key: AssetKey): boolean =>
  PartitionsDefinition.isPartitioned(AssetGraph.asset(self.graph, key).partitions)

/** All partitions of the definition, those of an open one until the time given. */
const allowed = (self: AssetGraphView, key: AssetKey, millis: number): PartitionSet.PartitionSet =>
  PartitionsDefinition.all(AssetGraph.asset(self.graph, key).partitions, self.dictionary, millis)

/** While existence is worked out, the downstream side is everything that its definition ever allows. */
const sides = (self: AssetGraphView, key: AssetKey, input: AssetGraph.Input): PartitionMapping.Sides => ({
  upstream: self.existing.get(input.asset)!,
  downstream: self.existing.get(key) ?? allowed(self, key, Number.POSITIVE_INFINITY),
  upstreamDefinition: AssetGraph.asset(self.graph, input.asset).partitions,
  downstreamDefinition: AssetGraph.asset(self.graph, key).partitions,
  dictionary: self.dictionary
})
