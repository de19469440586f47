/**
 * A project with its state open and the resources of its assets ready: what
 * commands need that look at what others wrote.
 */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as StoredColumns from "../resources/StoredColumns.ts"
import { main } from "../runtime/event/Run.ts"
import type * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraphSnapshot from "../runtime/graph/AssetGraphSnapshot.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as ConfigFlag from "./ConfigFlag.ts"
import * as DeadRuns from "./DeadRuns.ts"
import { Usage } from "./Failure.ts"
import type * as Project from "./Project.ts"
import { ResourcesUnavailable } from "./ResourcesUnavailable.ts"
import * as Wiring from "./Wiring.ts"

export interface Options {
  readonly definitions: Option.Option<string>
  readonly config?: ReadonlyArray<string>
}

/** What decides how the assets are made, with the parameters of the definitions or of the command line. */
export const versioned = Effect.fnUntraced(function* (loaded: Project.Project, config: ReadonlyArray<string> = []) {
  return {
    configs: yield* configsOf(loaded, config),
    codeVersions: loaded.codeVersions,
    codeParts: AssetGraphSnapshot.codeParts(loaded.snapshot),
    mismatch: StoredColumns.mismatch
  } satisfies KnownState.Versioned
})

/** What is known of the assets, with the parameters of the definitions. */
export const known = (loaded: Project.Project) =>
  Effect.flatMap(versioned(loaded), (how) => KnownState.load(loaded.graph, how, main))

/** Opens the state of a project that was loaded, and closes the runs that died there. */
export const open = Effect.fn("OpenProject.open")(function* (loaded: Project.Project, options: Options) {
  const how = yield* versioned(loaded, options.config)
  const build = yield* Wiring.builder
  const state = yield* build(Wiring.state(loaded))
  const resources = yield* Effect.mapError(
    build(Wiring.resources(loaded.definitions)),
    (cause) => new ResourcesUnavailable({ cause })
  )
  const project: Materialization.Project = {
    graph: loaded.graph,
    resources,
    pools: loaded.definitions.pools,
    ...how
  }
  yield* Effect.provideContext(DeadRuns.close, state)
  return { location: loaded, project, build, state }
})

/** What is wrong with the definitions' own values is not the command line's fault. */
const configsOf = Effect.fnUntraced(function* ({ definitions, graph }: Project.Project, config: ReadonlyArray<string>) {
  yield* Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config]))
  const values = yield* Effect.fromResult(ConfigFlag.parse(config))
  return yield* Effect.mapError(
    Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config, values])),
    ({ message }) => new Usage({ reason: message })
  )
})

export type Opened = Effect.Success<ReturnType<typeof open>>
