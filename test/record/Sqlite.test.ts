import { mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import * as Sqlite from "../../runtime/record/Sqlite.ts"
import { temporaryFolder } from "./temporary.ts"

const open = Effect.fnUntraced(function* (options: Sqlite.Options) {
  return Context.get(yield* Layer.build(Sqlite.layer(options)), SqlClient)
})

const openNew = Effect.fnUntraced(function* (options: Partial<Sqlite.Options> = {}) {
  const filename = join(yield* temporaryFolder, "home", "state.db")
  return { filename, sql: yield* open({ filename, ...options }) }
})

/** A connection of another process, as far as SQLite is concerned. */
const otherConnection = (filename: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(filename)),
    (database) => Effect.sync(() => database.close())
  )

describe("the embedded database", () => {
  it.effect("syncs every commit, keeps a write-ahead log, checks references and trusts no schema", () =>
    Effect.gen(function* () {
      const { sql } = yield* openNew()
      const value = (name: string) => Effect.map(sql.unsafe(`PRAGMA ${name}`).values, ([row]) => row![0])
      assert.strictEqual(yield* value("synchronous"), 2)
      assert.strictEqual(yield* value("journal_mode"), "wal")
      assert.strictEqual(yield* value("foreign_keys"), 1)
      assert.strictEqual(yield* value("trusted_schema"), 0)
      assert.isAtMost((yield* value("busy_timeout")) as number, 100)
    })
  )

  it.effect("can be read by its owner only", () =>
    Effect.gen(function* () {
      const { filename } = yield* openNew()
      const mode = (path: string) => statSync(path).mode & 0o777
      assert.strictEqual(mode(join(filename, "..")), 0o700)
      assert.deepStrictEqual([filename, `${filename}-wal`, `${filename}-shm`].map(mode), [0o600, 0o600, 0o600])
    })
  )

  it.effect("undoes a transaction that fails, and of a nested one only what is nested", () =>
    Effect.gen(function* () {
      const { sql } = yield* openNew()
      const add = (name: string) => sql`INSERT INTO counter (name, value) VALUES (${name}, 1)`
      yield* Effect.exit(sql.withTransaction(Effect.andThen(add("lost"), Effect.fail("no"))))
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* add("outer")
          yield* Effect.exit(sql.withTransaction(Effect.andThen(add("inner"), Effect.fail("no"))))
        })
      )
      assert.deepStrictEqual(yield* sql`SELECT name FROM counter WHERE value = 1`.values, [["outer"]])
    })
  )

  it.effect("names the kind of an error", () =>
    Effect.gen(function* () {
      const { sql } = yield* openNew()
      const taken = yield* Effect.flip(sql`INSERT INTO counter (name, value) VALUES ('fencing_token', 1)`)
      assert.strictEqual(taken.reason._tag, "ConstraintError")
      assert.match(taken.message, /UNIQUE constraint failed: counter.name/)
    })
  )
})

describe("the embedded database, while another process holds its lock,", () => {
  it.effect("waits without blocking the thread and then goes on", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      const other = yield* otherConnection(filename)
      other.exec("BEGIN IMMEDIATE")
      const write = sql`UPDATE counter SET value = 7`
      const fibers = yield* Effect.forEach([sql.withTransaction(write), write], (effect) =>
        Effect.forkChild(effect, { startImmediately: true })
      )
      yield* TestClock.adjust("1 second")
      assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() === undefined))
      assert.deepStrictEqual(other.prepare("SELECT DISTINCT value FROM counter").all().length, 1)
      other.exec("COMMIT")
      yield* TestClock.adjust("1 second")
      yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(yield* sql`SELECT DISTINCT value FROM counter`.values, [[7]])
    })
  )

  it.effect("still reads", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      const other = yield* otherConnection(filename)
      other.exec("BEGIN IMMEDIATE; UPDATE counter SET value = 9")
      assert.deepStrictEqual(yield* sql`SELECT DISTINCT value FROM counter`.values, [[0]])
    })
  )

  it.effect("can be interrupted, and has done nothing then", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      const other = yield* otherConnection(filename)
      other.exec("BEGIN IMMEDIATE")
      const waiting = yield* Effect.forkChild(sql.withTransaction(sql`UPDATE counter SET value = 7`), {
        startImmediately: true
      })
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(waiting)
      other.exec("COMMIT")
      assert.deepStrictEqual(yield* sql`SELECT DISTINCT value FROM counter`.values, [[0]])
    })
  )

  it.effect("gives up when its patience ends, and says why", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew({ patience: "200 millis" })
      const other = yield* otherConnection(filename)
      other.exec("BEGIN IMMEDIATE")
      const waiting = yield* Effect.forkChild(Effect.flip(sql.withTransaction(sql`UPDATE counter SET value = 7`)), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error.reason._tag, "LockTimeoutError")
      assert.strictEqual(error.message, "another process keeps it locked")
    })
  )
})

