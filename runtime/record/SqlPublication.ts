/**
 * Publication: repoints partitions of an environment to objects, if the run
 * still holds its lease and every pointer is the one that the step read.
 *
 * The live sets of an asset's objects never have a partition in common.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SqlClient } from "effect/sql/SqlClient"
import * as PartitionSet from "../definition/PartitionSet.ts"
import { LeaseLost, type Publication, PublicationConflict } from "./Catalog.ts"
import * as FailedPartitions from "./FailedPartitions.ts"
import * as SqlEventLog from "./SqlEventLog.ts"
import * as SqlRows from "./SqlRows.ts"

/** Inside the transaction of the caller. */
export const publish = Effect.fnUntraced(function* (sql: SqlClient, self: Publication) {
  const { environment, runId } = self
  const run = yield* SqlEventLog.lock(sql, runId)
  const holds = Option.exists(
    run,
    ({ fencing_token, status }) => status === "Started" && fencing_token === self.fencingToken
  )
  if (!holds) return yield* new LeaseLost({ runId })
  yield* FailedPartitions.lock(sql, environment)
  for (const object of self.objects) {
    yield* repoint(sql, self, object)
    yield* FailedPartitions.remove(sql, environment, object.asset, object.partitions)
  }
  yield* SqlEventLog.write(sql, self.events)
})

interface LiveRow {
  readonly object_id: string
  readonly partitions: Uint8Array
}

/** Points the partitions to the object, if each of them is where it was when the step began. */
const repoint = Effect.fnUntraced(function* (
  sql: SqlClient,
  { environment, runId }: Publication,
  { asset, id, partitions, replaces }: Publication["objects"][number]
) {
  if (PartitionSet.isEmpty(partitions)) return
  const ofAsset = sql`environment = ${environment} AND asset = ${asset}`
  const rows = yield* sql<LiveRow>`
    SELECT object_id, partitions FROM live WHERE ${ofAsset} AND (object_id = ${id} OR (
      first_ordinal <= ${PartitionSet.last(partitions)!} AND last_ordinal >= ${PartitionSet.first(partitions)!}))`
  const live = new Map(rows.map((row) => [row.object_id, PartitionSet.decode(row.partitions)]))
  if (!isSame(within(live, partitions), within(byObject(replaces), partitions))) {
    return yield* new PublicationConflict({ asset, runId })
  }
  for (const [object, before] of live) {
    const after = object === id ? PartitionSet.union(before, partitions) : PartitionSet.difference(before, partitions)
    if (PartitionSet.equals(before, after)) continue
    yield* PartitionSet.isEmpty(after)
      ? sql`DELETE FROM live WHERE ${ofAsset} AND object_id = ${object}`
      : sql`UPDATE live SET ${sql.update(intervals(after))} WHERE ${ofAsset} AND object_id = ${object}`
  }
  if (!live.has(id)) {
    yield* SqlRows.insert(sql, "live", [{ environment, asset, object_id: id, ...intervals(partitions) }])
  }
})

/** Where the partitions are, and the ends between which a query finds them. */
const intervals = (partitions: PartitionSet.PartitionSet) => ({
  partitions: PartitionSet.encode(partitions),
  first_ordinal: PartitionSet.first(partitions)!,
  last_ordinal: PartitionSet.last(partitions)!
})

type ByObject = ReadonlyMap<string, PartitionSet.PartitionSet>

const byObject = (replaces: Publication["objects"][number]["replaces"]): ByObject =>
  new Map(
    [...Map.groupBy(replaces, ({ object }) => object)].map(([object, parts]) => [
      object,
      PartitionSet.unionAll(parts.map(({ partitions }) => partitions))
    ])
  )

const within = (self: ByObject, partitions: PartitionSet.PartitionSet): ByObject =>
  new Map(
    [...self]
      .map(([object, set]) => [object, PartitionSet.intersection(set, partitions)] as const)
      .filter(([, set]) => !PartitionSet.isEmpty(set))
  )

const isSame = (a: ByObject, b: ByObject): boolean =>
  a.size === b.size && [...a].every(([object, set]) => PartitionSet.equals(set, b.get(object) ?? PartitionSet.empty))
