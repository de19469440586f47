/** What every log of checks keeps to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { CheckResult } from "../../runtime/event/CheckResult.ts"
import { Event } from "../../runtime/event/Event.ts"
import { Environment, type RunId } from "../../runtime/event/Run.ts"
import type { Catalog } from "../../runtime/record/Catalog.ts"
import { CheckLog } from "../../runtime/record/CheckLog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as SqlCheckResults from "../../runtime/record/SqlCheckResults.ts"
import { begin, daily, days, environment } from "./sampleRun.ts"

const result = (
  partitions: PartitionSet.PartitionSet,
  outcome: CheckResult["outcome"] = "Passed",
  of: Partial<CheckResult> = {}
): CheckResult => ({
  asset: daily,
  check: "row_count",
  outcome,
  severity: "error",
  blocking: true,
  partitions,
  reason: "there are 3 rows",
  metadata: { rows: { _tag: "Int", value: 3 } },
  objects: ["o1"],
  ...of
})

const evaluated = (runId: RunId, ...results: ReadonlyArray<CheckResult>) =>
  Event.cases.ChecksEvaluated.make({ runId, at: 7_000, step: 2, attempt: 1, results })

const standing = Effect.fnUntraced(function* () {
  const all = yield* CheckLog.use((log) => log.standing(environment))
  return all.map(
    ({ asset, check, outcome, partitions }) => `${asset} ${check} ${outcome} ${partitions.bounds.join(" ")}`
  )
})

const rowCount = { asset: daily, check: "row_count" }

export const suite = <E>(name: string, layer: Layer.Layer<EventLog | RunLedger | Catalog | CheckLog, E>) =>
  describe(`the log of checks ${name}`, () => {
    it.effect("gives results back as they were recorded with a run, newest first", () =>
      Effect.gen(function* () {
        const { id } = yield* begin("t1-a")
        const [first, second] = [result(days(0, 5)), result(days(5, 6), "Failed", { severity: "warn" })]
        yield* EventLog.use((log) => log.append([evaluated(id, first), evaluated(id, second)]))
        const kept = yield* CheckLog.use((log) => log.history(environment, rowCount, 10))
        const of = { at: 7_000, runId: id, step: 2, attempt: 1 }
        assert.deepStrictEqual(kept, [
          { ...second, ...of },
          { ...first, ...of }
        ])
        assert.deepStrictEqual(yield* CheckLog.use((log) => log.history(environment, rowCount, 1)), kept.slice(0, 1))
        assert.deepStrictEqual(yield* CheckLog.use((log) => log.history(Environment.make("dev"), rowCount, 10)), [])
      }).pipe(Effect.provide(layer))
    )

    it.effect("gives results that no run gave, also of checks that stand by themselves", () =>
      Effect.gen(function* () {
        const log = yield* CheckLog
        const alone = result(days(0, 1), "Errored", { asset: null, check: "reconciled" })
        yield* log.record(environment, [alone], 9_000)
        const [kept] = yield* log.history(environment, { asset: null, check: "reconciled" }, 10)
        assert.deepStrictEqual(kept, { ...alone, at: 9_000, runId: null, step: null, attempt: null })
      }).pipe(Effect.provide(layer))
    )

    it.effect("lets every partition stand with the newest result about it, as one set", () =>
      Effect.gen(function* () {
        const log = yield* CheckLog
        const { id } = yield* begin("t1-a")
        for (const day of [0, 1, 2, 3, 4]) {
          yield* EventLog.use((events) => events.append([evaluated(id, result(days(day, day + 1)))]))
        }
        assert.deepStrictEqual(yield* standing(), ["postings/daily row_count Passed 0 5"])
        yield* log.record(environment, [result(days(3, 8), "Failed"), result(days(7, 9), "Errored")], 9_000)
        assert.deepStrictEqual(yield* standing(), [
          "postings/daily row_count Errored 7 9",
          "postings/daily row_count Failed 3 7",
          "postings/daily row_count Passed 0 3"
        ])
        yield* log.record(environment, [result(days(0, 9))], 9_001)
        assert.deepStrictEqual(yield* standing(), ["postings/daily row_count Passed 0 9"])
      }).pipe(Effect.provide(layer))
    )

    it.effect("keeps the newest results of each check and outcome at hand, and forgets the oldest of many", () =>
      Effect.gen(function* () {
        const log = yield* CheckLog
        yield* log.record(environment, [result(days(0, 1), "Failed", { check: "unique" })], 1)
        for (let at = 0; at < 3; at++) {
          const many = Array.from({ length: SqlCheckResults.kept - 400 }, () => result(days(0, 1)))
          yield* log.record(environment, many, 10 + at)
        }
        const kept = yield* log.history(environment, rowCount, 10_000)
        assert.strictEqual(kept.length, SqlCheckResults.kept)
        assert.strictEqual(kept[0]!.at, 12)
        assert.deepStrictEqual(
          (yield* log.newest(environment)).map(({ at, check, outcome }) => `${check} ${outcome} ${at}`),
          ["row_count Passed 12", "unique Failed 1"]
        )
      }).pipe(Effect.provide(layer))
    )

    it.effect("takes nothing from a run that has ended", () =>
      Effect.gen(function* () {
        const { id } = yield* begin("t1-a")
        yield* RunLedger.use((ledger) => ledger.end(id, "Lost", 8_000))
        yield* EventLog.use((log) => log.append([evaluated(id, result(days(0, 5)))]))
        assert.deepStrictEqual(yield* standing(), [])
      }).pipe(Effect.provide(layer))
    )
  })
