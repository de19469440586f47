/**
 * The tables of the state, and how a state of an older release becomes one of
 * this release.
 *
 * Sets of partitions are stored as `PartitionSet.encode` writes them. Times,
 * counts and ordinals are doubles: JavaScript's numbers, exact up to 2^53 on
 * every database. Rows that several processes count on (`counter`,
 * `environment`, `run`) are locked by updating them first.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Statement } from "effect/sql/Statement"
import { reasonOf, StateUnreadable } from "./StateError.ts"

/**
 * Brings the state, named for the error, to this release. One of a newer release,
 * or with tables that no release had, is left as it is.
 */
export const run = Effect.fn("Migrations.run")(function* (state: string) {
  const known = migrations(yield* SqlClient)
  const applied = yield* current
  const version = applied.at(-1)?.migration_id ?? 0
  if (version > known.length) {
    return yield* new StateUnreadable({
      state,
      reason: `a newer release of strata wrote it (its version is ${version}, this release knows ${known.length})`,
      remedy: "upgrade strata"
    })
  }
  const foreign = applied.find(({ migration_id, name }) => known[migration_id - 1]?.name !== name)
  if (foreign !== undefined) {
    return yield* new StateUnreadable({
      state,
      reason: `it was written before this release, and its tables are others (version ${foreign.migration_id} is ${foreign.name})`,
      remedy: "move it away to begin with a new state, and materialize again"
    })
  }
  if (version === known.length) return
  const loader = Migrator.fromRecord(
    Object.fromEntries(known.map(({ make, name }, index) => [`${index + 1}_${name}`, make]))
  )
  yield* Migrator.make({})({ loader, table }).pipe(
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

/** None for a state without tables. A state that cannot be read fails when the tables are made. */
const current = SqlClient.use((sql) =>
  Effect.orElseSucceed(
    sql<{ migration_id: number; name: string }>`SELECT migration_id, name FROM ${sql(table)} ORDER BY migration_id`,
    () => []
  )
)

type Statements = (sql: SqlClient) => ReadonlyArray<Statement<unknown>>

interface Migration {
  /** Ends with a hash of the statements: a state that was made with others is told when it is opened. */
  readonly name: string
  readonly make: Effect.Effect<void, SqlError>
}

const migrations = (sql: SqlClient): ReadonlyArray<Migration> =>
  all.map(({ name, statements }) => {
    const list = statements(sql)
    const text = list.map((statement) => statement.compile()[0].replaceAll(/\s+/g, " ")).join(";")
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8)
    return { name: `${name}_${hash}`, make: Effect.all(list, { discard: true }) }
  })

const tables: Statements = (sql) => {
  const bytes = sql.onDialectOrElse({ pg: () => sql.literal("BYTEA"), orElse: () => sql.literal("BLOB") })
  return [
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
  ]
}

/** What code versions are made of, when what was seen last changed, and a short way to the steps that failed. */
const history: Statements = (sql) => [
  sql`CREATE TABLE code_version (
    version TEXT PRIMARY KEY,
    parts TEXT NOT NULL
  )`,
  sql`ALTER TABLE observation ADD COLUMN changed_at DOUBLE PRECISION NOT NULL DEFAULT 0`,
  sql`CREATE INDEX step_failed ON step (run_id) WHERE status = 'Failed'`
]

/** A short way to the latest objects of an asset. */
const latestObjects: Statements = (sql) => [
  sql`CREATE INDEX object_made ON object (asset, created_at, id)`,
  sql`DROP INDEX object_of_asset`
]

/** Results of checks over time, how partitions stand because of them, and what of an object was refused. */
const checks: Statements = (sql) => {
  const bytes = sql.onDialectOrElse({ pg: () => sql.literal("BYTEA"), orElse: () => sql.literal("BLOB") })
  return [
    sql`DROP TABLE check_result`,
    sql`INSERT INTO counter (name, value) VALUES ('check_result', 0)`,
    sql`CREATE TABLE check_result (
      id INTEGER PRIMARY KEY,
      environment TEXT NOT NULL REFERENCES environment (name),
      asset TEXT NOT NULL,
      name TEXT NOT NULL,
      run_id TEXT REFERENCES run (id),
      step_index INTEGER,
      attempt INTEGER,
      objects TEXT NOT NULL,
      partitions ${bytes} NOT NULL,
      outcome TEXT NOT NULL,
      severity TEXT NOT NULL,
      blocking INTEGER NOT NULL,
      reason TEXT NOT NULL,
      metadata TEXT NOT NULL,
      at DOUBLE PRECISION NOT NULL
    )`,
    sql`CREATE INDEX check_result_of ON check_result (environment, asset, name, outcome, id)`,
    sql`CREATE TABLE check_status (
      environment TEXT NOT NULL REFERENCES environment (name),
      asset TEXT NOT NULL,
      name TEXT NOT NULL,
      outcome TEXT NOT NULL,
      severity TEXT NOT NULL,
      blocking INTEGER NOT NULL,
      partitions ${bytes} NOT NULL,
      at DOUBLE PRECISION NOT NULL,
      PRIMARY KEY (environment, asset, name, outcome, severity, blocking)
    )`,
    sql`ALTER TABLE object ADD COLUMN rejected ${bytes}`
  ]
}

const all: ReadonlyArray<{ readonly name: string; readonly statements: Statements }> = [
  { name: "tables", statements: tables },
  { name: "history", statements: history },
  { name: "latest_objects", statements: latestObjects },
  { name: "checks", statements: checks }
]

const hasCause = (error: unknown): error is { readonly cause: unknown } =>
  typeof error === "object" && error !== null && "cause" in error && error.cause !== undefined
