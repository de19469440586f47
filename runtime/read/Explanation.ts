/**
 * Why a partition is as it is: the answer of `strata why`.
 *
 * Made from the same view as a plan, so what it says is what a plan would do.
 */
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import * as AssetGraphView from "../event/AssetGraphView.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Run, StepError } from "../event/Run.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import * as CodeParts from "../graph/CodeParts.ts"
import * as Staleness from "../plan/Staleness.ts"
import * as Standing from "../plan/Standing.ts"
import type { Manifest, Observation, StoredObject } from "../record/Catalog.ts"

/** A partition of an asset, as people name it: `postings/daily[2025-06-01]`. */
export interface Subject {
  readonly asset: AssetKey
  readonly ordinal: number
  /** Its key; empty without partitions. */
  readonly key: string
  /** Its name for people. */
  readonly name: string
}

export type Explanation =
  | { readonly _tag: "Observed"; readonly subject: Subject; readonly observation: Observation | undefined }
  /** Nothing landed that it is made from. */
  | { readonly _tag: "DoesNotExist"; readonly subject: Subject; readonly inputs: ReadonlyArray<AssetKey> }
  | { readonly _tag: "UpToDate"; readonly subject: Subject; readonly object: StoredObject }
  /** As its inputs ask for, but some of what these are made from is not as it should be. */
  | {
      readonly _tag: "Behind"
      readonly subject: Subject
      readonly object: StoredObject
      readonly causes: ReadonlyArray<Explanation>
    }
  | { readonly _tag: "Failed"; readonly subject: Subject; readonly failure: LastFailure | undefined }
  | { readonly _tag: "Missing"; readonly subject: Subject; readonly waitsFor: ReadonlyArray<Explanation> }
  /** An input that has to be complete is not. */
  | { readonly _tag: "Incomplete"; readonly subject: Subject; readonly inputs: ReadonlyArray<IncompleteInput> }
  | {
      readonly _tag: "Stale"
      readonly subject: Subject
      readonly object: StoredObject
      readonly changes: Changes
    }

/** The last time that a step over the partition failed. */
export interface LastFailure {
  readonly run: Run
  readonly attempts: number
  readonly error: StepError
}

/** Partitions of an input that do not exist yet. */
export interface IncompleteInput {
  readonly asset: AssetKey
  readonly absent: PartitionSet.PartitionSet
  /** In a short line for people. */
  readonly text: string
}

/** What has changed since a partition was made. */
export interface Changes {
  readonly code: CodeChange | undefined
  readonly config: ReadonlyArray<FieldChange>
  /** Why its schema cannot read it any more. */
  readonly schema: string | undefined
  readonly inputs: ReadonlyArray<InputChange>
}

/** The code version before and now; `parts` are the modules and packages that changed, where that is known. */
export interface CodeChange {
  readonly before: string
  readonly now: string
  readonly parts: ReadonlyArray<string> | undefined
}

/** A field of an asset's parameters, before and now, as JSON. */
export interface FieldChange {
  readonly field: string
  readonly before: string
  readonly now: string
}

/** An input that was made, or landed, with other content since. */
export interface InputChange {
  readonly subject: Subject
  readonly at: number
  /** Of a landed partition: its files that are new or have changed. */
  readonly files: ReadonlyArray<string>
  /** The run that made it. */
  readonly run: Run["id"] | undefined
}

export interface Known {
  readonly view: AssetGraphView.AssetGraphView
  readonly manifests: ReadonlyMap<AssetKey, Manifest>
  readonly observations: ReadonlyMap<AssetKey, ReadonlyArray<Observation>>
  readonly failureOf: (asset: AssetKey, ordinal: number) => LastFailure | undefined
  /** When the run began that made an object: it saw what was published and observed before. */
  readonly begunAt: (object: StoredObject) => number
  /** The content of a partition that the run saw which made an object, where that is known. */
  readonly dataSeen: (asset: AssetKey, ordinal: number, by: StoredObject) => Version.Version | undefined
  readonly codeParts: (version: string) => CodeParts.CodeParts | undefined
}

export const make = (known: Known, asset: AssetKey, ordinal: number): Explanation => {
  const { view } = known
  const subject = subjectOf(view, asset, ordinal)
  const has = (set: PartitionSet.PartitionSet) => PartitionSet.has(set, ordinal)
  if (!has(view.existing.get(asset)!)) {
    return { _tag: "DoesNotExist", subject, inputs: view.graph.upstream.get(asset)! }
  }
  if (isExternal(view, asset)) {
    return { _tag: "Observed", subject, observation: observationOf(known, asset, ordinal) }
  }
  if (has(AssetGraphView.failed(view, asset))) {
    return { _tag: "Failed", subject, failure: known.failureOf(asset, ordinal) }
  }
  const object = objectOf(known.manifests, asset, ordinal)
  const incomplete = object === undefined ? incompleteInputs(view, asset, ordinal) : []
  if (incomplete.length > 0) return { _tag: "Incomplete", subject, inputs: incomplete }
  if (object === undefined) return { _tag: "Missing", subject, waitsFor: waitsFor(known, asset, ordinal) }
  if (PartitionSet.isEmpty(Staleness.stale(view, asset, PartitionSet.of(ordinal)))) {
    const behind = causes(known, asset, ordinal)
    return behind.length === 0
      ? { _tag: "UpToDate", subject, object }
      : { _tag: "Behind", subject, object, causes: behind }
  }
  return { _tag: "Stale", subject, object, changes: changes(known, asset, ordinal, object) }
}

