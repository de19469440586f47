/**
 * `strata run`: one run, its steps, and why they failed.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as DeadRuns from "../DeadRuns.ts"
import { Usage } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Json from "../render/Json.ts"
import * as PartitionNames from "../render/PartitionNames.ts"
import * as RunPage from "../render/RunPage.ts"
import * as RunReport from "../render/RunReport.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const run = Effect.fn("run")(function* (options: Flags.Options<typeof Flags.run>) {
  const screen = yield* Screen
  const request = ProjectRequest.of(options)
  const location = yield* Project.find(request)
  if (!(yield* Wiring.hasState(location))) return yield* unknownRun(options.run)
  const { dictionary, summary } = yield* Effect.provide(read(options.run), Wiring.state(location))
  // A run can be read when the definitions cannot: partitions then have numbers instead of names.
  const assets = yield* Effect.match(Project.load(request), {
    onFailure: () => new Map(),
    onSuccess: ({ graph }) => graph.assets
  })
  const names = PartitionNames.make(assets, dictionary)
  yield* screen.print((view) =>
    options.json ? Json.text(RunReport.json(summary, names)) : RunPage.text(summary, names, view)
  )
})

const read = Effect.fnUntraced(function* (text: string) {
  const ledger = yield* RunLedger
  yield* DeadRuns.close
  const found = yield* ledger.find(text)
  if (Option.isNone(found)) return yield* unknownRun(text)
  const dictionary = yield* Catalog.use((catalog) => catalog.dictionary([]))
  return { dictionary, summary: RunSummary.make(found.value, yield* ledger.steps(found.value.id)) }
})

const unknownRun = (text: string) =>
  new Usage({ reason: `there is no run ${text}, or more than one: strata runs lists them` })
