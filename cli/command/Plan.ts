/**
 * `strata plan`: what materialize would do, and why.
 */
import * as Effect from "effect/Effect"
import { main } from "../../runtime/event/Run.ts"
import * as ExplanationReader from "../../runtime/read/ExplanationReader.ts"
import { Told } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as Planning from "../Planning.ts"
import * as Json from "../render/Json.ts"
import * as PlanText from "../render/PlanText.ts"
import { Screen } from "../Screen.ts"

export const plan = Effect.fn("plan")(function* (options: Flags.Options<typeof Flags.plan>) {
  const screen = yield* Screen
  const planning = yield* Planning.make(options)
  const { names, planned } = planning
  const { plan } = planned
  const changes = yield* changesOf(planning)
  yield* screen.print((view) =>
    options.json
      ? Json.text({ ...PlanText.json(planned, names), changes: Object.fromEntries(changes) })
      : PlanText.text(planned, names, view)
  )
  yield* screen.tell((view) => PlanText.changes(changes, view))
  yield* screen.tell((view) => PlanText.blocked(plan, names, view))
  if (!options.json) yield* screen.tell(() => PlanText.summary({ ...planned, sources: planning.sources }))
  if (plan.steps.length === 0 && !PlanText.isWaiting(plan)) return yield* new Told()
}, Effect.scoped)

/** What made each stale asset of the plan stale: the modules, parameters or inputs that changed. */
const changesOf = Effect.fnUntraced(function* ({ planned, project, state }: Planning.Planning) {
  const stale = [...planned.plan.causes.keys()]
  const changes = yield* Effect.forEach(stale, (asset) =>
    Effect.map(ExplanationReader.reasons(project, main, planned, asset), (lines) => [asset, lines] as const)
  ).pipe(Effect.provideContext(state))
  return new Map(changes.filter(([, lines]) => lines.length > 0))
})
