/** What every event log keeps to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Event } from "../../runtime/event/Event.ts"
import { RunId } from "../../runtime/event/Run.ts"
import type { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import {
  attemptFailed,
  attemptStarted,
  begin,
  daily,
  days,
  failed,
  failedDays,
  parsed,
  planned,
  succeeded
} from "./sampleRun.ts"

export const suite = <E>(name: string, layer: Layer.Layer<EventLog | RunLedger | Catalog, E>) =>
  describe(`the event log ${name}`, () => {
    it.effect("gives the events of a run back, in order and numbered from 1 without gaps", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const { id } = yield* begin("t1-a")
        const other = yield* begin("t1-b")
        const events = [Event.cases.RunStarted.make({ runId: id, at: 1 }), planned(id, 0), attemptStarted(id, 0)]
        yield* log.append([...events, planned(other.id, 0)])
        yield* log.append([succeeded(id, 0)])
        const all = yield* log.ofRun(id)
        assert.deepStrictEqual(
          all.map(({ event }) => event),
          [...events, succeeded(id, 0)]
        )
        assert.deepStrictEqual(
          all.map(({ sequence }) => sequence),
          [1, 2, 3, 4]
        )
        assert.deepStrictEqual(
          (yield* log.ofRun(id, 3)).map(({ sequence }) => sequence),
          [4]
        )
        assert.strictEqual((yield* log.ofRun(other.id)).length, 1)
      }).pipe(Effect.provide(layer))
    )

    it.effect("keeps all events of an append or none", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const { id } = yield* begin("t1-a")
        const unknown = RunId.make("t1-unknown")
        const error = yield* Effect.flip(log.append([planned(id, 0), planned(unknown, 0)]))
        assert.match(error.message, /could not append events: it knows no run t1-unknown/)
        assert.deepStrictEqual(yield* log.ofRun(id), [])
        assert.deepStrictEqual(yield* RunLedger.use((ledger) => ledger.steps(id)), [])
        yield* log.append([planned(id, 0)])
        assert.deepStrictEqual(
          (yield* log.ofRun(id)).map(({ sequence }) => sequence),
          [1]
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("keeps thousands of planned steps in the order of the plan", () =>
      Effect.gen(function* () {
        const { id } = yield* begin("t1-a")
        yield* EventLog.use((log) => log.append(Array.from({ length: 3_333 }, (_, step) => planned(id, step))))
        const steps = yield* RunLedger.use((ledger) => ledger.steps(id))
        assert.strictEqual(steps.length, 3_333)
        assert.isTrue(steps.every((step, index) => step.index === index && step.status === "Planned"))
      }).pipe(Effect.provide(layer))
    )

    it.effect("says of each step what its events made of it", () =>
      Effect.gen(function* () {
        const { id } = yield* begin("t1-a")
        yield* EventLog.use((log) => log.append(everyOutcome(id)))
        const steps = yield* RunLedger.use((ledger) => ledger.steps(id))
        assert.deepStrictEqual(
          steps.map(({ status }) => status),
          ["Succeeded", "Failed", "Unchanged", "Skipped", "Canceled", "Started", "Planned"]
        )
        assert.deepStrictEqual(steps[0], {
          runId: id,
          index: 0,
          assets: [daily],
          partitions: days(0, 10),
          made: days(0, 0),
          reason: "missing",
          status: "Succeeded",
          because: null,
          attempts: [
            {
              number: 1,
              outcome: "Failed",
              error: {
                tag: "ModelUnavailable",
                message: "the model is down",
                detail: "ModelUnavailable: the model is down"
              },
              startedAt: 3_000,
              endedAt: 4_000,
              metadata: {}
            },
            {
              number: 2,
              outcome: "Succeeded",
              error: null,
              startedAt: 3_000,
              endedAt: 5_000,
              metadata: { "strata/rows": { _tag: "Int", value: 5_580 } }
            }
          ]
        })
        assert.strictEqual(steps[3]!.because, parsed)
        assert.strictEqual(steps[4]!.attempts[0]!.outcome, "Canceled")
        assert.strictEqual(steps[4]!.attempts[0]!.endedAt, 6_000)
        assert.strictEqual(steps[5]!.attempts[0]!.outcome, "Started")
      }).pipe(Effect.provide(layer))
    )

    it.effect.prop(
      "says the same of a run however its events are cut into appends",
      [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6 })))],
      ([cuts]) =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const ledger = yield* RunLedger
          const whole = yield* begin("t1-whole")
          yield* log.append(everyOutcome(whole.id))
          const cut = yield* begin("t1-cut")
          const rest = [...everyOutcome(cut.id)]
          for (const length of cuts) yield* log.append(rest.splice(0, length))
          for (const event of rest) yield* log.append([event])
          const of = (steps: Effect.Success<ReturnType<typeof ledger.steps>>) =>
            steps.map((step) => ({ ...step, runId: undefined }))
          assert.deepStrictEqual(of(yield* ledger.steps(cut.id)), of(yield* ledger.steps(whole.id)))
        }).pipe(Effect.provide(layer)),
      { arbitrary: { runs: 20 } }
    )

    it.effect("adds up the partitions that failed, and forgets those that turn out to be up to date", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const { id } = yield* begin("t1-a")
        yield* log.append([planned(id, 0), planned(id, 1, days(4, 8)), failed(id, 0, days(2, 4))])
        yield* log.append([failed(id, 0, days(3, 6))])
        assert.deepStrictEqual(yield* failedDays(), [2, 6])
        yield* log.append([Event.cases.StepUnchanged.make({ runId: id, at: 7, step: 1 })])
        assert.deepStrictEqual(yield* failedDays(), [2, 4])
      }).pipe(Effect.provide(layer))
    )

    it.effect("ends a run once, and leaves nothing of it unfinished", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const ledger = yield* RunLedger
        const { id } = yield* begin("t1-a")
        yield* log.append([planned(id, 0), planned(id, 1), attemptStarted(id, 0)])
        yield* log.append([Event.cases.RunEnded.make({ runId: id, at: 9_000, status: "Canceled" })])
        yield* log.append([Event.cases.RunEnded.make({ runId: id, at: 9_999, status: "Succeeded" })])
        const [run] = yield* ledger.list(1)
        assert.strictEqual(run!.status, "Canceled")
        assert.strictEqual(run!.endedAt, 9_000)
        const steps = yield* ledger.steps(id)
        assert.deepStrictEqual(
          steps.map(({ status }) => status),
          ["Canceled", "Canceled"]
        )
        assert.strictEqual(steps[0]!.attempts[0]!.outcome, "Canceled")
        assert.strictEqual((yield* log.ofRun(id)).filter(({ event }) => event._tag === "RunEnded").length, 1)
      }).pipe(Effect.provide(layer))
    )

    it.effect("keeps what a closed run still says as history, and lets it change nothing", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const ledger = yield* RunLedger
        const { id } = yield* begin("t1-a")
        yield* log.append([planned(id, 0), attemptStarted(id, 0)])
        yield* ledger.end(id, "Lost", 8_000)
        const before = yield* ledger.steps(id)
        yield* log.append([succeeded(id, 0), failed(id, 0, days(0, 1))])
        assert.deepStrictEqual(yield* ledger.steps(id), before)
        assert.deepStrictEqual(yield* failedDays(), [])
        assert.strictEqual((yield* log.ofRun(id)).at(-1)!.event._tag, "StepFailed")
      }).pipe(Effect.provide(layer))
    )
  })

/** A run of seven steps, each of which ends in its own way. */
const everyOutcome = (id: RunId): ReadonlyArray<Event> => [
  ...[0, 1, 2, 3, 4, 5, 6].map((step) => planned(id, step)),
  attemptStarted(id, 0),
  attemptFailed(id, 0),
  attemptStarted(id, 0, 2),
  succeeded(id, 0, 2),
  attemptStarted(id, 1),
  attemptFailed(id, 1),
  failed(id, 1, days(2, 4)),
  Event.cases.StepUnchanged.make({ runId: id, at: 6_000, step: 2 }),
  Event.cases.StepSkipped.make({ runId: id, at: 6_000, step: 3, because: parsed }),
  attemptStarted(id, 4),
  Event.cases.StepCanceled.make({ runId: id, at: 6_000, step: 4 }),
  attemptStarted(id, 5)
]
