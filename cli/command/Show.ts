/**
 * `strata show`: one asset, what it is made from, how it stands, and its versions
 * over time.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import { main } from "../../runtime/event/Run.ts"
import * as AssetFreshness from "../../runtime/read/AssetFreshness.ts"
import * as AssetStatus from "../../runtime/read/AssetStatus.ts"
import * as CheckStatus from "../../runtime/read/CheckStatus.ts"
import * as Measures from "../../runtime/read/Measures.ts"
import * as ObservedFiles from "../../runtime/read/ObservedFiles.ts"
import * as VersionHistory from "../../runtime/read/VersionHistory.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as OpenProject from "../OpenProject.ts"
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
  const { names, ...standing } = yield* Effect.provide(read(project, key), Wiring.stateIfAny(project))
  const page = {
    asset: project.snapshot.assets.find((asset) => asset.key === key)!,
    downstream: project.graph.downstream.get(key)!,
    ...standing,
    resources: yield* project.definitions.descriptions[key] ?? Effect.succeed([]),
    folder: `${project.home}/objects/${key}`
  }
  yield* screen.print((view) => (options.json ? AssetPage.json(page, names) : AssetPage.text(page, names, view)))
})

const read = Effect.fnUntraced(function* (project: Project.Project, key: AssetKey) {
  yield* DeadRuns.close
  const versioned = yield* OpenProject.versioned(project)
  const known = yield* KnownState.load(project.graph, versioned, main)
  const { manifests, view } = known
  return {
    freshness: AssetFreshness.make(known, key),
    config: versioned.configs.get(key)?.text ?? "",
    names: PartitionNames.make(project.graph.assets, view.dictionary),
    files: ObservedFiles.make(known.observations.get(key) ?? []),
    status: AssetStatus.make(view, key, manifests.get(key) ?? []),
    versions: yield* VersionHistory.read(main, key),
    measures: yield* Measures.read(key),
    checks: (yield* CheckStatus.read(project.graph, main)).filter(({ asset }) => asset === key),
    checkNames: {
      dictionary: view.dictionary,
      definitionOf: () => project.graph.assets.get(key)?.partitions
    }
  }
})
