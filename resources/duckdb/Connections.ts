/**
 * The connections of one engine, and the permits that statements need to run.
 *
 * A running statement holds a thread of the pool that files and compression use
 * too, so only so many run at once. An interrupted one is asked to stop until it
 * has: DuckDB forgets an interruption that comes before the statement started.
 */
import type { DuckDBConnection } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { Scope } from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { ProcessName } from "../../runtime/definition/ProcessName.ts"
import * as DuckDBError from "./DuckDBError.ts"
import { load as loadNodeApi, type NodeApi } from "./NodeApi.ts"
import * as Settings from "./Settings.ts"

export interface Connections {
  readonly api: NodeApi
  /** Performs on a connection of the pool, with a permit. */
  readonly use: <A, E, R>(perform: (connection: DuckDBConnection) => Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Performs with a permit, for those who have a connection. */
  readonly permitted: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** A connection that goes with the scope. */
  readonly own: Effect.Effect<DuckDBConnection, DuckDBError.DuckDBError, Scope>
}

/** Opens an engine that is gone when the scope closes. */
export const open = Effect.fnUntraced(function* (settings: Settings.Settings) {
  const api = yield* loadNodeApi
  const options = Settings.options(settings, yield* temporaryDirectory(settings))
  const instance = yield* Effect.acquireRelease(
    attempt(() => api.DuckDBInstance.create(":memory:", options)),
    (instance) => Effect.sync(() => instance.closeSync())
  )
  const own = Effect.acquireRelease(
    attempt(() => instance.connect()),
    (connection) => Effect.sync(() => connection.disconnectSync())
  )
  const idle = yield* Effect.replicateEffect(own, settings.permits)
  yield* attempt(() => idle[0]!.run("SET GLOBAL TimeZone = 'UTC'"))
  const permits = yield* Semaphore.make(settings.permits)
  const connections: Connections = {
    api,
    use: (perform) =>
      permits.withPermit(
        Effect.acquireUseRelease(
          Effect.sync(() => idle.pop()!),
          perform,
          (connection) => Effect.sync(() => idle.push(connection))
        )
      ),
    permitted: (self) => permits.withPermit(self),
    own
  }
  return connections
})

/**
 * Waits for work of a connection. When interrupted, it asks the connection to
 * stop until the work has ended, in real time: the work is not Effect's to stop.
 */
export const settle = <A>(
  connection: DuckDBConnection,
  statement: string,
  start: () => Promise<A>
): Effect.Effect<A, DuckDBError.DuckDBError> =>
  Effect.callback<A, DuckDBError.DuckDBError>((resume) => {
    const work = new Promise<A>((resolve) => resolve(start()))
    work.then(
      (value) => resume(Effect.succeed(value)),
      (cause) => resume(Effect.fail(DuckDBError.of(statement)(cause)))
    )
    return Effect.callback<void>((stopped) => {
      const timer = setInterval(() => connection.interrupt(), 3)
      const end = () => {
        clearInterval(timer)
        stopped(Effect.void)
      }
      connection.interrupt()
      work.then(end, end)
    })
  })

const attempt = <A>(start: () => Promise<A>): Effect.Effect<A, DuckDBError.DuckDBError> =>
  Effect.tryPromise({ try: start, catch: DuckDBError.of("open the engine") })

/** Named by the process, so that what a killed process leaves can be told from what is in use. */
const temporaryDirectory = Effect.fnUntraced(
  function* ({ home, temporary }: Settings.Settings) {
    const fileSystem = yield* FileSystem.FileSystem
    const directory = Option.getOrElse(temporary, () => `${home}/tmp`)
    yield* fileSystem.makeDirectory(directory, { recursive: true })
    return yield* fileSystem.makeTempDirectoryScoped({ directory, prefix: `${yield* ProcessName}-` })
  },
  Effect.mapError(DuckDBError.of("make the temporary directory"))
)
