/** A run that is canceled, killed, or does not want to stop. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

/** Runs until the body has started, and then sends the signal. */
const signaled = (root: string, asset: string, signal: NodeJS.Signals) => {
  let sent = false
  return Strata.run(["materialize", asset], {
    cwd: root,
    onOutput: (child, soFar) => {
      if (sent || !soFar.includes("body has started")) return
      sent = true
      child.kill(signal)
    }
  })
}

describe("a run that is interrupted", () => {
  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const) {
    it.effect(`${signal} cancels it, records that, and ends with ${expected}`, () =>
      Effect.gen(function* () {
        const { root } = yield* Projects.slow
        const { code, stderr, stdout } = yield* signaled(root, "slow", signal)
        assert.strictEqual(code, expected)
        assert.strictEqual(stdout, "")
        assert.match(stderr, /– canceled: strata retry goes on with what is left/)
        const run = JSON.parse((yield* Strata.run(["run", "latest", "--json"], { cwd: root })).stdout)
        assert.strictEqual(run.status, "Canceled")
      }).pipe(Effect.scoped)
    )
  }

  it.effect("a second Ctrl-C ends the process at once, whatever still wants to finish", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.slow
      let presses = 0
      const { code } = yield* Strata.run(["materialize", "stubborn"], {
        cwd: root,
        onOutput: (child, soFar) => {
          if (presses > 0 || !soFar.includes("body has started")) return
          const press = setInterval(() => {
            child.kill("SIGINT")
            if (++presses === 2) clearInterval(press)
          }, 300)
          presses = 0.5
        }
      })
      assert.strictEqual(code, 130)
    }).pipe(Effect.scoped)
  )

  it.effect("killed, it is named and closed by the next command", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.slow
      yield* signaled(root, "slow", "SIGKILL")
      const { stderr, stdout } = yield* Strata.run(["runs", "--json"], { cwd: root })
      assert.match(
        stderr,
        /run \S+ of \S+ ended without a word \(its process \d+ is gone\) and is closed as lost: strata retry t\w+-\w+ goes on/
      )
      assert.strictEqual(JSON.parse(stdout)[0].status, "Lost")
      assert.strictEqual((yield* Strata.run(["runs"], { cwd: root })).stderr, "")
    }).pipe(Effect.scoped)
  )
})
