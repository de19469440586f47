/**
 * The tables of the state, and how a state of an older release becomes one of
 * this release.
 *
 * Sets of partitions are stored as `PartitionSet.encode` writes them. Times,
 * counts and ordinals are doubles: JavaScript's numbers, exact up to 2^53 on
 * every database. Rows that several processes count on (`counter`,
 * `environment`, `run`) are locked by updating them first.
 */
import * as Effect from "effect/Effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import { reasonOf, StateUnreadable } from "./StateError.ts"

/** Brings the state, named for the error, to this release; one of a newer release is left as it is. */
export const run = Effect.fn("Migrations.run")(function* (state: string) {
  const version = yield* current
  if (version > latest) {
    return yield* new StateUnreadable({
      state,
      reason: `a newer release of strata wrote it (its version is ${version}, this release knows ${latest})`,
      remedy: "upgrade strata"
    })
  }
  if (version === latest) return
  yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations), table }).pipe(
    Effect.mapError(
      (cause) =>
        new StateUnreadable({
          state,
          reason: `its tables could not be made (${reasonOf(hasCause(cause) ? cause.cause : cause)})`,
          remedy: "restore it from a backup, or move it away to begin with a new state"
        })
    )
  )
})

const table = "strata_migrations"

/** 0 for a state without tables. A state that cannot be read fails when the tables are made. */
const current = SqlClient.use((sql) =>
  sql<{ version: number | null }>`SELECT max(migration_id) AS version FROM ${sql(table)}`.pipe(
    Effect.map(([row]) => row?.version ?? 0),
    Effect.orElseSucceed(() => 0)
  )
)

const first = SqlClient.use((sql) => {
  const bytes = sql.onDialectOrElse({ pg: () => sql.literal("BYTEA"), orElse: () => sql.literal("BLOB") })
  return Effect.all(
    [
      sql`CREATE TABLE counter (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
      )`,
      sql`INSERT INTO counter (name, value) VALUES ('fencing_token', 0), ('partition_key', 0)`,
      sql`CREATE TABLE environment (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL
      )`,
      sql`CREATE TABLE run (
        id TEXT PRIMARY KEY,
        environment TEXT NOT NULL REFERENCES environment (name),
        request TEXT NOT NULL,
        git_commit TEXT,
        git_dirty INTEGER,
        pid INTEGER NOT NULL,
        boot_id TEXT NOT NULL,
        start_ticks TEXT NOT NULL,
        host TEXT NOT NULL,
        fencing_token INTEGER NOT NULL UNIQUE,
        status TEXT NOT NULL,
        started_at DOUBLE PRECISION NOT NULL,
        heartbeat_at DOUBLE PRECISION,
        ended_at DOUBLE PRECISION,
        event_count INTEGER NOT NULL
      )`,
      sql`CREATE INDEX run_started ON run (id) WHERE status = 'Started'`,
      sql`CREATE TABLE step (
        run_id TEXT NOT NULL REFERENCES run (id),
        step_index INTEGER NOT NULL,
        assets TEXT NOT NULL,
        partitions ${bytes} NOT NULL,
        reason TEXT NOT NULL,
        status TEXT NOT NULL,
        because TEXT,
        PRIMARY KEY (run_id, step_index)
      )`,
      sql`CREATE TABLE attempt (
        run_id TEXT NOT NULL,
        step_index INTEGER NOT NULL,
        number INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        error TEXT,
        started_at DOUBLE PRECISION NOT NULL,
        ended_at DOUBLE PRECISION,
        metadata TEXT NOT NULL,
        PRIMARY KEY (run_id, step_index, number),
        FOREIGN KEY (run_id, step_index) REFERENCES step (run_id, step_index)
      )`,
      sql`CREATE TABLE event (
        run_id TEXT NOT NULL REFERENCES run (id),
        sequence INTEGER NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        tag TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, sequence)
      )`,
      sql`CREATE TABLE object (
        id TEXT PRIMARY KEY,
        asset TEXT NOT NULL,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        files TEXT NOT NULL,
        partitions ${bytes} NOT NULL,
        row_count DOUBLE PRECISION NOT NULL,
        quarantined DOUBLE PRECISION NOT NULL,
        bytes DOUBLE PRECISION NOT NULL,
        column_types TEXT NOT NULL,
        engine TEXT NOT NULL,
        code_version TEXT NOT NULL,
        config TEXT NOT NULL,
        hash TEXT NOT NULL,
        run_id TEXT NOT NULL REFERENCES run (id),
        step_index INTEGER NOT NULL,
        created_at DOUBLE PRECISION NOT NULL
      )`,
      sql`CREATE INDEX object_of_asset ON object (asset)`,
      sql`CREATE INDEX object_of_run ON object (run_id, step_index)`,
      sql`CREATE TABLE live (
        environment TEXT NOT NULL REFERENCES environment (name),
        asset TEXT NOT NULL,
        object_id TEXT NOT NULL REFERENCES object (id),
        partitions ${bytes} NOT NULL,
        first_ordinal DOUBLE PRECISION NOT NULL,
        last_ordinal DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (environment, asset, object_id)
      )`,
      sql`CREATE INDEX live_at ON live (environment, asset, first_ordinal, last_ordinal)`,
      sql`CREATE INDEX live_object ON live (object_id)`,
      sql`CREATE TABLE status (
        environment TEXT NOT NULL REFERENCES environment (name),
        asset TEXT NOT NULL,
        state TEXT NOT NULL,
        partitions ${bytes} NOT NULL,
        PRIMARY KEY (environment, asset, state)
      )`,
      sql`CREATE TABLE observation (
        asset TEXT NOT NULL,
        ordinal DOUBLE PRECISION NOT NULL,
        version TEXT NOT NULL,
        files TEXT NOT NULL,
        PRIMARY KEY (asset, ordinal)
      )`,
      sql`CREATE TABLE check_result (
        run_id TEXT NOT NULL REFERENCES run (id),
        step_index INTEGER NOT NULL,
        asset TEXT NOT NULL,
        name TEXT NOT NULL,
        partitions ${bytes} NOT NULL,
        outcome TEXT NOT NULL,
        severity TEXT NOT NULL,
        metadata TEXT NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (run_id, step_index, asset, name)
      )`,
      sql`CREATE INDEX check_result_of ON check_result (asset, name, at)`,
      sql`CREATE TABLE partition_key (
        ordinal INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
      )`
    ],
    { discard: true }
  )
})

/** What code versions are made of, when what was seen last changed, and a short way to the steps that failed. */
const second = SqlClient.use((sql) =>
  Effect.all(
    [
      sql`CREATE TABLE code_version (
        version TEXT PRIMARY KEY,
        parts TEXT NOT NULL
      )`,
      sql`ALTER TABLE observation ADD COLUMN changed_at DOUBLE PRECISION NOT NULL DEFAULT 0`,
      sql`CREATE INDEX step_failed ON step (run_id) WHERE status = 'Failed'`
    ],
    { discard: true }
  )
)

const migrations = { "0001_tables": first, "0002_history": second }

const latest = Object.keys(migrations).length

const hasCause = (error: unknown): error is { readonly cause: unknown } =>
  typeof error === "object" && error !== null && "cause" in error && error.cause !== undefined
