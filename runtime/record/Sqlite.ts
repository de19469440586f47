/**
 * The embedded database: a client of `effect/sql` over `node:sqlite`.
 *
 * A commit is on disk when it returns (WAL with `synchronous=FULL`, asserted).
 * SQLite itself waits only milliseconds for the lock of another process, so the
 * event loop is never blocked for long; the rest of the wait is a schedule.
 */
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hasProperty } from "effect/Predicate"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, isSqlError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Migrations from "./Migrations.ts"
import { reasonOf, StateUnreadable } from "./StateError.ts"

export interface Options {
  /** Created, with its folder, where it does not exist; only its owner can read it. */
  readonly filename: string
  /** How long to try while other processes hold the lock: 30 seconds, where not given. */
  readonly patience?: Duration.Input
}

/** The database in a file, with the tables of this release. */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, StateUnreadable> =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.tap(make(options), (client) =>
      Effect.provideService(Migrations.run(options.filename), SqlClient.SqlClient, client)
    )
  ).pipe(Layer.provide(Reactivity.layer))

/** A database in memory that goes with the scope: the same SQL, so the same behaviour. */
export const layerMemory: Layer.Layer<SqlClient.SqlClient, StateUnreadable> = Layer.suspend(() =>
  layer({ filename: ":memory:" })
)

const make = Effect.fn("Sqlite.make")(function* ({ filename, patience = "30 seconds" }: Options) {
  const wait = Schedule.min([Schedule.exponential("1 millis", 1.5), Schedule.spaced("25 millis")]).pipe(
    Schedule.jittered,
    Schedule.upTo({ duration: patience })
  )
  const database = yield* Effect.acquireRelease(open(filename), (database) => Effect.sync(() => database.close()))
  yield* Effect.retry(configure(database), { while: isBusy, schedule: wait }).pipe(
    Effect.mapError((error) => unreadable(filename, error.reason.cause)),
    Effect.filterOrFail(
      (synchronous) => synchronous === full,
      () => unreadable(filename, new Error("SQLite refused synchronous=FULL, so a power cut could lose what is done"))
    )
  )
  const client = yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connect(database, wait)),
      semaphore: Semaphore.makeUnsafe(1),
      isTransaction: () => database.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(),
    driver: "node-sqlite",
    spanAttributes: [["db.system.name", "sqlite"]],
    beginTransaction: begin,
    prepareTransactionControls: true,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`
  })
  const { withTransaction } = client
  return Object.assign(client, {
    // A transaction that could not begin has done nothing: it waits outside, where it can be interrupted.
    withTransaction: <R, E, A>(self: Effect.Effect<A, E, R>) =>
      Effect.retry(withTransaction(self), { while: couldNotBegin, schedule: wait })
  })
})

const begin = "BEGIN IMMEDIATE"

/** The value of `PRAGMA synchronous` at which every commit is synced. */
const full = 2

/** A long run writes the same pages of its indexes again and again: they go to the database once in 16 MiB. */
const pagesOfJournal = 4096
const kibibytesOfCache = 32_768

/** Milliseconds for which SQLite may block the thread while another process holds the lock. */
const busyTimeout = 10

const open = (filename: string) =>
  Effect.try({
    try: () => {
      if (filename !== ":memory:") createPrivately(filename)
      return new DatabaseSync(filename, { timeout: busyTimeout, enableForeignKeyConstraints: true })
    },
    catch: (cause) => unreadable(filename, cause)
  })

/** SQLite gives the files beside the database the permissions of the database. */
const createPrivately = (filename: string) => {
  const created = mkdirSync(dirname(filename), { recursive: true, mode: 0o700 })
  if (created !== undefined) {
    const parent = openSync(dirname(created), "r")
    fsyncSync(parent)
    closeSync(parent)
  }
  closeSync(openSync(filename, "a", 0o600))
}

const configure = (database: DatabaseSync) =>
  Effect.try({
    try: () => {
      const pragma = (text: string) => Object.values(database.prepare(`PRAGMA ${text}`).get() ?? {})[0]
      if (pragma("journal_mode") === "delete" && pragma("journal_mode = WAL") !== "wal") {
        throw new Error("the file system cannot share memory between processes")
      }
      database.exec("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 16777216")
      database.exec(`PRAGMA wal_autocheckpoint = ${pagesOfJournal}; PRAGMA cache_size = -${kibibytesOfCache}`)
      return pragma("synchronous")
    },
    catch: (cause) => sqlError(cause, "configure")
  })

const connect = (database: DatabaseSync, wait: Schedule.Schedule<unknown>): Connection => {
  const prepare = statementCache(database)
  const execute = (sql: string, params: ReadonlyArray<unknown>, asArrays: boolean) => {
    const once = Effect.try({
      try: () => {
        const statement = prepare(sql)
        statement.setReturnArrays(asArrays)
        return statement.all(...(params as ReadonlyArray<SQLInputValue>)) as ReadonlyArray<unknown>
      },
      catch: (cause) => sqlError(cause, sql === begin ? begin : "execute")
    })
    return sql === begin
      ? once
      : Effect.retry(once, { while: (error) => isBusy(error) && !database.isTransaction, schedule: wait })
  }
  const rows: Connection["execute"] = (sql, params, transform) =>
    Effect.map(execute(sql, params, false), (rows) =>
      transform === undefined ? rows : transform(rows as ReadonlyArray<object>)
    )
  const values: Connection["executeValues"] = (sql, params) =>
    execute(sql, params, true) as Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, SqlError>
  return {
    execute: rows,
    executeUnprepared: rows,
    executeRaw: (sql, params) => execute(sql, params, false),
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: (sql, params, transform) => Stream.fromIterableEffect(rows(sql, params, transform))
  }
}

/** Prepares a statement once; the one prepared first makes room. */
const statementCache = (database: DatabaseSync) => {
  const statements = new Map<string, StatementSync>()
  return (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    if (statements.size === 500) statements.delete(statements.keys().next().value!)
    statements.set(sql, statement)
    return statement
  }
}

const sqlError = (cause: unknown, operation: string): SqlError => {
  const code = errorCode(cause)
  const message = isLock(code) ? "another process keeps it locked" : reasonOf(cause)
  // `classifySqliteError` reads the number of the error from `errno`.
  const numbered = Object.assign(Object(cause), { errno: code })
  return new SqlError({ reason: classifySqliteError(numbered, { message, operation }) })
}

const isBusy = (error: SqlError): boolean => error.reason._tag === "LockTimeoutError"

const couldNotBegin = (error: unknown): boolean =>
  isSqlError(error) && isBusy(error) && error.reason.operation === begin

/** The primary result code of SQLite, see https://sqlite.org/rescode.html. */
const errorCode = (cause: unknown): number | undefined =>
  hasProperty(cause, "errcode") && typeof cause.errcode === "number" ? cause.errcode & 0xff : undefined

const isLock = (code: number | undefined): boolean => code === 5 || code === 6

const unreadable = (state: string, cause: unknown): StateUnreadable => {
  const reason = reasonOf(cause)
  const damaged = "restore it from a backup, or move it away to begin with a new state"
  switch (errorCode(cause)) {
    case 11:
    case 26:
      return new StateUnreadable({ state, reason: `it is damaged (${reason})`, remedy: damaged })
    case 5:
    case 6:
      return new StateUnreadable({ state, reason, remedy: "end the process that uses it, or wait for it" })
  }
  return new StateUnreadable({ state, reason, remedy: "make it a file on a local disk that you can write" })
}
