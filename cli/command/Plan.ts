/**
 * `strata plan`: what materialize would do, and why.
 */
import * as Effect from "effect/Effect"
import { Told } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as Planning from "../Planning.ts"
import * as Json from "../render/Json.ts"
import * as PlanText from "../render/PlanText.ts"
import { Screen } from "../Screen.ts"

export const plan = Effect.fn("plan")(function* (options: Flags.Options<typeof Flags.plan>) {
  const screen = yield* Screen
  const { names, planned } = yield* Planning.make(options)
  const { plan } = planned
  yield* screen.print((view) =>
    options.json ? Json.text(PlanText.json(planned, names)) : PlanText.text(planned, names, view)
  )
  yield* screen.tell((view) => PlanText.blocked(plan, names, view))
  if (!options.json) yield* screen.tell(() => PlanText.summary(planned))
  if (plan.steps.length === 0 && !PlanText.isWaiting(plan)) return yield* new Told()
}, Effect.scoped)