describe("a state that cannot be used", () => {
  const refuses = Effect.fnUntraced(function* (filename: string) {
    const error = yield* Effect.flip(open({ filename }))
    assert.strictEqual(error._tag, "StateUnreadable")
    return error.message.replace(filename, "state.db")
  })

  it.effect("is named with a remedy when it is no database", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      writeFileSync(filename, "something else entirely, and long enough to have a header".repeat(100))
      assert.strictEqual(
        yield* refuses(filename),
        "the state in state.db cannot be used: it is damaged (file is not a database); restore it from a backup, or move it away to begin with a new state"
      )
    })
  )

  it.effect("is named with a remedy when its content is damaged", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      const database = new DatabaseSync(filename)
      database.exec("CREATE TABLE strata_migrations (migration_id INTEGER)")
      database.close()
      const bytes = Buffer.alloc(8192, 0x5a)
      bytes.write("SQLite format 3\0", 0)
      writeFileSync(filename, bytes)
      assert.match(yield* refuses(filename), /^the state in state.db cannot be used: .+; (restore|make) .+/)
    })
  )

  it.effect("is named with a remedy when a newer release wrote it", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      yield* sql`INSERT INTO strata_migrations (migration_id, name) VALUES (99, 'later')`
      assert.strictEqual(
        yield* refuses(filename),
        "the state in state.db cannot be used: a newer release of strata wrote it (its version is 99, this release knows 4); upgrade strata"
      )
    })
  )

  it.effect("is named with a remedy when its tables are not those of this release", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      yield* sql`UPDATE strata_migrations SET name = 'tables' WHERE migration_id = 1`
      assert.strictEqual(
        yield* refuses(filename),
        "the state in state.db cannot be used: it was written before this release, and its tables are others (version 1 is tables); move it away to begin with a new state, and materialize again"
      )
    })
  )

  it.effect("is brought to this release when an older one wrote it", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* openNew()
      yield* sql`DELETE FROM strata_migrations WHERE migration_id = 4`
      yield* sql`DROP TABLE check_status`
      yield* sql`DELETE FROM counter WHERE name = 'check_result'`
      yield* sql`ALTER TABLE object DROP COLUMN rejected`
      yield* Effect.scoped(Layer.build(Sqlite.layer({ filename })))
      assert.deepStrictEqual(yield* sql`SELECT count(*) AS count FROM check_status`, [{ count: 0 }])
      assert.deepStrictEqual(yield* sql`SELECT count(rejected) AS count FROM object`, [{ count: 0 }])
    })
  )

  it.effect("is named with a remedy when it is out of reach", () =>
    Effect.gen(function* () {
      const filename = join(yield* temporaryFolder, "state.db")
      mkdirSync(filename)
      assert.match(
        yield* refuses(filename),
        /^the state in state.db cannot be used: .*; make it a file on a local disk/
      )
      const file = join(filename, "..", "file")
      writeFileSync(file, "")
      assert.match(yield* refuses(join(file, "state.db")), /ENOTDIR|EEXIST/)
    })
  )
})
