import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { Event } from "../../runtime/event/Event.ts"
import { RunId } from "../../runtime/event/Run.ts"
import * as RunRecorder from "../../runtime/execute/RunRecorder.ts"
import { Catalog, type Publication, PublicationConflict } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { attemptStarted, daily, environment, succeeded } from "../suites/sampleRun.ts"

const runId = RunId.make("t1-a")

const publication = (step: number): Publication => ({
  runId,
  fencingToken: 1,
  environment,
  objects: [],
  events: [succeeded(runId, step)]
})

describe("the notes of a run", () => {
  it.effect("are recorded by themselves when the end of their step does not come soon to take them along", () =>
    Effect.gen(function* () {
      const appended: Array<ReadonlyArray<number>> = []
      const stepOf = (event: Event) => ("step" in event ? event.step! : -1)
      const recorder = yield* RunRecorder.make.pipe(
        Effect.provideService(EventLog, {
          append: (events: ReadonlyArray<Event>) => Effect.sync(() => void appended.push(events.map(stepOf)))
        } as never),
        Effect.provideService(Catalog, { publish: () => Effect.void } as never)
      )
      yield* Effect.forkChild(recorder.flush, { startImmediately: true })
      yield* recorder.note([attemptStarted(runId, 0), attemptStarted(runId, 1)])
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(appended, [])
      yield* recorder.note([attemptStarted(runId, 2)])
      yield* recorder.publish(publication(0))
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(appended, [[1]])
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(appended, [[1], [2]])
    })
  )

  it.effect("are not taken from a step that publishes by another one that is refused", () =>
    Effect.gen(function* () {
      const recorded: Array<Event> = []
      const take = (events: ReadonlyArray<Event>) => Effect.sync(() => void recorded.push(...events))
      const isRefused = (events: ReadonlyArray<Event>) => events.some((event) => "step" in event && event.step === 0)
      const recorder = yield* RunRecorder.make.pipe(
        Effect.provideService(EventLog, { append: take } as never),
        Effect.provideService(Catalog, {
          publish: ({ events }: Publication) =>
            isRefused(events) ? Effect.fail(new PublicationConflict({ asset: daily, runId })) : take(events)
        } as never)
      )
      yield* recorder.note([attemptStarted(runId, 0), attemptStarted(runId, 1)])
      // Both come into one transaction, where the second is recorded and the first comes again later.
      const [refused] = yield* Effect.all(
        [Effect.exit(recorder.publish(publication(0))), recorder.publish(publication(1))],
        { concurrency: "unbounded" }
      )
      assert.strictEqual(refused._tag, "Failure")
      yield* recorder.record([
        { _tag: "StepFailed", runId, at: 1, step: 0, assets: [daily], partitions: PartitionSet.empty }
      ])
      assert.deepStrictEqual(
        recorded.map((event) => [event._tag, "step" in event ? event.step : undefined]),
        [
          ["AttemptStarted", 1],
          ["StepSucceeded", 1],
          ["AttemptStarted", 0],
          ["StepFailed", 0]
        ]
      )
    })
  )
})
