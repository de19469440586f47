import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { Event } from "../../runtime/event/Event.ts"
import { RunId } from "../../runtime/event/Run.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as Sqlite from "../../runtime/record/Sqlite.ts"
import * as State from "../../runtime/record/State.ts"
import {
  attemptStarted,
  begin,
  daily,
  days,
  environment,
  failed,
  failedDays,
  live,
  object,
  planned
} from "../suites/sampleRun.ts"

/** The state over a database that counts its transactions, and can fail to commit one. */
const counted = (options: { failing?: boolean } = {}) => {
  const count = { transactions: 0 }
  const client = Layer.effect(
    SqlClient,
    Effect.map(SqlClient, (sql) => {
      let depth = 0
      const perform = sql.withTransaction
      const withTransaction = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
        Effect.suspend(() => {
          if (depth++ === 0) count.transactions++
          const fails = depth === 1 && options.failing === true
          const inner = fails
            ? Effect.andThen(
                self,
                Effect.fail(new SqlError({ reason: new UnknownError({ cause: "the disk is gone" }) }))
              )
            : self
          return Effect.ensuring(
            perform(inner),
            Effect.sync(() => void depth--)
          )
        })
      return Object.assign(sql, { withTransaction })
    })
  ).pipe(Layer.provide(Sqlite.layerMemory))
  return { count, options, layer: Layer.provideMerge(State.layerSql, client) }
}

const at = 9_000
const replacing = (id: string | undefined, partitions: PartitionSet.PartitionSet) =>
  id === undefined ? [] : [{ object: id, partitions }]