/** The partitions that a partition is made from. */
export const inputsOf = (
  view: AssetGraphView.AssetGraphView,
  asset: AssetKey,
  ordinal: number
): ReadonlyArray<Subject> => {
  const seen = new Map<string, Subject>()
  for (const input of view.graph.inputs.get(asset)!) {
    const upstream = AssetGraphView.upstreamOf(view, asset, input, PartitionSet.of(ordinal))
    for (const of of PartitionSet.ordinals(upstream)) {
      const subject = subjectOf(view, input.asset, of)
      seen.set(subject.name, subject)
    }
  }
  return [...seen.values()]
}

const incompleteInputs = (
  view: AssetGraphView.AssetGraphView,
  key: AssetKey,
  ordinal: number
): ReadonlyArray<IncompleteInput> =>
  view.graph.inputs.get(key)!.flatMap((input) => {
    const { absent } = AssetGraphView.incomplete(view, key, input, PartitionSet.of(ordinal))
    const { partitions } = AssetGraph.asset(view.graph, input.asset)
    const text = PartitionsDefinition.format(partitions, view.dictionary, absent, 1)
    return PartitionSet.isEmpty(absent) ? [] : [{ asset: input.asset, absent, text }]
  })

/** The object that a partition is in. */
export const objectOf = (
  manifests: ReadonlyMap<AssetKey, Manifest>,
  asset: AssetKey,
  ordinal: number
): StoredObject | undefined => manifests.get(asset)?.find(({ live }) => PartitionSet.has(live, ordinal))?.object

/** Upstream partitions that are not there, each with its own reason; the longest chain is that of the graph. */
const waitsFor = (known: Known, asset: AssetKey, ordinal: number): ReadonlyArray<Explanation> =>
  inputsOf(known.view, asset, ordinal)
    .filter(({ asset, ordinal }) => !PartitionSet.has(AssetGraphView.materialized(known.view, asset), ordinal))
    .slice(0, shownInputs)
    .map(({ asset, ordinal }) => make(known, asset, ordinal))

/** What a partition is behind, each with its own reason. */
const causes = (known: Known, asset: AssetKey, ordinal: number): ReadonlyArray<Explanation> => {
  const standing = Standing.withInputs(known.view, asset)
  return [...Standing.causes(known.view, standing, asset, ordinal)]
    .flatMap(([key, partitions]) =>
      Array.from(PartitionSet.ordinals(partitions).take(shownInputs), (ordinal) => [key, ordinal] as const)
    )
    .slice(0, shownInputs)
    .map(([key, ordinal]) => make(known, key, ordinal))
}

const shownInputs = 5

const changes = (known: Known, asset: AssetKey, ordinal: number, object: StoredObject): Changes => {
  const { view } = known
  const code = view.codeVersions.get(asset) ?? ""
  const [made] = AssetGraphView.made(view, asset, PartitionSet.of(ordinal))
  return {
    code: code === object.codeVersion ? undefined : codeChange(known, object.codeVersion, code),
    config: fieldChanges(object.config, (view.configs.get(asset) ?? RunConfig.none).text),
    schema: made?.mismatch,
    inputs: inputsOf(view, asset, ordinal).flatMap((input) => inputChange(known, input, object) ?? [])
  }
}

const codeChange = ({ codeParts }: Known, before: string, now: string): CodeChange => {
  const [old, current] = [codeParts(before), codeParts(now)]
  return {
    before,
    now,
    parts: old === undefined || current === undefined ? undefined : CodeParts.changes(old, current)
  }
}

/** How the input differs from what the run knew that made the object. */
const inputChange = (known: Known, subject: Subject, object: StoredObject): InputChange | undefined => {
  const since = known.begunAt(object)
  if (isExternal(known.view, subject.asset)) {
    const observation = observationOf(known, subject.asset, subject.ordinal)
    if (observation === undefined || observation.changedAt <= since) return undefined
    const files = observation.files.filter((file) => file.since > since).map(({ name }) => name)
    return { subject, at: observation.changedAt, files, run: undefined }
  }
  const now = objectOf(known.manifests, subject.asset, subject.ordinal)
  if (now === undefined || now.runId === object.runId || now.createdAt <= since) return undefined
  const before = known.dataSeen(subject.asset, subject.ordinal, object)
  const data = PartitionVersions.data(AssetGraphView.versions(known.view, subject.asset), subject.ordinal)
  if (before !== undefined && data !== undefined && Version.equals(before, data)) return undefined
  return { subject, at: now.createdAt, files: [], run: now.runId }
}

const isExternal = (view: AssetGraphView.AssetGraphView, asset: AssetKey): boolean =>
  AssetGraph.asset(view.graph, asset).source._tag === "External"

const observationOf = ({ observations }: Known, asset: AssetKey, ordinal: number): Observation | undefined =>
  observations.get(asset)?.find((observation) => observation.ordinal === ordinal)

const subjectOf = (view: AssetGraphView.AssetGraphView, asset: AssetKey, ordinal: number): Subject => {
  const key = AssetGraphView.keyOf(view, asset, ordinal)
  return { asset, ordinal, key, name: key === "" ? asset : `${asset}[${key}]` }
}

const fieldChanges = (before: string, now: string): ReadonlyArray<FieldChange> => {
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
