/**
 * A version of an asset as its checks see it: a candidate before it is published,
 * or what is published, when checks are run again.
 */
import * as Effect from "effect/Effect"
import { IOManager, type IOManagerError, type ReadRequest } from "../definition/IOManager.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import { type Sql, sql } from "../definition/Sql.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { Manifest } from "../record/Catalog.ts"
import type { ObjectStore } from "../record/ObjectStore.ts"
import type * as RunState from "./RunState.ts"
import * as StepInputs from "./StepInputs.ts"

export interface CheckSubject {
  readonly state: RunState.RunState
  readonly asset: AssetKey
  readonly partitions: PartitionSet.PartitionSet
  /** The objects that hold the version, with the partitions of it that each holds. */
  readonly pieces: Manifest
  /** Rows of each partition, where they were counted already. */
  readonly rows: ReadonlyMap<number, number> | undefined
  /** Whether it comes after what is published, so that it can be compared with it. */
  readonly isCandidate: boolean
}

/** Counts of partitions, by ordinal. */
export type Counts = ReadonlyMap<number, number>

/** The version, or some partitions of it, to be read. */
export const request = (self: CheckSubject, partitions = self.partitions) =>
  StepInputs.requestOf(self.state, self.asset, partitions, within(self.pieces, partitions))

/** The rows of a partition that were set aside, where there are any. */
export const quarantined = Effect.fnUntraced(function* (self: CheckSubject): Effect.fn.Return<Counts, unknown, Needs> {
  const total = self.pieces.reduce((sum, { object }) => sum + object.quarantined, 0)
  if (total === 0) return new Map()
  const only = PartitionSet.first(self.partitions)!
  const isWhole = self.pieces.every(({ live, object }) => PartitionSet.equals(live, object.partitions))
  if (isWhole && PartitionSet.size(self.partitions) === 1) return new Map([[only, total]])
  const io = yield* IOManager
  const version = yield* request(self)
  return yield* countByKey(version, self.partitions, yield* io.quarantine(version))
})

/** The rows of partitions in the version that is published, of those that are in one. */
export const before = Effect.fnUntraced(function* (
  { asset, state }: CheckSubject,
  partitions: PartitionSet.PartitionSet
): Effect.fn.Return<Counts, unknown, Needs> {
  const pieces = state.pieces(asset, partitions)
  const known = PartitionSet.unionAll(pieces.map(({ live }) => live))
  if (PartitionSet.isEmpty(known)) return new Map()
  // What had no rows at all needs no looking at.
  const some = pieces.filter(({ object }) => object.rows > 0)
  const none = Array.from(PartitionSet.ordinals(known), (ordinal) => [ordinal, 0] as const)
  // A version that the schema cannot read any more is counted by what is known of its objects.
  const counted = yield* Effect.orElseSucceed(countPieces(state, asset, some), () => shares(some))
  return new Map([...none, ...counted])
})

/** The rows of another asset that belong to each partition, as it is published. */
export const other = Effect.fnUntraced(function* (
  { asset, partitions, state }: CheckSubject,
  key: AssetKey
): Effect.fn.Return<Counts, unknown, Needs> {
  const { view } = state
  const input = yield* inputOf(view, asset, key)
  const needed = AssetGraphView.upstreamOf(view, asset, input, partitions)
  const rows = yield* countPieces(state, key, state.pieces(key, needed))
  const sums = Array.from(PartitionSet.ordinals(partitions), (ordinal) => {
    const upstream = AssetGraphView.upstreamOf(view, asset, input, PartitionSet.of(ordinal))
    let sum = 0
    for (const each of PartitionSet.ordinals(upstream)) sum += rows.get(each) ?? 0
    return [ordinal, sum] as const
  })
  return new Map(sums)
})

/** The ordinals of keys of a version. */
export const ordinalsOf = (
  { keyOf, partitioned }: ReadRequest,
  partitions: PartitionSet.PartitionSet
): ReadonlyMap<string, number> =>
  new Map(
    Array.from(PartitionSet.ordinals(partitions), (ordinal) => [partitioned ? keyOf(ordinal) : "", ordinal] as const)
  )

/** The rows of a query that begin with `key`, by the ordinal of the key. */
export const byOrdinal = Effect.fnUntraced(function* (
  version: ReadRequest,
  partitions: PartitionSet.PartitionSet,
  query: Sql
) {
  const io = yield* IOManager
  const ordinals = ordinalsOf(version, partitions)
  const rows = yield* io.query(version.asset, query)
  return new Map(rows.map((row) => [ordinals.get(String(row.key)), row] as const))
})

/** What stands for the key in a relation, and groups by it. */
export const grouped = ({ partitioned }: ReadRequest): { readonly key: Sql; readonly by: Sql } =>
  partitioned ? { key: sql`partition_key AS key`, by: sql`GROUP BY partition_key` } : { key: sql`'' AS key`, by: sql`` }

/** What reading a version needs. */
export type Needs = IOManager | ObjectStore

const within = (pieces: Manifest, partitions: PartitionSet.PartitionSet): Manifest =>
  pieces
    .map(({ live, object }) => ({ object, live: PartitionSet.intersection(live, partitions) }))
    .filter(({ live }) => !PartitionSet.isEmpty(live))

const countPieces = Effect.fnUntraced(function* (state: RunState.RunState, asset: AssetKey, pieces: Manifest) {
  const io = yield* IOManager
  if (pieces.length === 0) return new Map<number, number>()
  const partitions = PartitionSet.unionAll(pieces.map(({ live }) => live))
  const version = yield* StepInputs.requestOf(state, asset, partitions, pieces)
  return yield* countByKey(version, partitions, yield* io.relation(version))
})

const shares = (pieces: Manifest): Counts =>
  new Map(
    pieces.flatMap(({ live, object }) => {
      const share = object.rows / PartitionSet.size(object.partitions)
      return Array.from(PartitionSet.ordinals(live), (ordinal) => [ordinal, Math.ceil(share)] as const)
    })
  )

const countByKey = Effect.fnUntraced(function* (
  version: ReadRequest,
  partitions: PartitionSet.PartitionSet,
  relation: Sql
): Effect.fn.Return<Counts, IOManagerError, IOManager> {
  const { by, key } = grouped(version)
  const rows = yield* byOrdinal(version, partitions, sql`SELECT ${key}, count(*) AS count FROM ${relation} ${by}`)
  return new Map(
    [...rows].flatMap(([ordinal, row]) => (ordinal === undefined ? [] : [[ordinal, Number(row.count)] as const]))
  )
})

/** The input that the other asset is, or what stands between the two where it is not one itself. */
const inputOf = (view: AssetGraphView.AssetGraphView, key: AssetKey, of: AssetKey) =>
  Effect.gen(function* () {
    const own = view.graph.inputs.get(key)!.find(({ asset }) => asset === of)
    if (own !== undefined) return own
    const definition = (of: AssetKey) => AssetGraph.asset(view.graph, of).partitions
    const mapping = yield* Effect.fromResult(PartitionMapping.defaultFor(definition(of), definition(key)))
    return { name: "", asset: of, mapping, complete: false } satisfies AssetGraph.Input as AssetGraph.Input
  })
