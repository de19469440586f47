import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Strata from "../cli/strata.ts"
import { model } from "../resources/seniority/Harness.ts"

const cwd = process.cwd()

describe("strata serve seniority", () => {
  it.live("serves on loopback until it is told to end", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<{ readonly port: number; readonly end: () => void }>()
      const ended = yield* Effect.forkChild(
        Strata.run(["serve", "seniority", "--port", "0", "--rate", "100000", "--faults", "reorder,drop=0.1"], {
          cwd,
          onOutput: (child, soFar) => {
            const port = /^seniority model at http:\/\/127\.0\.0\.1:(\d+), 100000 roles a second/m.exec(soFar)?.[1]
            if (port !== undefined) {
              Deferred.doneUnsafe(started, Effect.succeed({ port: Number(port), end: () => child.kill("SIGTERM") }))
            }
          }
        })
      )
      const { end, port } = yield* Deferred.await(started)
      const { infer } = yield* model(port)
      expect(yield* infer([{ company: "a", title: "Vice President" }])).toEqual([6])
      end()
      const { code, stderr } = yield* Fiber.join(ended)
      expect([code, stderr]).toEqual([143, ""])
      expect((yield* Effect.flip(infer([{ company: "a", title: "b" }])))._tag).toBe("ModelUnavailable")
    }).pipe(Effect.scoped)
  )

  it.live.each([
    [["--faults", "nonsense"], '"nonsense" is no fault'],
    [["--rate", "0"], "--rate is a number of roles a second above 0, not 0"],
    [["--port", "70000"], "--port is a number from 0"]
  ] as const)("refuses %s as a mistake in the words", ([words, reason]) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* Strata.run(["serve", "seniority", ...words], { cwd })
      expect(code).toBe(2)
      expect(stderr).toContain(reason)
    })
  )
})
