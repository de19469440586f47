/**
 * What `plan` and `materialize` have in common: the project, its state, and
 * the plan of what was asked for.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as StoredColumns from "../resources/StoredColumns.ts"
import * as Result from "effect/Result"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraphSnapshot from "../runtime/graph/AssetGraphSnapshot.ts"
import * as ConfigFlag from "./ConfigFlag.ts"
import * as DeadRuns from "./DeadRuns.ts"
import { Usage } from "./Failure.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as Requested from "./Requested.ts"
import * as PartitionNames from "./render/PartitionNames.ts"
import * as RunRequest from "./render/RunRequest.ts"
import { ResourcesUnavailable } from "./ResourcesUnavailable.ts"
import * as Wiring from "./Wiring.ts"

export interface Options {
  readonly selection: ReadonlyArray<string>
  readonly partitions: Option.Option<string>
  readonly config: ReadonlyArray<string>
  readonly force: boolean
  readonly definitions: Option.Option<string>
}

/** Loads the project, opens its state, observes what others wrote and plans. */
export const make = Effect.fn("Planning.make")(function* (options: Options) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const { definitions, graph } = loaded
  const requested = yield* Effect.fromResult(Requested.make(graph, options))
  const configs = yield* configsOf(loaded, options)
  const build = yield* Wiring.builder
  const state = yield* build(Wiring.state(loaded))
  const resources = yield* Effect.mapError(
    build(Wiring.resources(definitions)),
    (cause) => new ResourcesUnavailable({ cause })
  )
  const project: Materialization.Project = {
    graph,
    configs,
    resources,
    codeVersions: loaded.codeVersions,
    codeParts: AssetGraphSnapshot.codeParts(loaded.snapshot),
    mismatch: StoredColumns.mismatch
  }
  const planned = yield* DeadRuns.close.pipe(
    Effect.andThen(
      Materialization.plan(project, {
        environment: main,
        assets: requested.assets,
        narrow: (view, key) => Result.getOrElse(requested.resolve(view), nothing).get(key) ?? PartitionSet.empty,
        force: options.force
      })
    ),
    Effect.provideContext(state)
  )
  // A plan of words that mean nothing is empty; what is wrong with them is said here.
  yield* Effect.fromResult(requested.resolve(planned.known.view))
  return {
    location: loaded,
    project,
    planned,
    build,
    state,
    names: PartitionNames.make(graph.assets, planned.known.view.dictionary),
    words: wordsOf(options)
  }
})

const nothing = (): ReadonlyMap<AssetKey, PartitionSet.PartitionSet> => new Map()

/** What is wrong with the definitions' own values is not the command line's fault. */
const configsOf = Effect.fnUntraced(function* ({ definitions, graph }: Project.Project, { config }: Options) {
  yield* Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config]))
  const values = yield* Effect.fromResult(ConfigFlag.parse(config))
  return yield* Effect.mapError(
    Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config, values])),
    ({ message }) => new Usage({ reason: message })
  )
})

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
