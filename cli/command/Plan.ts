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
  yield* screen.print((view) =>
    options.json ? Json.text(PlanText.json(planned.plan, names)) : PlanText.text(planned.plan, names, view)
  )
  yield* screen.tell((view) => PlanText.blocked(planned.plan, names, view))
  if (!options.json) yield* screen.tell(() => PlanText.summary(planned.plan))
  if (planned.plan.steps.length === 0 && planned.plan.blocked.length > 0) return yield* new Told()
}, Effect.scoped)
