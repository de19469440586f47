import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Correctness from "./Correctness.ts"
import * as Harness from "./Harness.ts"

const histories = Number(process.env.STRATA_TEST_HISTORIES ?? "60")

const brokenIO: ReadonlyArray<Harness.BrokenIO> = [
  "hash is constant",
  "hash ignores a partition",
  "reads the first object",
  "values are shifted"
]
const bugs: ReadonlyArray<Correctness.PlantedBug> = [
  "code is ignored",
  "config is ignored",
  "window is forgotten",
  "window is off by one",
  "downstream of a window is forgotten",
  "observation is stuck",
  ...brokenIO
]

const play = (seed: number, bug?: Correctness.PlantedBug) =>
  Correctness.play(seed, bug).pipe(
    Effect.provide(Harness.layerWith(brokenIO.find((broken) => broken === bug))),
    // A broken runtime may also stop with an error of its own.
    Effect.catchCause((cause) => (bug === undefined ? Effect.failCause(cause) : Effect.succeed(["it stopped"])))
  )

describe("the store after any history of changes, failures and interruptions", () => {
  it.effect(`is correct, and no body ran without a reason, in ${histories} random histories`, () =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= histories; seed++) {
        assert.deepStrictEqual(yield* play(seed), [], `seed ${seed}: STRATA_TEST_HISTORIES=${seed} repeats it`)
      }
    })
  )

  for (const bug of bugs) {
    it.effect(`is found to be wrong when ${bug}`, () =>
      Effect.gen(function* () {
        for (let seed = 1; seed <= 200; seed++) if ((yield* play(seed, bug)).length > 0) return
        assert.fail(`200 histories did not show that ${bug}`)
      })
    )
  }
})
