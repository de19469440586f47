/**
 * What `plan` and `materialize` have in common: the project, its state, and
 * the plan of what was asked for.
 */
import { availableParallelism } from "node:os"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import { main } from "../runtime/event/Run.ts"
import * as AssetGraphView from "../runtime/event/AssetGraphView.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import * as ExpectedTime from "../runtime/read/ExpectedTime.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as Requested from "./Requested.ts"
import * as PartitionNames from "./render/PartitionNames.ts"
import * as RunRequest from "./render/RunRequest.ts"

export interface Options {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
  readonly config: ReadonlyArray<string>
  readonly force: boolean
  readonly definitions: Option.Option<string>
  /** How many steps may run at once; without it one for each core. */
  readonly jobs?: Option.Option<number>
}

export type Planning = Effect.Success<ReturnType<typeof ofRequest>>

/** Loads the project, opens its state, observes what others wrote and plans. */
export const make = Effect.fn("Planning.make")(function* (options: Options) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const requested = yield* Effect.fromResult(Requested.make(loaded.graph, options))
  const opened = yield* OpenProject.open(loaded, options)
  const planning = yield* ofRequest(opened, {
    environment: main,
    assets: requested.assets,
    narrow: (view, key) => Result.getOrElse(requested.resolve(view), nothing).get(key) ?? PartitionSet.empty,
    force: options.force,
    words: wordsOf(options),
    jobs: options.jobs ?? Option.none()
  })
  // A plan of words that mean nothing is empty; what is wrong with them is said here.
  yield* Effect.fromResult(requested.resolve(planning.planned.known.view))
  return planning
})

/** What is to be planned, in the words of a command line that asks for it. */
export interface Request extends Materialization.PlanRequest {
  readonly words: string
  readonly jobs: Option.Option<number>
}

/** Observes what others wrote, and plans. */
export const ofRequest = Effect.fn("Planning.ofRequest")(function* (opened: OpenProject.Opened, request: Request) {
  const concurrency = Option.getOrElse(request.jobs, availableParallelism)
  const planned = yield* Effect.provideContext(Materialization.plan(opened.project, request), opened.state)
  const expected = yield* Effect.provideContext(ExpectedTime.read(planned.plan, concurrency), opened.state)
  return {
    ...opened,
    planned: { ...planned, expected },
    concurrency,
    names: PartitionNames.make(opened.project.graph.assets, planned.known.view.dictionary),
    words: request.words,
    sources: silent(planned.known.view, request.assets)
  }
})

/** The external assets of which nothing is there, among what the assets are made from. */
const silent = (view: AssetGraphView.AssetGraphView, assets: ReadonlySet<AssetKey>): ReadonlyArray<AssetKey> => {
  const needed = new Set([...assets].flatMap((key) => [key, ...AssetGraph.ancestors(view.graph, key)]))
  return [...needed].filter(
    (key) =>
      view.graph.assets.get(key)?.source._tag === "External" &&
      PartitionSet.isEmpty(AssetGraphView.materialized(view, key))
  )
}

const nothing = (): ReadonlyMap<AssetKey, PartitionSet.PartitionSet> => new Map()

/** The command line again, in the order in which requests are recorded. */
const wordsOf = ({ config, definitions, force, partitions, selection }: Options): string =>
  RunRequest.make([
    "materialize",
    ...selection,
    ...Option.match(partitions, { onNone: () => [], onSome: (text) => ["-p", text] }),
    ...config.flatMap((text) => ["-c", text]),
    ...Option.match(definitions, { onNone: () => [], onSome: (path) => ["-d", path] }),
    ...(force ? ["--force"] : [])
  ])
