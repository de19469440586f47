/**
 * The order of a plan as it is performed: a step is begun when the last of those
 * it comes after has ended, and what came of it is recorded.
 *
 * Each step knows how many it still waits for, so a plan of any shape costs the
 * number of its steps and of the edges between them.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Step } from "../plan/RunPlan.ts"
import type { PublicationGate } from "./PublicationGate.ts"

/** A step, and what came of it. */
export interface Ended<A, E> {
  readonly step: Step
  readonly exit: Exit.Exit<A, E>
}

export interface Performing<A, E, R, E2, R2> {
  readonly perform: (step: Step) => Effect.Effect<A, E, R>
  /** Where steps that have ended wait for each other. */
  readonly gate: PublicationGate<Ended<A, E>>
  /** Records what came of some steps; only then those that wait for them begin. */
  readonly record: (ended: ReadonlyArray<A>) => Effect.Effect<void, E2, R2>
}

/** Performs every step in a fiber of its own. When one fails, the others are interrupted. */
export const forEach = <A, E, R, E2, R2>(
  steps: ReadonlyArray<Step>,
  { gate, perform, record }: Performing<A, E, R, E2, R2>
): Effect.Effect<void, E | E2, R | R2> =>
  Effect.scoped(
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const begin = (step: Step) =>
        Effect.map(Effect.forkIn(perform(step), scope), (fiber) => {
          fiber.addObserver((exit) => gate.arrive({ step, exit }))
        })
      const waitsFor = Int32Array.from(steps, ({ after }) => after.length)
      const dependents = dependentsOf(steps)
      const first = steps.filter(({ after }) => after.length === 0)
      // Beside the recording: thousands may have ended before the last of them has begun.
      yield* Effect.forkIn(Effect.forEach(first, begin, { discard: true }), scope)
      for (let left = steps.length; left > 0; ) {
        const group = yield* gate.group
        yield* record(group.flatMap(({ exit }) => (Exit.isSuccess(exit) ? [exit.value] : [])))
        for (const { exit } of group) if (Exit.isFailure(exit)) return yield* exit
        left -= group.length
        for (const { step } of group) {
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
