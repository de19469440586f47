/**
 * The order of a plan as it is performed: a step is begun when the last of those
 * it comes after has ended.
 *
 * Each step knows how many it still waits for, so a plan of any shape costs the
 * number of its steps and of the edges between them.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type { Step } from "../plan/RunPlan.ts"

/** Performs every step in a fiber of its own. When one fails, the others are interrupted. */
export const forEach = <E, R>(
  steps: ReadonlyArray<Step>,
  perform: (step: Step) => Effect.Effect<void, E, R>
): Effect.Effect<void, E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const ended = yield* Queue.unbounded<readonly [Step, Exit.Exit<void, E>]>()
      const begin = (step: Step) =>
        Effect.forkIn(
          Effect.onExit(perform(step), (exit) => Effect.sync(() => Queue.offerUnsafe(ended, [step, exit]))),
          scope
        )
      const waitsFor = Int32Array.from(steps, ({ after }) => after.length)
      const dependents = dependentsOf(steps)
      for (const step of steps) if (step.after.length === 0) yield* begin(step)
      for (let left = steps.length; left > 0; ) {
        for (const [step, exit] of yield* Queue.takeAll(ended)) {
          if (Exit.isFailure(exit)) return yield* exit
          left--
          for (const dependent of dependents[step.index]!) {
            waitsFor[dependent]!--
            if (waitsFor[dependent] === 0) yield* begin(steps[dependent]!)
          }
        }
      }
    })
  )

const dependentsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<ReadonlyArray<number>> => {
  const dependents = steps.map((): Array<number> => [])
  for (const { after, index } of steps) for (const before of after) dependents[before]!.push(index)
  return dependents
}
