/**
 * What a partition is made from, as one hash: its asset, the asset's code and
 * config, and the data versions of its mapped inputs.
 *
 * It is known before a run. A partition is stale when the provenance that was
 * recorded differs from this one; equal content of an input keeps it equal.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as AssetGraph from "../graph/AssetGraph.ts"
import * as AssetGraphView from "./AssetGraphView.ts"
import type * as PartitionVersions from "./PartitionVersions.ts"
import * as Version from "./Version.ts"

/** Gives the provenance of partitions of one asset; what does not differ between them is hashed once. */
export interface Provenance {
  readonly of: (ordinal: number) => Version.Version
}

export const make = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  versions: AssetGraphView.DataVersions = AssetGraphView.dataVersions(view)
): Provenance => {
  const asset = assetSeed(view, key)
  const inputs = view.graph.inputs
    .get(key)!
    .map((input) => ofMapped(view, key, input, foldOneByOne(input, versions, view.existing.get(input.asset)!)))
  return { of: (ordinal) => inputs.reduce((version, input) => Version.mix(version, input(ordinal)), asset) }
}

/** Two lanes for each of the partitions, in their order: what `make` gives, in bulk. */
export const lanes = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  partitions: PartitionSet.PartitionSet
): Uint32Array => {
  const [first, second] = assetSeed(view, key)
  const lanes = new Uint32Array(PartitionSet.size(partitions) * 2)
  for (let index = 0; index < lanes.length; index += 2) {
    lanes[index] = first
    lanes[index + 1] = second
  }
  for (const input of view.graph.inputs.get(key)!) {
    const versions = AssetGraphView.versions(view, input.asset)
    const there = PartitionSet.intersection(versions.partitions, view.existing.get(input.asset)!)
    if (input.mapping === PartitionMapping.identity) mixIdentity(lanes, inputSeed(input), versions, there, partitions)
    else mixMapped(lanes, ofMapped(view, key, input, foldInBulk(input, versions, there)), partitions)
  }
  return lanes
}

const assetSeed = (view: AssetGraphView.AssetGraphView, key: AssetKey): Version.Version =>
  Version.seed("asset", key, view.codeVersions.get(key) ?? "", (view.configs.get(key) ?? RunConfig.none).text)

const inputSeed = (input: AssetGraph.Input): Version.Version => Version.seed("input", input.name)

const mixMapped = (
  lanes: Uint32Array,
  of: (ordinal: number) => Version.Version,
  partitions: PartitionSet.PartitionSet
): void => {
  let index = 0
  for (const ordinal of PartitionSet.ordinals(partitions)) {
    const [first, second] = of(ordinal)
    lanes[index] = Version.mixFirst(lanes[index]!, first, second)
    lanes[index + 1] = Version.mixSecond(lanes[index + 1]!, first, second)
    index += 2
  }
}

/** The fold over one ordinal each, written out: most inputs of most assets are mapped so. */
const mixIdentity = (
  lanes: Uint32Array,
  [seedFirst, seedSecond]: Version.Version,
  versions: PartitionVersions.PartitionVersions,
  there: PartitionSet.PartitionSet,
  partitions: PartitionSet.PartitionSet
): void => {
  const data = versions.lanes
  let index = 0
  for (const { at, end, high, start } of stretches(versions, there, partitions)) {
    for (let ordinal = start, of = at; ordinal < end; ordinal++, of += 4) {
      const dataFirst = data[of] ?? 0
      const dataSecond = data[of + 1] ?? 0
      const first = Version.mixFirst(Version.mixFirst(seedFirst, ordinal, high), dataFirst, dataSecond)
      const second = Version.mixSecond(Version.mixSecond(seedSecond, ordinal, high), dataFirst, dataSecond)
      lanes[index] = Version.mixFirst(lanes[index]!, first, second)
      lanes[index + 1] = Version.mixSecond(lanes[index + 1]!, first, second)
      index += 2
    }
  }
}

/**
 * Mixes ordinals, each with its data version, into the seed of an input. What is
 * stored of partitions that do not exist any more has none: no body is given it.
 */
type Fold = (partitions: PartitionSet.PartitionSet) => Version.Version

const foldOneByOne = (
  input: AssetGraph.Input,
  versions: AssetGraphView.DataVersions,
  existing: PartitionSet.PartitionSet
): Fold => {
  const seed = inputSeed(input)
  return (partitions) => {
    let version = seed
    for (const ordinal of PartitionSet.ordinals(partitions)) {
      const data = PartitionSet.has(existing, ordinal) ? versions.data(input.asset, ordinal) : undefined
      version = Version.mix(Version.mixNumber(version, ordinal), data ?? Version.zero)
    }
    return version
  }
}

const foldInBulk = (
  input: AssetGraph.Input,
  versions: PartitionVersions.PartitionVersions,
  there: PartitionSet.PartitionSet
): Fold => {
  const seed = inputSeed(input)
  const data = versions.lanes
  return (partitions) => {
    let [first, second] = seed
    for (const { at, end, high, start } of stretches(versions, there, partitions)) {
      for (let ordinal = start, of = at; ordinal < end; ordinal++, of += 4) {
        const dataFirst = data[of] ?? 0
        const dataSecond = data[of + 1] ?? 0
        first = Version.mixFirst(Version.mixFirst(first, ordinal, high), dataFirst, dataSecond)
        second = Version.mixSecond(Version.mixSecond(second, ordinal, high), dataFirst, dataSecond)
      }
    }
    return [first, second]
  }
}

/** Ordinals in a row whose data versions stand in a row too, or which have none, and whose upper halves are equal. */
interface Stretch extends PartitionSet.Interval {
  /** Where the data version of the first stands among the lanes; past their end where there are none. */
  readonly at: number
  /** The ordinals' upper half, as `Version.mixNumber` takes it. */
  readonly high: number
}

/** Of the partitions, those that are `there` have their data versions. */
function* stretches(
  { lanes, partitions: known }: PartitionVersions.PartitionVersions,
  there: PartitionSet.PartitionSet,
  partitions: PartitionSet.PartitionSet
): Generator<Stretch> {
  for (const interval of PartitionSet.intervals(partitions)) {
    let { start } = interval
    const parts = [...PartitionSet.intervals(PartitionSet.intersection(PartitionSet.fromInterval(interval), there))]
    for (const part of parts) {
      if (start < part.start) yield* halves(start, part.start, lanes.length)
      yield* halves(part.start, part.end, PartitionSet.rank(known, part.start) * 4 + 2)
      start = part.end
    }
    if (start < interval.end) yield* halves(start, interval.end, lanes.length)
  }
}

function* halves(start: number, end: number, at: number): Generator<Stretch> {
  for (let from = start; from < end; ) {
    const half = Math.floor(from / 2 ** 32)
    const to = Math.min(end, (half + 1) * 2 ** 32)
    yield { start: from, end: to, at: at + (from - start) * 4, high: half >>> 0 }
    from = to
  }
}

/** What the asset's partitions take from an input; those in a row that take the same are folded once. */
const ofMapped = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  input: AssetGraph.Input,
  fold: Fold
): ((ordinal: number) => Version.Version) => {
  if (input.mapping === PartitionMapping.identity) return (ordinal) => fold(PartitionSet.of(ordinal))
  let last: { readonly partitions: PartitionSet.PartitionSet; readonly version: Version.Version } | undefined
  return (ordinal) => {
    const partitions = AssetGraphView.upstreamOf(view, key, input, PartitionSet.of(ordinal))
    if (last === undefined || !PartitionSet.equals(last.partitions, partitions)) {
      last = { partitions, version: fold(partitions) }
    }
    return last.version
  }
}
