/**
 * `strata checks run`: evaluates checks over what is published, and makes nothing.
 */
import * as Effect from "effect/Effect"
import * as CheckResult from "../../runtime/event/CheckResult.ts"
import { main } from "../../runtime/event/Run.ts"
import * as Rechecking from "../../runtime/execute/Rechecking.ts"
import * as CheckedProject from "../CheckedProject.ts"
import { Told } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as OpenProject from "../OpenProject.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as CheckHistory from "../render/CheckHistory.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const run = Effect.fn("checks run")(function* (options: Flags.Options<typeof Flags.checksRun>) {
  const screen = yield* Screen
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const { build, project, state } = yield* OpenProject.open(loaded, options)
  const { known, names, partitions } = yield* Effect.provideContext(CheckedProject.read(loaded, options), state)
  const engine = yield* build(Wiring.engine)
  const results = yield* Rechecking.perform(known, {
    environment: main,
    partitions,
    resources: project.resources
  }).pipe(Effect.provideContext(engine), Effect.provideContext(state))
  yield* results.length === 0 && !options.json
    ? screen.tell(() => "there is nothing to check: no check of what is selected, or nothing materialized")
    : screen.print((view) =>
        options.json ? CheckHistory.json(results, names) : CheckHistory.text(results, names, view)
      )
  if (results.some(CheckResult.isBlocking)) return yield* new Told()
}, Effect.scoped)
