/**
 * `strata show`: one asset, what it is made from, how it stands, and its versions
 * over time.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import { main } from "../../runtime/event/Run.ts"
import * as StoredColumns from "../../resources/StoredColumns.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as AssetStatus from "../../runtime/read/AssetStatus.ts"
import * as VersionHistory from "../../runtime/read/VersionHistory.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as State from "../../runtime/record/State.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as PartitionAddress from "../PartitionAddress.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as AssetPage from "../render/AssetPage.ts"
import * as PartitionNames from "../render/PartitionNames.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const show = Effect.fn("show")(function* (options: Flags.Options<typeof Flags.show>) {
  const screen = yield* Screen
  const project = yield* Project.load(ProjectRequest.of(options))
  const key = yield* Effect.fromResult(PartitionAddress.findAsset(project.graph, options.asset))
  const state = (yield* Wiring.hasState(project)) ? Wiring.state(project) : State.layerMemory
  const { config, names, status, versions } = yield* Effect.provide(read(project, key), state)
  const page = {
    asset: project.snapshot.assets.find((asset) => asset.key === key)!,
    downstream: project.graph.downstream.get(key)!,
    config,
    status,
    versions,
    folder: `${project.home}/objects/${key}`
  }
  yield* screen.print((view) => (options.json ? AssetPage.json(page, names) : AssetPage.text(page, names, view)))
})

const read = Effect.fnUntraced(function* ({ codeVersions, definitions, graph }: Project.Project, key: AssetKey) {
  yield* DeadRuns.close
  const configs = yield* Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config]))
  const { manifests, view } = yield* KnownState.load(
    graph,
    { codeVersions, configs, mismatch: StoredColumns.mismatch },
    main
  )
  return {
    config: configs.get(key)?.text ?? "",
    names: PartitionNames.make(graph.assets, view.dictionary),
    status: AssetStatus.make(view, key, manifests.get(key) ?? []),
    versions: yield* VersionHistory.read(main, key)
  }
})
