import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Asset, Value } from "../../runtime/index.ts"
import { StepLog } from "../../runtime/record/StepLog.ts"
import * as Harness from "./Harness.ts"

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {
  override get message() {
    return "come back later"
  }
}

describe("what a body logs", () => {
  it.effect("is kept with its step and attempt, and goes where logs go anyway", () =>
    Effect.gen(function* () {
      let tries = 0
      const First = Asset.make("first", {
        output: Value.of(Schema.Int),
        retry: { Busy: Schedule.recurs(1) },
        materialize: () =>
          Effect.gen(function* () {
            tries++
            yield* Effect.log("try", tries, { key: Redacted.make("hidden") }).pipe(Effect.annotateLogs("shop", "north"))
            if (tries === 1) return yield* new Busy()
            yield* Effect.logDebug("too small to be kept")
            return tries
          })
      })
      const Second = Asset.make("second", {
        deps: { first: First },
        output: Value.of(Schema.Int),
        materialize: ({ first }) => Effect.as(Effect.logWarning("from another fiber").pipe(Effect.forkChild), first)
      })
      const elsewhere: Array<string> = []
      const heard = Logger.make(({ message }) => void elsewhere.push(String((message as ReadonlyArray<unknown>)[0])))
      const { run, status } = yield* Effect.provideService(
        Harness.materialize([First, Second]),
        Logger.CurrentLoggers,
        new Set([heard])
      )
      assert.strictEqual(status, "Succeeded")
      const { lines } = yield* StepLog.use((log) => log.read(run.id))
      assert.deepStrictEqual(
        lines.map(({ attempt, level, step, text }) => [step, attempt, level, text]),
        [
          [0, 1, "INFO", 'try 1 {"key":<redacted>} shop=north'],
          [0, 2, "INFO", 'try 2 {"key":<redacted>} shop=north'],
          [1, 1, "WARN", "from another fiber"]
        ]
      )
      assert.deepStrictEqual(elsewhere, ["try", "try", "from another fiber"])
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("has the cause that was logged with it", () =>
    Effect.gen(function* () {
      const It = Asset.make("it", {
        output: Value.of(Schema.Int),
        materialize: () => Effect.catchCause(new Busy(), (cause) => Effect.as(Effect.logError("gave up", cause), 1))
      })
      const { run } = yield* Harness.materialize([It])
      const { lines } = yield* StepLog.use((log) => log.read(run.id))
      assert.match(lines[0]!.text, /^gave up\nBusy: come back later/)
    }).pipe(Effect.provide(Harness.layer))
  )
})
