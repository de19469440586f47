/**
 * What is stored of a project's assets, opened when one of its commands first
 * asks. A command that stays sees what other processes publish.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Scope } from "effect/Scope"
import type * as AssetKey from "../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import * as Sql from "../runtime/definition/Sql.ts"
import { type Made, StoredAssets, StoredAssetsError } from "../runtime/definition/StoredAssets.ts"
import { main } from "../runtime/event/Run.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import * as Staleness from "../runtime/plan/Staleness.ts"
import * as AssetRelation from "../runtime/read/AssetRelation.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as State from "../runtime/record/State.ts"
import * as OpenProject from "./OpenProject.ts"
import type * as Project from "./Project.ts"
import * as Wiring from "./Wiring.ts"

/** It shares the engine with the resources of the project when both are built together. */
export const layer = (project: Project.Project): Layer.Layer<StoredAssets> =>
  Layer.fromBuild((memoMap, scope) =>
    Effect.gen(function* () {
      const files = yield* Effect.context<FileSystem.FileSystem>()
      const opened = yield* Effect.cachedWithTTL(
        Effect.flatMap(yield* Effect.cached(open(project, memoMap, scope)), ({ now }) => now).pipe(
          Effect.provideContext(files)
        ),
        freshness
      )
      return Context.make(StoredAssets, make(project, opened))
    })
  ).pipe(Layer.provide(NodeFileSystem.layer))

const make = (project: Project.Project, opened: Effect.Effect<Opened, unknown>): StoredAssets["Service"] => {
  const ask = <A>(key: string, question: (state: Opened, asset: AssetKey.AssetKey) => Effect.Effect<A, unknown>) =>
    Effect.fromResult(find(project, key)).pipe(
      Effect.flatMap((asset) => Effect.flatMap(opened, (state) => question(state, asset))),
      Effect.mapError((cause) => new StoredAssetsError({ cause }))
    )
  return {
    assets: project.graph.order.map((key) => AssetGraph.asset(project.graph, key)),
    rows: (key, partitions) =>
      ask(key, ({ context, known }, asset) => {
        const wanted = partitions === undefined ? undefined : ordinals(project, known, asset, partitions)
        return Effect.provideContext(relation(AssetRelation.rows(known, asset, wanted)), context)
      }),
    quarantine: (key) =>
      ask(key, ({ context, known }, asset) =>
        Effect.provideContext(relation(AssetRelation.quarantine(known, asset)), context)
      ),
    files: (key) =>
      ask(key, ({ known }, asset) => {
        const { partitions } = AssetGraph.asset(project.graph, asset)
        const seen = known.observations.get(asset) ?? []
        return Effect.succeed(KnownState.landedFiles(partitions, known.view.dictionary, seen))
      }),
    made: (key, partition) => ask(key, ({ known }, asset) => Effect.succeed(madeOf(project, known, asset, partition)))
  }
}

/** The questions of one answer see one state. */
const freshness = "500 millis"

/** Layers are built where the layer itself is, so that they are the same as those of the resources. */
const open = Effect.fnUntraced(function* (project: Project.Project, memoMap: Layer.MemoMap, scope: Scope) {
  const versioned = yield* OpenProject.versioned(project)
  const engine = yield* Effect.cached(Layer.buildWithMemoMap(Wiring.engine, memoMap, scope))
  // Each state has layers of its own: memoized, a database that comes later would be the empty one.
  const opened = (state: Layer.Layer<State.State, unknown, FileSystem.FileSystem>) =>
    Effect.cached(
      Effect.map(Effect.all([Layer.buildWithScope(state, scope), engine]), ([state, engine]) =>
        Context.merge(state, engine)
      )
    )
  const [empty, kept] = [yield* opened(State.layerMemory), yield* opened(Wiring.state(project))]
  return {
    now: Effect.gen(function* () {
      const context = yield* (yield* Wiring.hasState(project)) ? kept : empty
      const known = yield* Effect.provideContext(KnownState.load(project.graph, versioned, main), context)
      return { context, known }
    })
  }
})

type Opened = Effect.Success<Effect.Success<ReturnType<typeof open>>["now"]>

const relation = <E, R>(query: Effect.Effect<Sql.Sql, E, R>) =>
  Effect.map(query, (sql): Sql.Relation => ({ sql: Sql.subquery(sql) }))

const find = ({ graph }: Project.Project, key: string): Result.Result<AssetKey.AssetKey, TypeError> => {
  const found = graph.order.find((one) => one === key)
  return found === undefined ? Result.fail(new TypeError(`there is no asset ${key}`)) : Result.succeed(found)
}

/** Keys that an asset does not have are no partitions of it. */
const ordinals = (
  { graph }: Project.Project,
  { view }: KnownState.KnownState,
  asset: AssetKey.AssetKey,
  keys: ReadonlyArray<string>
) => {
  const { partitions } = AssetGraph.asset(graph, asset)
  if (!PartitionsDefinition.isPartitioned(partitions)) return PartitionSet.of(0)
  const found = keys.map((key) => PartitionsDefinition.ordinal(partitions, view.dictionary, key))
  return PartitionSet.fromOrdinals(found.filter(Result.isSuccess).map(({ success }) => success))
}

const madeOf = (
  project: Project.Project,
  known: KnownState.KnownState,
  asset: AssetKey.AssetKey,
  partition: string
): Made | undefined => {
  const wanted = ordinals(project, known, asset, [partition])
  const piece = (known.manifests.get(asset) ?? []).find(
    ({ live }) => !PartitionSet.isEmpty(PartitionSet.intersection(live, wanted))
  )
  if (piece === undefined) return undefined
  const { codeVersion, config, createdAt, runId } = piece.object
  const stale = !PartitionSet.isEmpty(Staleness.stale(known.view, asset, wanted))
  return { codeVersion, config, run: runId, at: createdAt, stale }
}
