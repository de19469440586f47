/**
 * `strata run`: one run, its steps over time, what they took and logged, and why
 * they failed.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { PartitionDictionary } from "../../runtime/definition/PartitionDictionary.ts"
import { Event } from "../../runtime/event/Event.ts"
import type { Run, StepRecord } from "../../runtime/event/Run.ts"
import type * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as RunSummary from "../../runtime/read/RunSummary.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import { type LogLine, StepLog } from "../../runtime/record/StepLog.ts"
import * as DeadRuns from "../DeadRuns.ts"
import { Usage } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as Following from "../Following.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Json from "../render/Json.ts"
import * as LogText from "../render/LogText.ts"
import * as PartitionNames from "../render/PartitionNames.ts"
import * as RunPage from "../render/RunPage.ts"
import * as RunReport from "../render/RunReport.ts"
import * as RunName from "../RunName.ts"
import { Screen } from "../Screen.ts"
import * as StepName from "../StepName.ts"
import * as Wiring from "../Wiring.ts"

type Options = Flags.Options<typeof Flags.run>

export const run = Effect.fn("run")(function* (options: Options) {
  const request = ProjectRequest.of(options)
  const location = yield* Project.find(request)
  if (!(yield* Wiring.hasState(location))) return yield* RunName.unknown(options.run)
  // A run can be read when the definitions cannot: partitions then have numbers instead of names.
  const graph = Effect.map(Effect.option(Project.load(request)), (project) =>
    Option.getOrUndefined(Option.map(project, ({ graph }) => graph))
  )
  yield* Effect.provide(show(options, graph), Wiring.state(location))
})

const show = Effect.fnUntraced(function* (options: Options, loading: Effect.Effect<AssetGraph.AssetGraph | undefined>) {
  const ledger = yield* RunLedger
  yield* DeadRuns.close
  const run = yield* RunName.find(options.run)
  const steps = yield* ledger.steps(run.id)
  const graph = yield* loading
  const of = { run, steps, graph, dictionary: yield* Catalog.use((catalog) => catalog.dictionary([])) }
  const isWanted = yield* Effect.fromResult(StepName.wanted(options.step, steps, of))
  const names = PartitionNames.make(graph?.assets ?? new Map(), of.dictionary)
  if (options.follow) {
    yield* Following.follow({ run, steps, names, json: options.json, isWanted: ({ step }) => isWanted(step) })
  } else if (options.logs) yield* logs(options, of, names, ({ step }) => isWanted(step))
  else if (Option.isSome(options.step)) {
    return yield* new Usage({ reason: "a step is named to see what it logged: add --logs or --follow" })
  } else yield* page(options, of, names)
})

interface Of {
  readonly run: Run
  readonly steps: ReadonlyArray<StepRecord>
  readonly graph: AssetGraph.AssetGraph | undefined
  readonly dictionary: PartitionDictionary
}

const page = Effect.fnUntraced(function* (
  { json }: Options,
  { graph, run, steps }: Of,
  names: PartitionNames.PartitionNames
) {
  const screen = yield* Screen
  const events = (yield* EventLog.use((log) => log.ofRun(run.id))).map(({ event }) => event)
  const summary = RunSummary.make(run, steps, events)
  if (json) return yield* screen.print(() => Json.text(RunReport.json(summary, names)))
  const { lines } = yield* StepLog.use((log) => log.read(run.id))
  const findings = events
    .filter(Event.guards.ChecksEvaluated)
    .flatMap(({ results }) => results)
    .filter(({ outcome }) => outcome !== "Passed")
  const inputs = (key: AssetKey) => (graph?.inputs.get(key) ?? []).map(({ asset }) => asset)
  yield* screen.print((view) => RunPage.text({ summary, steps, inputs, findings, logged: lines.length }, names, view))
})

const logs = Effect.fnUntraced(function* (
  { json }: Options,
  { run, steps }: Of,
  names: PartitionNames.PartitionNames,
  isWanted: (line: LogLine) => boolean
) {
  const screen = yield* Screen
  const lines = (yield* StepLog.use((log) => log.read(run.id))).lines.filter(isWanted)
  yield* lines.length === 0
    ? screen.tell(() => `no step of run ${run.id} logged anything that is kept: Effect.log in a body does`)
    : screen.print((view) => LogText.text(lines, { steps, names, json }, view))
})
