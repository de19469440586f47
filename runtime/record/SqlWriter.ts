/**
 * Writes to the state that wait at the same time share one transaction, and so
 * one sync of the disk.
 *
 * Nothing is acknowledged before the transaction is durable. If one of the
 * writes is refused, all are performed again, each behind a savepoint, and that
 * one fails alone; if the transaction itself fails, so do all of them.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { LeaseLost, PublicationConflict } from "./Catalog.ts"
import * as SqlWrite from "./SqlWrite.ts"
import type { StateError } from "./StateError.ts"

type Refusal = PublicationConflict | LeaseLost | StateError

export class SqlWriter extends Context.Service<
  SqlWriter,
  {
    /** Performs a write without a publication; it is durable when this returns. One that is interrupted may be, too. */
    readonly append: (write: SqlWrite.SqlWrite) => Effect.Effect<void, StateError | SqlError>
    /** Performs a write with a publication. */
    readonly publish: (write: SqlWrite.SqlWrite) => Effect.Effect<void, Refusal | SqlError>
  }
>()("strata/record/SqlWriter") {
  static readonly layer: Layer.Layer<SqlWriter, never, SqlClient> = Layer.suspend(() => layerOf({ largest: 1_000 }))
}

/** `largest`: of how many writes at most a transaction consists. */
export const layerOf = (options: { readonly largest: number }): Layer.Layer<SqlWriter, never, SqlClient> =>
  Layer.effect(SqlWriter, make(options))

type Written = Exit.Exit<void, Refusal | SqlError>

interface Waiting {
  readonly write: SqlWrite.SqlWrite
  readonly resume: (exit: Written) => void
}

const make = Effect.fnUntraced(function* ({ largest }: { readonly largest: number }) {
  const sql = yield* SqlClient
  const waiting = new Set<Waiting>()
  const some = yield* Latch.make()

  const next = Effect.gen(function* () {
    yield* some.await
    // Lets all fibers that are about to write get in line.
    yield* Effect.yieldNow
    const group = [...waiting.values().take(largest)]
    for (const one of group) waiting.delete(one)
    if (waiting.size === 0) yield* some.close
    const exits = yield* Effect.onInterrupt(
      perform(
        sql,
        group.map(({ write }) => write)
      ),
      () => Effect.sync(() => abandon(group))
    )
    for (const [index, { resume }] of group.entries()) resume(exits[index]!)
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => abandon(waiting)))
  yield* Effect.forkScoped(Effect.forever(next, { disableYield: true }))

  const write = (write: SqlWrite.SqlWrite): Effect.Effect<void, Refusal | SqlError> =>
    Effect.callback((resume) => {
      const one: Waiting = { write, resume }
      waiting.add(one)
      if (waiting.size === 1) some.openUnsafe()
      return Effect.sync(() => void waiting.delete(one))
    })
  return SqlWriter.of({
    append: write as (write: SqlWrite.SqlWrite) => Effect.Effect<void, StateError>,
    publish: write
  })
})

/** Nobody will perform them any more. */
const abandon = (all: Iterable<Waiting>) => {
  for (const { resume } of all) resume(Exit.interrupt())
}

/** Performs the writes as one transaction, and says how each of them went. */
const perform = Effect.fnUntraced(function* (sql: SqlClient, writes: ReadonlyArray<SqlWrite.SqlWrite>) {
  let isPerformed = false
  const together = Effect.tap(SqlWrite.perform(sql, writes), () => Effect.sync(() => (isPerformed = true)))
  const exit = yield* Effect.exit(sql.withTransaction(together))
  if (Exit.isSuccess(exit) || isPerformed || writes.length === 1 || isOfDatabase(exit)) return writes.map(() => exit)
  return yield* performEach(sql, writes)
})

const performEach = Effect.fnUntraced(function* (sql: SqlClient, writes: ReadonlyArray<SqlWrite.SqlWrite>) {
  const one = Effect.fnUntraced(function* (write: SqlWrite.SqlWrite) {
    const exit = yield* Effect.exit(sql.withTransaction(SqlWrite.perform(sql, [write])))
    return isOfDatabase(exit) ? yield* exit : exit
  })
  const exit = yield* Effect.exit(sql.withTransaction(Effect.forEach(writes, one)))
  return Exit.isSuccess(exit) ? exit.value : writes.map(() => Exit.asVoid(exit))
})

/** Whether the database failed, and not the write: then nothing of the transaction can be relied on. */
const isOfDatabase = (exit: Written): boolean =>
  Exit.isFailure(exit) &&
  exit.cause.reasons.some(
    (reason) => Cause.isFailReason(reason) && isSqlError(reason.error) && reason.error.reason._tag !== "ConstraintError"
  )
