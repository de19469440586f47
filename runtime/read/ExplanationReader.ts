/**
 * Reads from state and storage what explains a partition: how it failed, what
 * its inputs held when it was made, of what its code was made.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Environment } from "../event/Run.ts"
import type * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type * as RunPlan from "../plan/RunPlan.ts"
import { AssetHistory, type FailedStep, type Published } from "../record/AssetHistory.ts"
import type { StoredObject } from "../record/Catalog.ts"
import * as KnownState from "../record/KnownState.ts"
import { ObjectStore } from "../record/ObjectStore.ts"
import { RunLedger } from "../record/RunLedger.ts"
import * as Explanation from "./Explanation.ts"
import * as ExplanationText from "./ExplanationText.ts"

/** A project as far as it explains: what `Materialization.Project` has too. */
export interface Project extends KnownState.Versioned {
  readonly graph: AssetGraph.AssetGraph
}

/** Why a partition is as it is now. It does not observe: that is up to whoever asks. */
export const read = Effect.fn("ExplanationReader.read")(function* (
  project: Project,
  environment: Environment,
  asset: AssetKey,
  ordinal: number
) {
  const known = yield* KnownState.load(project.graph, project, environment)
  return yield* explain(project, environment, known, asset, ordinal)
})

/** The same from what is known already, such as that of a plan. */
export const explain = Effect.fn("ExplanationReader.explain")(function* (
  project: Project,
  environment: Environment,
  known: KnownState.KnownState,
  asset: AssetKey,
  ordinal: number
) {
  const object = Explanation.objectOf(known.manifests, asset, ordinal)
  const failures = yield* failuresOf(known, environment, asset)
  const begun = object === undefined ? 0 : yield* begunAt(object)
  const newer = object === undefined ? [] : newerInputs(known, asset, ordinal, object, begun)
  const seen = yield* dataSeen(
    environment,
    newer,
    ({ object: input }) => input.runId === object?.runId || input.createdAt <= begun
  )
  const now = known.view.codeVersions.get(asset) ?? ""
  const parts = yield* AssetHistory.use((history) =>
    history.code(object === undefined ? [] : [object.codeVersion, now])
  )
  return Explanation.make(
    {
      ...known,
      failureOf: (asset, ordinal) =>
        failures.get(asset)?.find(({ partitions }) => PartitionSet.has(partitions, ordinal)),
      begunAt: () => begun,
      dataSeen: (asset, ordinal) => seen.get(asset)?.get(ordinal),
      codeParts: (version) => project.codeParts?.get(version) ?? parts.get(version)
    },
    asset,
    ordinal
  )
})

/**
 * What made partitions of an asset stale that a plan makes again, a line each:
 * `code changed: assets/postings/Title.ts`. Of each cause, one partition is looked at.
 */
export const reasons = Effect.fn("ExplanationReader.reasons")(function* (
  project: Project,
  environment: Environment,
  { known, plan }: { readonly known: KnownState.KnownState; readonly plan: RunPlan.RunPlan },
  asset: AssetKey
) {
  const lines = new Set<string>()
  for (const partitions of plan.causes.get(asset)?.values() ?? []) {
    const explanation = yield* explain(project, environment, known, asset, PartitionSet.first(partitions)!)
    if (explanation._tag !== "Stale") continue
    for (const line of ExplanationText.reasons(explanation.changes)) lines.add(line)
  }
  return [...lines]
})

/** Of the asset and everything that it is made from, where something failed. */
const failuresOf = Effect.fnUntraced(function* (
  { view }: KnownState.KnownState,
  environment: Environment,
  asset: AssetKey
) {
  const history = yield* AssetHistory
  const failed = [asset, ...AssetGraph.ancestors(view.graph, asset)].filter(
    (key) => !PartitionSet.isEmpty(AssetGraphView.failed(view, key))
  )
  const failures = new Map<AssetKey, ReadonlyArray<FailedStep>>()
  for (const key of failed) failures.set(key, yield* history.failures(environment, key, limit))
  return failures
})

const limit = 10_000

const begunAt = Effect.fnUntraced(function* (object: StoredObject) {
  const run = yield* RunLedger.use((ledger) => ledger.find(object.runId))
  return Option.match(run, { onNone: () => object.createdAt, onSome: ({ startedAt }) => startedAt })
})

/** Inputs that were made again after the run began that made the object. */
const newerInputs = (
  { manifests, view }: KnownState.KnownState,
  asset: AssetKey,
  ordinal: number,
  object: StoredObject,
  begun: number
): ReadonlyArray<Explanation.Subject> =>
  Explanation.inputsOf(view, asset, ordinal).filter((input) => {
    const made = Explanation.objectOf(manifests, input.asset, input.ordinal)
    return made !== undefined && made.runId !== object.runId && made.createdAt > begun
  })

type Contents = ReadonlyMap<AssetKey, ReadonlyMap<number, Version.Version>>

/** The content of partitions in the newest objects that were seen. What was collected since is not known. */
const dataSeen = Effect.fnUntraced(function* (
  environment: Environment,
  subjects: ReadonlyArray<Explanation.Subject>,
  isSeen: (published: Published) => boolean
) {
  const history = yield* AssetHistory
  const store = yield* ObjectStore
  const contents = new Map<AssetKey, ReadonlyMap<number, Version.Version>>()
  for (const [asset, of] of Map.groupBy(subjects, ({ asset }) => asset)) {
    const seen = (yield* history.published(environment, asset, limit)).filter(isSeen)
    const objectOf = ({ ordinal }: Explanation.Subject) =>
      seen.find(({ object }) => PartitionSet.has(object.partitions, ordinal))?.object
    const ofAsset = new Map<number, Version.Version>()
    for (const [object, subjects] of Map.groupBy(of, objectOf)) {
      const versions = object === undefined ? Option.none() : yield* Effect.option(store.versions(object))
      if (Option.isNone(versions)) continue
      for (const { ordinal } of subjects) ofAsset.set(ordinal, PartitionVersions.data(versions.value, ordinal)!)
    }
    contents.set(asset, ofAsset)
  }
  return contents satisfies Contents as Contents
})
