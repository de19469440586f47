/**
 * The assets of which some partitions have the statuses that a selection names,
 * as far as others' files were observed before.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
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
  const { view } = yield* Effect.andThen(DeadRuns.close, OpenProject.known(loaded)).pipe(
    Effect.provide(Wiring.stateIfAny(loaded))
  )
  const selected = yield* Effect.fromResult(requested.resolve(view))
  const names = PartitionNames.make(loaded.graph.assets, view.dictionary)
  return {
    assets: loaded.snapshot.assets.filter(({ key }) => !PartitionSet.isEmpty(selected.get(key) ?? PartitionSet.empty)),
    partitions: { names, of: selected }
  }
})
