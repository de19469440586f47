/**
 * The assets of which some partitions have the statuses that a selection names,
 * as far as others' files were observed before.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import { main } from "../runtime/event/Run.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as State from "../runtime/record/State.ts"
import * as DeadRuns from "./DeadRuns.ts"
import type * as Flags from "./Flags.ts"
import * as OpenProject from "./OpenProject.ts"
import * as Project from "./Project.ts"
import * as ProjectRequest from "./ProjectRequest.ts"
import * as Requested from "./Requested.ts"
import * as PartitionNames from "./render/PartitionNames.ts"
import * as Wiring from "./Wiring.ts"

export const list = Effect.fn("ListedStatuses.list")(function* (options: Flags.Options<typeof Flags.list>) {
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const requested = yield* Effect.fromResult(Requested.make(loaded.graph, { ...options, partitions: Option.none() }))
  const versioned = yield* OpenProject.versioned(loaded)
  const { view } = yield* Effect.andThen(DeadRuns.close, KnownState.load(loaded.graph, versioned, main)).pipe(
    Effect.provide((yield* Wiring.hasState(loaded)) ? Wiring.state(loaded) : State.layerMemory)
  )
  const selected = yield* Effect.fromResult(requested.resolve(view))
  const names = PartitionNames.make(loaded.graph.assets, view.dictionary)
  return {
    assets: loaded.snapshot.assets.filter(({ key }) => !PartitionSet.isEmpty(selected.get(key) ?? PartitionSet.empty)),
    partitions: { names, of: selected }
  }
})
