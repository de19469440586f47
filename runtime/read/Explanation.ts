/**
 * Why a partition is as it is: the answer of `strata why`.
 *
 * Made from the same view as a plan, so what it says is what a plan would do.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import type { Run, StepError } from "../event/Run.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as Staleness from "../plan/Staleness.ts"
import type { Manifest, StoredObject } from "../record/Catalog.ts"

/** A partition of an asset, as people name it: `postings/daily[2025-06-01]`. */
export interface Subject {
  readonly asset: AssetKey
  readonly ordinal: number
  /** Its name for people. */
  readonly name: string
}

/** A field of an asset's parameters, before and now, as JSON. */
export interface FieldChange {
  readonly field: string
  readonly before: string
  readonly now: string
}

export type Explanation =
  | { readonly _tag: "Observed"; readonly subject: Subject }
  /** Nothing landed that it is made from. */
  | { readonly _tag: "DoesNotExist"; readonly subject: Subject; readonly inputs: ReadonlyArray<AssetKey> }
  | { readonly _tag: "UpToDate"; readonly subject: Subject; readonly object: StoredObject }
  | { readonly _tag: "Failed"; readonly subject: Subject; readonly failure: LastFailure | undefined }
  | { readonly _tag: "Missing"; readonly subject: Subject; readonly waitsFor: ReadonlyArray<Explanation> }
  | {
      readonly _tag: "Stale"
      readonly subject: Subject
      readonly object: StoredObject
      readonly codeChanged: boolean
      readonly config: ReadonlyArray<FieldChange>
      /** Inputs that were made, or landed, since. */
      readonly inputs: ReadonlyArray<Subject>
    }

/** The last time that a step over the partition failed. */
export interface LastFailure {
  readonly run: Run
  readonly error: StepError
}

export interface Known {
  readonly view: AssetGraphView.AssetGraphView
  readonly manifests: ReadonlyMap<AssetKey, Manifest>
  readonly failureOf: (asset: AssetKey, ordinal: number) => LastFailure | undefined
}

export const make = (known: Known, asset: AssetKey, ordinal: number): Explanation => {
  const { view } = known
  const subject = subjectOf(view, asset, ordinal)
  const only = PartitionSet.of(ordinal)
  const has = (set: PartitionSet.PartitionSet) => PartitionSet.has(set, ordinal)
  if (!has(view.existing.get(asset)!)) {
    return { _tag: "DoesNotExist", subject, inputs: view.graph.upstream.get(asset)! }
  }
  if (isExternal(view, asset)) return { _tag: "Observed", subject }
  if (has(AssetGraphView.failed(view, asset))) {
    return { _tag: "Failed", subject, failure: known.failureOf(asset, ordinal) }
  }
  const object = objectOf(known, asset, ordinal)
  if (object === undefined) return { _tag: "Missing", subject, waitsFor: waitsFor(known, asset, only) }
  if (PartitionSet.isEmpty(Staleness.stale(view, asset, only))) return { _tag: "UpToDate", subject, object }
  const codeChanged = object.codeVersion !== (view.codeVersions.get(asset) ?? "")
  const config = changes(object.config, (view.configs.get(asset) ?? RunConfig.none).text)
  return {
    _tag: "Stale",
    subject,
    object,
    codeChanged,
    config,
    inputs: codeChanged || config.length > 0 ? [] : newer(known, asset, only, object)
  }
}

/** Upstream partitions that are not there, each with its own reason; the longest chain is that of the graph. */
const waitsFor = (known: Known, asset: AssetKey, only: PartitionSet.PartitionSet): ReadonlyArray<Explanation> =>
  inputsOf(known, asset, only)
    .filter(({ asset, ordinal }) => !PartitionSet.has(AssetGraphView.materialized(known.view, asset), ordinal))
    .slice(0, shownInputs)
    .map(({ asset, ordinal }) => make(known, asset, ordinal))

/** Landed inputs keep no time of change: they are named where nothing else explains the change. */
const newer = (known: Known, asset: AssetKey, only: PartitionSet.PartitionSet, object: StoredObject) => {
  const [landed, made] = partition(inputsOf(known, asset, only), ({ asset }) => isExternal(known.view, asset))
  const since = made.filter((input) => (objectOf(known, input.asset, input.ordinal)?.createdAt ?? 0) > object.createdAt)
  return since.length > 0 ? since : landed
}

const isExternal = (view: AssetGraphView.AssetGraphView, asset: AssetKey): boolean =>
  AssetGraph.asset(view.graph, asset).source._tag === "External"

const partition = <A>(all: ReadonlyArray<A>, is: (a: A) => boolean): readonly [ReadonlyArray<A>, ReadonlyArray<A>] => [
  all.filter(is),
  all.filter((a) => !is(a))
]

const shownInputs = 5

const inputsOf = ({ view }: Known, asset: AssetKey, only: PartitionSet.PartitionSet): ReadonlyArray<Subject> =>
  view.graph.inputs
    .get(asset)!
    .flatMap((input) =>
      [...PartitionSet.ordinals(AssetGraphView.upstreamOf(view, asset, input, only))].map((ordinal) =>
        subjectOf(view, input.asset, ordinal)
      )
    )

const objectOf = ({ manifests }: Known, asset: AssetKey, ordinal: number): StoredObject | undefined =>
  manifests.get(asset)?.find(({ live }) => PartitionSet.has(live, ordinal))?.object

const subjectOf = (view: AssetGraphView.AssetGraphView, asset: AssetKey, ordinal: number): Subject => {
  const key = AssetGraphView.keyOf(view, asset, ordinal)
  return { asset, ordinal, name: key === "" ? asset : `${asset}[${key}]` }
}

const changes = (before: string, now: string): ReadonlyArray<FieldChange> => {
  const [old, current] = [fields(before), fields(now)]
  return [...new Set([...Object.keys(old), ...Object.keys(current)])]
    .map((field) => ({
      field,
      before: JSON.stringify(old[field]) ?? "nothing",
      now: JSON.stringify(current[field]) ?? "nothing"
    }))
    .filter(({ before, now }) => before !== now)
}

const fields = (text: string): Readonly<Record<string, unknown>> => (text === "" ? {} : JSON.parse(text))
