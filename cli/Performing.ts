/**
 * Performs what was planned, shows it, and says what came of it: how
 * `materialize` and `retry` end.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { main, type Run } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as RunPlan from "../runtime/plan/RunPlan.ts"
import * as RunSummary from "../runtime/read/RunSummary.ts"
import * as ProcessLiveness from "../runtime/record/ProcessLiveness.ts"
import { EventLog } from "../runtime/record/EventLog.ts"
import { RunLedger } from "../runtime/record/RunLedger.ts"
import * as DeadRuns from "./DeadRuns.ts"
import { Told } from "./Failure.ts"
import * as GitRevision from "./GitRevision.ts"
import * as Isolation from "./Isolation.ts"
import * as MetricsFile from "./MetricsFile.ts"
import type * as Planning from "./Planning.ts"
import * as Progress from "./Progress.ts"
import * as ProjectLocation from "./ProjectLocation.ts"
import * as DeadRunText from "./render/DeadRunText.ts"
import * as Json from "./render/Json.ts"
import * as Names from "./render/Names.ts"
import * as PlanText from "./render/PlanText.ts"
import * as RunReport from "./render/RunReport.ts"
import * as RunRequest from "./render/RunRequest.ts"
import { Screen } from "./Screen.ts"
import * as Wiring from "./Wiring.ts"

export interface Options {
  readonly json: boolean
  /** Where metrics are written for Prometheus. */
  readonly metrics: Option.Option<string>
}

/** Fails, once all was said, where something failed or could not be made. */
export const run = Effect.fn("Performing.run")(function* (planning: Planning.Planning, options: Options) {
  const screen = yield* Screen
  const { names, planned } = planning
  yield* screen.tell((view) => PlanText.blocked(planned.plan, names, view))
  if (RunPlan.isEmpty(planned.plan)) {
    yield* options.json
      ? screen.print(() => Json.text({ run: null, plan: PlanText.json(planned, names) }))
      : screen.tell((view) => PlanText.nothing(planning, view))
  } else {
    const ended = yield* perform(planning, options)
    yield* report(planning, ended, options)
    if (ended.status !== "Succeeded") return yield* new Told()
  }
  if (!PlanText.isWaiting(planned.plan)) return yield* new Told()
})

/** The run as it ended. */
const perform = Effect.fnUntraced(function* (planning: Planning.Planning, { json, metrics }: Options) {
  const { concurrency, location, names, planned, project, state, words } = planning
  const screen = yield* Screen
  yield* json ? Effect.void : screen.tell((view) => PlanText.opening(planned, names, view))
  const git = yield* GitRevision.of(location.root)
  const engine = yield* planning.build(Wiring.engine)
  const host = yield* planning.build(Isolation.layer(location))
  yield* Effect.forkScoped(Effect.provideContext(Effect.ignore(DeadRuns.watch), state))
  const { run, status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: words,
    git,
    process: yield* ProcessLiveness.current,
    concurrency
  }).pipe(
    MetricsFile.around(metrics, (step) => Names.assets(planned.plan.steps[step]!.assets)),
    Progress.during({ steps: planned.plan.steps, names, json }, words),
    Effect.provideContext(engine),
    Effect.provideContext(host),
    Effect.provideContext(state),
    Effect.catchTag("LeaseLost", ({ runId }) =>
      Effect.andThen(
        screen.tell((view) => DeadRunText.closed(runId, words, view)),
        new Told()
      )
    )
  )
  const ended = yield* Effect.provideContext(
    RunLedger.use((ledger) => ledger.find(run.id)),
    state
  )
  return Option.getOrElse(ended, (): Run => ({ ...run, status }))
})

/** The events say why partitions failed, and are not read where none did. */
const summaryOf = Effect.fnUntraced(function* (run: Run) {
  const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
  const hasFailed = steps.some(({ status }) => status === "Failed")
  const events = hasFailed ? yield* EventLog.use((log) => log.ofRun(run.id)) : []
  return RunSummary.make(
    run,
    steps,
    events.map(({ event }) => event)
  )
})

const report = Effect.fnUntraced(function* (
  { location, names, planned, project, state }: Planning.Planning,
  run: Run,
  { json }: Options
) {
  const screen = yield* Screen
  const summary = yield* Effect.provideContext(summaryOf(run), state)
  const objects = `${location.home}/objects`
  const place = ProjectLocation.shown(process.cwd(), objects)
  yield* screen.print((view) =>
    json
      ? Json.text({
          run: RunReport.json(summary, names),
          resume: resumeOf(run),
          objects,
          plan: PlanText.json(planned, names)
        })
      : RunReport.made(summary, names, view)
  )
  yield* json
    ? Effect.void
    : screen.tell((view) => RunReport.closing(summary, { names, place, graph: project.graph }, view))
})

/** The command that goes on with what is left; null where nothing is. */
const resumeOf = ({ id, request, status }: Run): string | null =>
  status === "Succeeded" ? null : RunRequest.retry(request, id)
