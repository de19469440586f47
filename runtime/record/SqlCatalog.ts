/**
 * The catalog in a database: objects, what each environment points to, and what
 * was seen of external assets.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionDictionary from "../definition/PartitionDictionary.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Environment } from "../event/Run.ts"
import * as Version from "../event/Version.ts"
import { Catalog, type LivePiece, type Observation, type Publication, type StoredObject } from "./Catalog.ts"
import * as FailedPartitions from "./FailedPartitions.ts"
import * as ObjectRow from "./ObjectRow.ts"
import * as SqlRows from "./SqlRows.ts"
import * as SqlWrite from "./SqlWrite.ts"
import { SqlWriter } from "./SqlWriter.ts"
import { during } from "./StateError.ts"

export const layer: Layer.Layer<Catalog, never, SqlClient | SqlWriter> = Layer.effect(
  Catalog,
  Effect.map(Effect.all([SqlClient, SqlWriter]), ([sql, writer]) =>
    Catalog.of({
      manifests: Effect.fn("SqlCatalog.manifests")(
        (environment: Environment, assets?: ReadonlyArray<AssetKey>) => manifests(sql, environment, assets),
        during("read what is live")
      ),
      failed: Effect.fn("SqlCatalog.failed")(
        (environment: Environment) => FailedPartitions.all(sql, environment),
        during("read what failed")
      ),
      commit: (objects: ReadonlyArray<StoredObject>) =>
        objects.length === 0 ? Effect.void : during("commit objects")(writer.append(SqlWrite.ofCandidates(objects))),
      publish: (publication: Publication) => during("publish")(writer.publish(SqlWrite.ofPublication(publication))),
      observations: Effect.fn("SqlCatalog.observations")(function* (asset: AssetKey) {
        const rows = yield* sql<ObservationRow>`
          SELECT ordinal, version, files, changed_at FROM observation WHERE asset = ${asset} ORDER BY ordinal`
        return rows.map(observationFromRow)
      }, during("read observations")),
      observe: Effect.fn("SqlCatalog.observe")(
        (asset: AssetKey, seen: ReadonlyArray<Observation>) => sql.withTransaction(observe(sql, asset, seen)),
        during("record observations")
      ),
      dictionary: Effect.fn("SqlCatalog.dictionary")(function* (keys: Iterable<string>) {
        const wanted = [...keys]
        const known = yield* dictionary(sql)
        const isKnown = PartitionDictionary.unknown(known, wanted).length === 0
        return isKnown ? known : yield* sql.withTransaction(extendDictionary(sql, wanted))
      }, during("give ordinals to partition keys"))
    })
  )
)

/** In one statement, so of one moment. An asset asked for by name is in the map also when nothing of it is live. */
const manifests = Effect.fnUntraced(function* (
  sql: SqlClient,
  environment: Environment,
  assets: ReadonlyArray<AssetKey> | undefined
) {
  const rows = yield* sql<ObjectRow.ObjectRow & { readonly live_partitions: Uint8Array }>`
    SELECT object.*, live.partitions AS live_partitions FROM live JOIN object ON object.id = live.object_id
    WHERE live.environment = ${environment} AND ${assets === undefined ? sql`1 = 1` : sql.in("live.asset", assets)}
    ORDER BY live.asset, live.first_ordinal, live.object_id`
  const result = new Map<AssetKey, Array<LivePiece>>(assets?.map((asset) => [asset, []]))
  for (const row of rows) {
    const pieces = result.get(row.asset) ?? []
    if (pieces.length === 0) result.set(row.asset, pieces)
    pieces.push({ object: ObjectRow.toObject(row), live: PartitionSet.decode(row.live_partitions) })
  }
  return result
})

interface ObservationRow {
  readonly ordinal: number
  readonly version: string
  readonly files: string
  readonly changed_at: number
}

const observationFromRow = ({ changed_at, files, ordinal, version }: ObservationRow): Observation => ({
  ordinal,
  version: [Number.parseInt(version.slice(0, 8), 16), Number.parseInt(version.slice(8), 16)],
  changedAt: changed_at,
  files: JSON.parse(files)
})

/** Writes what is new or has changed, and removes what is gone. */
const observe = Effect.fnUntraced(function* (sql: SqlClient, asset: AssetKey, seen: ReadonlyArray<Observation>) {
  const rows = yield* sql<Omit<ObservationRow, "changed_at">>`
    SELECT ordinal, version, files FROM observation WHERE asset = ${asset}`
  const before = new Map(rows.map((row) => [row.ordinal, row]))
  const after = seen.map(({ changedAt, files, ordinal, version }) => ({
    asset,
    ordinal,
    version: Version.toText(version),
    files: JSON.stringify(files),
    changed_at: changedAt
  }))
  const changed = after.filter(({ files, ordinal, version }) => {
    const known = before.get(ordinal)
    return known === undefined || known.version !== version || known.files !== files
  })
  const here = new Set(seen.map(({ ordinal }) => ordinal))
  const gone = [...before.keys()].filter((ordinal) => !here.has(ordinal))
  yield* SqlRows.forEachChunk(
    gone,
    (ordinals) => sql`DELETE FROM observation WHERE asset = ${asset} AND ${sql.in("ordinal", ordinals)}`
  )
  yield* SqlRows.insert(
    sql,
    "observation",
    changed,
    `ON CONFLICT (asset, ordinal) DO UPDATE
      SET version = excluded.version, files = excluded.files, changed_at = excluded.changed_at`
  )
})

const dictionary = (sql: SqlClient) =>
  Effect.map(sql<{ name: string }>`SELECT name FROM partition_key ORDER BY ordinal`, (rows) =>
    PartitionDictionary.make(rows.map(({ name }) => name))
  )

/** Reads again behind a lock, so that processes agree on the next ordinal. */
const extendDictionary = Effect.fnUntraced(function* (sql: SqlClient, keys: ReadonlyArray<string>) {
  yield* sql`UPDATE counter SET value = value + 1 WHERE name = 'partition_key'`
  const known = yield* dictionary(sql)
  const extended = PartitionDictionary.extend(known, keys)
  const added = extended.keys.slice(known.keys.length)
  yield* SqlRows.insert(
    sql,
    "partition_key",
    added.map((name, index) => ({ ordinal: known.keys.length + index, name }))
  )
  return extended
})
