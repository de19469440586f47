/**
 * `strata retry`: goes on with what a run left, as the code is now.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import { main, type Run } from "../../runtime/event/Run.ts"
import * as Materialization from "../../runtime/execute/Materialization.ts"
import type { KnownState } from "../../runtime/record/KnownState.ts"
import { Usage } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as DeadRuns from "../DeadRuns.ts"
import * as OpenProject from "../OpenProject.ts"
import * as Performing from "../Performing.ts"
import * as Planning from "../Planning.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Json from "../render/Json.ts"
import * as RetryText from "../render/RetryText.ts"
import * as RunRequest from "../render/RunRequest.ts"
import * as RunName from "../RunName.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

type Options = Flags.Options<typeof Flags.retry>

export const retry = Effect.fn("retry")(function* (options: Options) {
  const screen = yield* Screen
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const run = (yield* Wiring.hasState(loaded)) ? yield* runOf(loaded, options) : Option.none<Run>()
  if (Option.isNone(run)) {
    return yield* options.json ? screen.print(() => Json.text({ run: null })) : screen.tell(RetryText.nothing)
  }
  if (RunRequest.isOfProject(run.value.request)) {
    const again = RunRequest.retry(run.value.request)
    return yield* new Usage({ reason: `run ${run.value.id} goes on where its own command is given again: ${again}` })
  }
  // Parameters that the run was given are given again, before those of this command line.
  const config = [...RunRequest.config(run.value.request), ...options.config]
  const opened = yield* OpenProject.open(loaded, { ...options, config })
  const request = yield* Effect.provideContext(Materialization.retryRequest(opened.project, run.value), opened.state)
  if (Option.isNone(request)) {
    return yield* options.json
      ? screen.print(() => Json.text({ run: null, retried: run.value.id }))
      : screen.tell((view) => RetryText.nothingLeft(run.value, view))
  }
  const words = wordsOf(run.value, config, options)
  const planning = yield* Planning.ofRequest(opened, { ...request.value, words, jobs: options.jobs })
  const changed = changedCode(planning.planned.known, run.value)
  yield* screen.tell((view) => RetryText.opening(run.value, changed, view))
  yield* Performing.run(planning, options)
}, Effect.scoped)

/** Closes dead runs first: one of them may be the newest. */
const runOf = Effect.fnUntraced(function* (loaded: Project.Project, { run }: Options) {
  const find = Option.match(run, {
    onNone: () => Materialization.newestUnfinished(main),
    onSome: (text) => Effect.asSome(RunName.find(text))
  })
  return yield* Effect.provide(Effect.andThen(DeadRuns.close, find), Wiring.state(loaded))
})

/** Assets that the run made with other code. */
const changedCode = ({ manifests, view }: KnownState, run: Run): ReadonlyArray<AssetKey> =>
  [...manifests]
    .filter(([key, pieces]) =>
      pieces.some(({ object }) => object.runId === run.id && object.codeVersion !== view.codeVersions.get(key))
    )
    .map(([key]) => key)

const wordsOf = (run: Run, config: ReadonlyArray<string>, { definitions }: Options): string =>
  RunRequest.make([
    "retry",
    run.id,
    ...config.flatMap((text) => ["-c", text]),
    ...Option.match(definitions, { onNone: () => [], onSome: (path) => ["-d", path] })
  ])
