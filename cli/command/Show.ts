/**
 * `strata show`: one asset, what it is made from and how it stands.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import { main } from "../../runtime/event/Run.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as NearestName from "../../runtime/graph/NearestName.ts"
import { UnknownAsset } from "../../runtime/graph/SelectionName.ts"
import * as AssetStatus from "../../runtime/read/AssetStatus.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as State from "../../runtime/record/State.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as AssetPage from "../render/AssetPage.ts"
import * as PartitionNames from "../render/PartitionNames.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const show = Effect.fn("show")(function* (options: Flags.Options<typeof Flags.show>) {
  const screen = yield* Screen
  const project = yield* Project.load(ProjectRequest.of(options))
  const key = yield* keyOf(project, options.asset)
  const state = (yield* Wiring.hasState(project)) ? Wiring.state(project) : State.layerMemory
  const { config, names, status } = yield* Effect.provide(read(project, key), state)
  const page = {
    asset: project.snapshot.assets.find((asset) => asset.key === key)!,
    downstream: project.graph.downstream.get(key)!,
    config,
    status,
    folder: `${project.home}/objects/${key}`
  }
  yield* screen.print((view) => (options.json ? AssetPage.json(page, names) : AssetPage.text(page, names, view)))
})

const keyOf = ({ graph }: Project.Project, text: string): Effect.Effect<AssetKey, UnknownAsset> => {
  const key = graph.order.find((key) => key === text)
  return key === undefined
    ? Effect.fail(new UnknownAsset({ pattern: text.slice(0, 200), nearest: NearestName.find(text, graph.order) }))
    : Effect.succeed(key)
}

const read = Effect.fnUntraced(function* ({ codeVersions, definitions, graph }: Project.Project, key: AssetKey) {
  yield* DeadRuns.close
  const configs = yield* Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config]))
  const { manifests, view } = yield* KnownState.load(graph, { codeVersions, configs }, main)
  return {
    config: configs.get(key)?.text ?? "",
    names: PartitionNames.make(graph.assets, view.dictionary),
    status: AssetStatus.make(view, key, manifests.get(key) ?? [])
  }
})
