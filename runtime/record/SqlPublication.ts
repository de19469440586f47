/**
 * Publication: repoints partitions of an environment to objects, if every
 * pointer is the one that the step read.
 *
 * The live sets of an asset's objects never have a partition in common. Many
 * publications are one reading and one writing of the pointers that they touch.
 */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Environment } from "../event/Run.ts"
import { type Publication, PublicationConflict } from "./Catalog.ts"
import * as PartitionMap from "./PartitionMap.ts"
import * as SqlRows from "./SqlRows.ts"

/** Repoints for one publication after the other, in environments that are locked. */
export const repoint = Effect.fnUntraced(function* (sql: SqlClient, publications: ReadonlyArray<Publication>) {
  for (const [environment, here] of Map.groupBy(publications, ({ environment }) => environment)) {
    const targets = here.flatMap(targetsOf)
    const byAsset = Map.groupBy(targets, ({ asset }) => asset)
    const fresh = new Set(here.flatMap(({ candidates = [] }) => candidates.map(({ id }) => id)))
    const before = yield* livePartitions(sql, environment, byAsset, fresh)
    const after = new Map(before)
    const liveOf = Map.groupBy(before, ([, of]) => of.asset)
    for (const [asset, ofAsset] of byAsset) {
      const refused = move(asset, liveOf.get(asset) ?? [], after, ofAsset)
      if (refused !== undefined) return yield* refused
    }
    yield* store(sql, environment, before, after)
  }
})

type Target = Publication["objects"][number] & { readonly runId: string }

const targetsOf = ({ objects, runId }: Publication): ReadonlyArray<Target> =>
  objects.filter(({ partitions }) => !PartitionSet.isEmpty(partitions)).map((object) => ({ ...object, runId }))

/** The partitions that are live in an object. */
interface Live {
  readonly asset: AssetKey
  readonly partitions: PartitionSet.PartitionSet
}

interface LiveRow {
  readonly asset: AssetKey
  readonly object_id: string
  readonly partitions: Uint8Array
}

/** What is live around the targets, by object, and where those of them are live already that are not `fresh`. */
const livePartitions = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  targets: ReadonlyMap<AssetKey, ReadonlyArray<Target>>,
  fresh: ReadonlySet<string>
) {
  const rows: Array<LiveRow> = []
  for (const { assets, first, last } of ranges(targets)) {
    const around = yield* SqlRows.selectChunks(
      assets,
      (assets) => sql<LiveRow>`SELECT asset, object_id, partitions FROM live
        WHERE environment = ${environment} AND ${sql.in("asset", assets)}
        AND first_ordinal <= ${last} AND last_ordinal >= ${first}`
    )
    rows.push(...around)
  }
  const ids = new Set([...targets.values()].flatMap((ofAsset) => ofAsset.map(({ id }) => id))).difference(fresh)
  // Without the environment: a condition on it keeps SQLite from the index of the objects.
  const already = yield* SqlRows.selectChunks(
    [...ids],
    (ids) => sql<LiveRow & { readonly environment: Environment }>`
      SELECT environment, asset, object_id, partitions FROM live WHERE ${sql.in("object_id", ids)}`
  )
  return new Map<string, Live>(
    [...rows, ...already.filter((row) => row.environment === environment)].map(({ asset, object_id, partitions }) => [
      object_id,
      { asset, partitions: PartitionSet.decode(partitions) }
    ])
  )
})

/** The assets by the ends of what they are to be repointed in: many assets have the same. */
const ranges = (targets: ReadonlyMap<AssetKey, ReadonlyArray<Target>>) => {
  const result = new Map<string, { readonly first: number; readonly last: number; readonly assets: Array<AssetKey> }>()
  for (const [asset, ofAsset] of targets) {
    const first = ofAsset.reduce((min, { partitions }) => Math.min(min, PartitionSet.first(partitions)!), Infinity)
    const last = ofAsset.reduce((max, { partitions }) => Math.max(max, PartitionSet.last(partitions)!), -Infinity)
    const range = result.get(`${first} ${last}`)
    if (range === undefined) result.set(`${first} ${last}`, { first, last, assets: [asset] })
    else range.assets.push(asset)
  }
  return result.values()
}

/** Points the partitions of an asset to the targets, if each of them is where it was when its step began. */
const move = (
  asset: AssetKey,
  before: Iterable<readonly [string, Live]>,
  live: Map<string, Live>,
  targets: ReadonlyArray<Target>
): PublicationConflict | undefined => {
  const pointers = PartitionMap.fromSets(Array.from(before, ([id, { partitions }]) => [partitions, id] as const))
  for (const { id, partitions, replaces, runId } of targets) {
    const now = PartitionMap.byValue(pointers, partitions)
    if (!isSame(now, within(replaces, partitions))) return new PublicationConflict({ asset, runId })
    for (const [object, taken] of now) {
      live.set(object, { asset, partitions: PartitionSet.difference(live.get(object)!.partitions, taken) })
    }
    live.set(id, { asset, partitions: PartitionSet.union(live.get(id)?.partitions ?? PartitionSet.empty, partitions) })
    PartitionMap.assign(pointers, partitions, id)
  }
  return undefined
}

const store = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  before: ReadonlyMap<string, Live>,
  after: ReadonlyMap<string, Live>
) {
  const changed = [...after].filter(([id, { partitions }]) => {
    const was = before.get(id)?.partitions
    return was === undefined || !PartitionSet.equals(was, partitions)
  })
  const isLeft = ([, { partitions }]: (typeof changed)[number]) => !PartitionSet.isEmpty(partitions)
  const gone = changed.filter((entry) => !isLeft(entry))
  for (const [asset, ofAsset] of Map.groupBy(gone, ([, { asset }]) => asset)) {
    yield* SqlRows.forEachChunk(
      ofAsset.map(([id]) => id),
      (ids) => sql`DELETE FROM live
        WHERE environment = ${environment} AND asset = ${asset} AND ${sql.in("object_id", ids)}`
    )
  }
  yield* SqlRows.insert(
    sql,
    "live",
    changed.filter(isLeft).map(([id, { asset, partitions }]) => ({
      environment,
      asset,
      object_id: id,
      partitions: PartitionSet.encode(partitions),
      first_ordinal: PartitionSet.first(partitions)!,
      last_ordinal: PartitionSet.last(partitions)!
    })),
    `ON CONFLICT (environment, asset, object_id) DO UPDATE SET partitions = excluded.partitions,
      first_ordinal = excluded.first_ordinal, last_ordinal = excluded.last_ordinal`
  )
})

type ByObject = ReadonlyMap<string, PartitionSet.PartitionSet>

const within = (replaces: Target["replaces"], partitions: PartitionSet.PartitionSet): ByObject => {
  const result = new Map<string, PartitionSet.PartitionSet>()
  for (const { object, partitions: set } of replaces) {
    const part = PartitionSet.intersection(set, partitions)
    if (!PartitionSet.isEmpty(part))
      result.set(object, PartitionSet.union(result.get(object) ?? PartitionSet.empty, part))
  }
  return result
}

const isSame = (a: ByObject, b: ByObject): boolean =>
  a.size === b.size && [...a].every(([object, set]) => PartitionSet.equals(set, b.get(object) ?? PartitionSet.empty))