describe("writes that wait at the same time", () => {
  it.effect("share one transaction, and are all there when they return", () => {
    const { count, layer } = counted()
    return Effect.gen(function* () {
      const { id } = yield* begin("t1-a")
      const log = yield* EventLog
      count.transactions = 0
      yield* Effect.forEach(
        Array.from({ length: 50 }, (_, step) => step),
        (step) => log.append([planned(id, step)]),
        {
          concurrency: "unbounded"
        }
      )
      assert.strictEqual(count.transactions, 1)
      const steps = (yield* log.ofRun(id)).map(({ event, sequence }) => [sequence, "step" in event ? event.step : -1])
      assert.deepStrictEqual(
        steps,
        steps.map((_, index) => [index + 1, index])
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "fail alone when they are refused: a conflict, a lost lease, an unknown run, an object that is there",
    () => {
      const { layer } = counted()
      return Effect.gen(function* () {
        const catalog = yield* Catalog
        const log = yield* EventLog
        const [mine, closed] = [yield* begin("t1-mine"), yield* begin("t1-closed")]
        yield* RunLedger.use((ledger) => ledger.end(closed.id, "Lost", at))
        const publish = (run: typeof mine, name: string, first: number, replaces: string | undefined) =>
          catalog.publish({
            runId: run.id,
            fencingToken: run.fencingToken,
            environment,
            candidates: [object(run, name)],
            objects: [
              { id: name, asset: daily, partitions: days(first, first + 5), replaces: replacing(replaces, days(0, 99)) }
            ],
            events: []
          })
        yield* catalog.commit([object(mine, "there")])
        const exits = yield* Effect.forEach(
          [
            publish(mine, "o1", 0, undefined),
            publish(mine, "o2", 3, undefined),
            publish(closed, "o3", 10, undefined),
            log.append([planned(RunId.make("t1-unknown"), 0)]),
            catalog.commit([object(mine, "there")]),
            publish(mine, "o4", 20, undefined),
            publish(mine, "o5", 0, "o1"),
            log.append([planned(mine.id, 0)])
          ],
          (write) => Effect.map(Effect.exit(write), (exit) => (Exit.isSuccess(exit) ? "done" : tagOf(exit))),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(exits, [
          "done",
          "PublicationConflict",
          "LeaseLost",
          "StateError",
          "StateError",
          "done",
          "done",
          "done"
        ])
        assert.deepStrictEqual(yield* live(), ["o5: 0 5", "o4: 20 25"])
        assert.strictEqual((yield* log.ofRun(mine.id)).length, 1)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("all fail when their commit does, and nothing of them is there", () => {
    const { layer, options } = counted()
    return Effect.gen(function* () {
      const { id } = yield* begin("t1-a")
      const log = yield* EventLog
      options.failing = true
      const exits = yield* Effect.forEach([0, 1, 2], (step) => Effect.exit(log.append([planned(id, step)])), {
        concurrency: "unbounded"
      })
      options.failing = false
      assert.deepStrictEqual(exits.map(tagOf), ["StateError", "StateError", "StateError"])
      assert.deepStrictEqual(yield* log.ofRun(id), [])
      yield* log.append([planned(id, 0)])
      assert.strictEqual((yield* log.ofRun(id)).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("are not held up by one that is interrupted while it waits", () => {
    const { layer } = counted()
    return Effect.gen(function* () {
      const { id } = yield* begin("t1-a")
      const log = yield* EventLog
      const fibers = yield* Effect.forEach([0, 1, 2], (step) =>
        Effect.forkChild(log.append([planned(id, step)]), { startImmediately: true })
      )
      yield* Fiber.interrupt(fibers[1]!)
      yield* Fiber.join(fibers[0]!)
      yield* Fiber.join(fibers[2]!)
      const steps = (yield* log.ofRun(id)).map(({ event }) => ("step" in event ? event.step : -1))
      assert.deepStrictEqual(steps, [0, 2])
    }).pipe(Effect.provide(layer))
  })

  it.effect("know what is behind a run's end, which they may share a transaction with", () => {
    const { layer } = counted()
    return Effect.gen(function* () {
      const run = yield* begin("t1-a")
      const log = yield* EventLog
      const ended = Event.cases.RunEnded.make({ runId: run.id, at, status: "Succeeded" })
      const late = Effect.exit(
        Catalog.use((catalog) =>
          catalog.publish({
            runId: run.id,
            fencingToken: run.fencingToken,
            environment,
            candidates: [object(run, "late")],
            objects: [{ id: "late", asset: daily, partitions: days(0, 5), replaces: [] }],
            events: []
          })
        )
      )
      const all = Effect.all(
        [log.append([planned(run.id, 0)]), log.append([ended]), log.append([failed(run.id, 0, days(0, 3))]), late],
        {
          concurrency: "unbounded"
        }
      )
      assert.strictEqual(tagOf((yield* all)[3]), "LeaseLost")
      assert.deepStrictEqual(yield* failedDays(), [])
      assert.deepStrictEqual(yield* live(), [])
      assert.strictEqual((yield* log.ofRun(run.id)).length, 3)
    }).pipe(Effect.provide(layer))
  })

  const Write = Schema.Struct({
    publishes: Schema.Boolean,
    first: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 })),
    size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6 })),
    isRight: Schema.Boolean
  })

  it.effect.prop(
    "leave the state and tell the writers what they do one after the other",
    [Schema.Array(Write).check(Schema.isMaxLength(12))],
    ([writes]) =>
      Effect.gen(function* () {
        const play = (concurrency: number | "unbounded") =>
          Effect.gen(function* () {
            const run = yield* begin("t1-a")
            const catalog = yield* Catalog
            const log = yield* EventLog
            yield* log.append([planned(run.id, 0), attemptStarted(run.id, 0)])
            // Where each day is, if every publication that names it rightly succeeds.
            const where = new Map<number, string>()
            const effects = writes.map(({ first, isRight, publishes, size }, index) => {
              const partitions = days(first, first + size)
              if (!publishes) return Effect.exit(log.append([failed(run.id, 0, partitions)]))
              const replaces = [...PartitionSet.ordinals(partitions)].flatMap((day) =>
                replacing(isRight ? where.get(day) : "elsewhere", PartitionSet.of(day))
              )
              if (isRight) for (const day of PartitionSet.ordinals(partitions)) where.set(day, `o${index}`)
              return Effect.exit(
                catalog.publish({
                  runId: run.id,
                  fencingToken: run.fencingToken,
                  environment,
                  candidates: [object(run, `o${index}`)],
                  objects: [{ id: `o${index}`, asset: daily, partitions, replaces }],
                  events: []
                })
              )
            })
            const exits = yield* Effect.all(effects, { concurrency })
            return [
              exits.map((exit) => (Exit.isSuccess(exit) ? "done" : tagOf(exit))),
              yield* live(),
              yield* failedDays()
            ]
          }).pipe(Effect.provide(counted().layer))
        assert.deepStrictEqual(yield* play("unbounded"), yield* play(1))
      }),
    { arbitrary: { runs: 60 } }
  )
})

const tagOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>): string =>
  Exit.isFailure(exit) ? (exit.cause.reasons[0] as { readonly error?: { readonly _tag: string } }).error!._tag : "done"
