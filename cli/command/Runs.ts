/**
 * `strata runs`: the runs, newest first.
 */
import * as Effect from "effect/Effect"
import type { Run } from "../../runtime/event/Run.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Json from "../render/Json.ts"
import * as RunList from "../render/RunList.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const runs = Effect.fn("runs")(function* (options: Flags.Options<typeof Flags.runs>) {
  const screen = yield* Screen
  const location = yield* Project.find(ProjectRequest.of(options))
  const runs: ReadonlyArray<Run> = (yield* Wiring.hasState(location))
    ? yield* Effect.provide(list(options.limit), Wiring.state(location))
    : []
  if (options.json) return yield* screen.print(() => Json.text(RunList.json(runs)))
  yield* runs.length === 0
    ? screen.tell(() => "there are no runs yet: strata materialize makes the first")
    : screen.print((view) => RunList.text(runs, view))
})

const list = (limit: number) =>
  Effect.andThen(
    DeadRuns.close,
    RunLedger.use((ledger) => ledger.list(limit))
  )
