/**
 * The role cache that needs no server: one SQLite file, `cache/roles.sqlite`
 * below `STRATA_HOME`, which several processes may share.
 *
 * What was saved survives a killed process; the last answers before a power loss
 * may be gone. A damaged file is put aside and a new one started.
 */
import { DatabaseSync } from "node:sqlite"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Schedule from "effect/Schedule"
import * as Role from "./Role.ts"
import { layerMemory, RoleCache, RoleCacheError, seenPrecision, type Stale, today } from "./RoleCache.ts"
import { isSeniority } from "./Seniority.ts"

/** The cache in this file. */
export const layerFile = (file: string) =>
  Layer.effect(
    RoleCache,
    Effect.gen(function* () {
      const database = yield* Effect.acquireRelease(open(file), (database) => Effect.sync(() => database.close()))
      return make(database)
    })
  )

/** The cache of this project. Where its file cannot be opened, roles are remembered for as long as the process lives. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const path = yield* Path.Path
    const home = yield* Config.String("STRATA_HOME").pipe(Config.withDefault(".strata"))
    return layerFile(path.join(home, "cache", "roles.sqlite"))
  })
).pipe(
  Layer.catchTag("RoleCacheError", (error) =>
    Layer.provideMerge(layerMemory, Layer.effectDiscard(Effect.logWarning(error.message)))
  )
)

/** Rows at a time: the loop that everything else runs on is free again after each. */
const chunk = 2000

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 50;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 10000;
  CREATE TABLE IF NOT EXISTS role (
    company TEXT NOT NULL,
    title TEXT NOT NULL,
    seniority INTEGER NOT NULL,
    model TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (company, title)
  ) WITHOUT ROWID;
  SELECT count(*) FROM (SELECT * FROM role LIMIT 1)`

const open = Effect.fnUntraced(function* (file: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const orFail = Effect.mapError((cause) => new RoleCacheError({ operation: "open", cause }))
  yield* fileSystem.makeDirectory(path.dirname(file), { recursive: true }).pipe(orFail)
  const connect = attempt("open", () => new DatabaseSync(file)).pipe(
    Effect.tap((database) =>
      attempt("open", () => database.exec(schema)).pipe(Effect.onError(() => Effect.sync(() => database.close())))
    )
  )
  const putAside = Effect.forEach(["", "-wal", "-shm"], (suffix) =>
    fileSystem.rename(`${file}${suffix}`, `${file}.damaged${suffix}`).pipe(Effect.ignore)
  )
  return yield* connect.pipe(
    Effect.tapError((error) => (isDamaged(error.cause) ? putAside : Effect.void)),
    Effect.retry({ times: 1, while: (error) => isDamaged(error.cause) })
  )
})

const make = (database: DatabaseSync): RoleCache["Service"] => {
  const found = database.prepare(
    `SELECT wanted.key, role.seniority, role.seen FROM json_each(?) wanted
     JOIN role ON role.company = wanted.value ->> 0 AND role.title = wanted.value ->> 1 AND role.model = ?`
  )
  found.setReturnArrays(true)
  const touch = database.prepare(
    `UPDATE role SET seen = ?1 FROM json_each(?2) wanted
     WHERE role.company = wanted.value ->> 0 AND role.title = wanted.value ->> 1 AND role.seen <= ?1 - ${seenPrecision}`
  )
  const insert = database.prepare(
    `INSERT OR REPLACE INTO role SELECT value ->> 0, value ->> 1, value ->> 2, ?, ? FROM json_each(?)`
  )
  const forget = {
    All: database.prepare("DELETE FROM role"),
    Company: database.prepare("DELETE FROM role WHERE company = ?"),
    Unseen: database.prepare("DELETE FROM role WHERE seen <= ?"),
    OtherModels: database.prepare("DELETE FROM role WHERE model <> ?")
  }
  const counts = database.prepare("SELECT model, count(*) AS roles FROM role GROUP BY model ORDER BY model")

  return {
    lookup: Effect.fn("EmbeddedRoleCache.lookup")(function* (roles, model) {
      const day = yield* today
      const result: Array<ReturnType<typeof seniorityOf>> = new Array(roles.length).fill(undefined)
      for (let start = 0; start < roles.length; start += chunk) {
        const places = Array.from({ length: Math.min(chunk, roles.length - start) }, (_, index) => start + index)
        const wanted = JSON.stringify(Role.some(roles, places).map(({ company, title }) => [company, title]))
        const rows = yield* attempt("lookup", () => found.all(wanted, model) as unknown as ReadonlyArray<Found>)
        for (const [index, seniority] of rows) result[start + index] = seniorityOf(seniority)
        if (rows.some(([, , seen]) => seen <= day - seenPrecision)) {
          // A note of when a role was seen is worth neither a failure nor a wait.
          yield* attempt("lookup", () => touch.run(day, wanted)).pipe(Effect.ignore)
        }
        yield* Effect.yieldNow
      }
      return result
    }),
    save: Effect.fn("EmbeddedRoleCache.save")(function* (entries, model) {
      const day = yield* today
      for (let start = 0; start < entries.length; start += chunk) {
        const rows = entries.slice(start, start + chunk).map((entry) => [entry.company, entry.title, entry.seniority])
        yield* attempt("save", () => insert.run(model, day, JSON.stringify(rows)))
        yield* Effect.yieldNow
      }
    }),
    prune: Effect.fn("EmbeddedRoleCache.prune")(function* (stale) {
      const values = parameters(stale, yield* today)
      return yield* attempt("prune", () => Number(forget[stale._tag].run(...values).changes))
    }),
    count: attempt("count", () =>
      counts.all().map(({ model, roles }) => ({ model: String(model), roles: Number(roles) }))
    ),
    gauges: Effect.succeed({})
  }
}

/** Index in what was asked, seniority, day. */
type Found = readonly [number, unknown, number]

/** What the statement of its kind takes. */
const parameters = (stale: Stale, day: number): ReadonlyArray<string | number> => {
  switch (stale._tag) {
    case "All":
      return []
    case "Company":
      return [stale.company]
    case "Unseen":
      return [day - stale.days]
    case "OtherModels":
      return [stale.model]
  }
}

const seniorityOf = (stored: unknown) => (isSeniority(stored) ? stored : undefined)

/** Another process that writes is waited for, for some seconds. */
const attempt = <A>(operation: RoleCacheError["operation"], evaluate: () => A) =>
  Effect.try({ try: evaluate, catch: (cause) => new RoleCacheError({ operation, cause }) }).pipe(
    Effect.retry({ while: (error) => isBusy(error.cause), schedule: Schedule.spaced("20 millis"), times: 100 })
  )

/** https://www.sqlite.org/rescode.html: 5 BUSY, 11 CORRUPT, 26 NOTADB; the low byte of extended codes. */
const isBusy = (cause: unknown) => resultCode(cause) === 5
const isDamaged = (cause: unknown) => resultCode(cause) === 11 || resultCode(cause) === 26

const resultCode = (cause: unknown): number =>
  typeof cause === "object" && cause !== null && "errcode" in cause && typeof cause.errcode === "number"
    ? cause.errcode & 0xff
    : 0
