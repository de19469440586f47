/**
 * A project in memory for tests of the executor: the real planner, executor,
 * state and object store, and values stored as JSON.
 */
import { NodeFileSystem } from "@effect/platform-node"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { IOManager, type ReadRequest, type WriteRequest } from "../../runtime/definition/IOManager.ts"
import type { Event } from "../../runtime/event/Event.ts"
import { main } from "../../runtime/event/Run.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as Materialization from "../../runtime/execute/Materialization.ts"
import { RunListener, type StepWaiting } from "../../runtime/execute/RunListener.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import type * as StandaloneCheck from "../../runtime/definition/StandaloneCheck.ts"
import { type Asset, AssetKey, PartitionSet } from "../../runtime/index.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import { ObjectStore } from "../../runtime/record/ObjectStore.ts"
import * as State from "../../runtime/record/State.ts"

/** Bugs of an IO manager, for tests that must find them. */
export type BrokenIO = "hash is constant" | "hash ignores a partition" | "reads the first object" | "values are shifted"

const write = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, request: WriteRequest, bug?: BrokenIO) {
  const byOrdinal = new Map<number, unknown>()
  const many = request.body instanceof Map ? request.body : undefined
  for (const ordinal of PartitionSet.ordinals(request.partitions)) {
    byOrdinal.set(ordinal, many === undefined ? request.body : many.get(request.keyOf(ordinal)))
  }
  const first = PartitionSet.first(request.partitions)
  const stored =
    bug === "values are shifted" ? [...byOrdinal].map(([ordinal]) => [ordinal, byOrdinal.get(first!)]) : [...byOrdinal]
  yield* fs.writeFileString(`${request.directory}/values.json`, JSON.stringify(stored))
  return {
    files: ["values.json"],
    rows: byOrdinal.size,
    quarantined: 0,
    bytes: 0,
    columns: [],
    engine: "memory",
    contents: [...byOrdinal].map(([ordinal, value]) => ({
      ordinal,
      rows: 1,
      hash:
        bug === "hash is constant" || (bug === "hash ignores a partition" && ordinal === first)
          ? Version.zero
          : Version.seed(JSON.stringify(value) ?? "undefined")
    })),
    metadata: {}
  }
})

const read = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, request: ReadRequest, bug?: BrokenIO) {
  const values = new Map<number, unknown>(request.landed.map((file) => [file.partition.ordinal, file.sha256]))
  for (const piece of request.pieces) {
    const stored: ReadonlyArray<[number, unknown]> = JSON.parse(
      yield* fs.readFileString(`${piece.directory}/values.json`)
    )
    for (const [ordinal, value] of stored) {
      const isDead = !PartitionSet.has(piece.wanted, ordinal)
      if (!isDead || (bug === "reads the first object" && !values.has(ordinal))) values.set(ordinal, value)
    }
  }
  if (request.output._tag === "Files") return { files: request.landed }
  const sorted = [...values].sort(([a], [b]) => a - b)
  return request.partitioned
    ? new Map(sorted.map(([ordinal, value]) => [request.keyOf(ordinal), value]))
    : sorted[0]?.[1]
})

/** Stores every output as JSON. */
const layerIO = (bug?: BrokenIO) =>
  Layer.effect(
    IOManager,
    Effect.map(FileSystem.FileSystem, (fs) =>
      IOManager.of({
        write: (request) => Effect.orDie(write(fs, request, bug)),
        read: (request) => Effect.orDie(read(fs, request, bug)),
        relation: () => Effect.die("there is no SQL in memory"),
        quarantine: () => Effect.die("there is no SQL in memory"),
        query: () => Effect.die("there is no SQL in memory")
      })
    )
  )

/** The whole runtime without an engine. */
export const layerWith = (bug?: BrokenIO) =>
  layerIO(bug).pipe(Layer.merge(State.layerMemory), Layer.provideMerge(NodeFileSystem.layer))

export const layer = layerWith()

export interface Options {
  /** Checks that stand beside the assets. */
  readonly checks?: ReadonlyArray<StandaloneCheck.Any>
  readonly code?: Readonly<Record<string, string>>
  /** Of what code versions are made. */
  readonly parts?: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly config?: AssetConfigs.Overrides
  /** As a planted bug: parameters reach bodies and are left out of provenance. */
  readonly ignoreConfig?: boolean
  readonly force?: boolean
  readonly assets?: ReadonlyArray<string>
  readonly partitions?: PartitionSet.PartitionSet
  readonly concurrency?: number
  readonly resources?: Context.Context<never>
  readonly pools?: Readonly<Record<string, number>>
  /** Hears what steps wait for. */
  readonly waiting?: (step: StepWaiting) => Effect.Effect<void>
}

export const project = (assets: ReadonlyArray<Asset.Any>, options: Options = {}): Materialization.Project => {
  const graph = Result.getOrThrow(AssetGraph.make(assets, options.checks))
  const configs = Result.getOrThrow(AssetConfigs.resolve(graph, options.config ?? []))
  return {
    graph,
    codeVersions: new Map(graph.order.map((key) => [key, options.code?.[key] ?? "0"])),
    ...(options.parts === undefined ? {} : { codeParts: options.parts }),
    configs: options.ignoreConfig
      ? new Map([...configs].map(([key, { value }]) => [key, { value, text: "" }]))
      : configs,
    resources: options.resources ?? Context.empty(),
    pools: options.pools ?? {}
  }
}

export const plan = Effect.fnUntraced(function* (assets: ReadonlyArray<Asset.Any>, options: Options = {}) {
  const of = project(assets, options)
  const keys = new Set(options.assets?.map(AssetKey.make) ?? of.graph.order)
  const planned = yield* Materialization.plan(of, {
    environment: main,
    assets: keys,
    narrow: (view, key) =>
      PartitionSet.intersection(view.existing.get(key)!, options.partitions ?? view.existing.get(key)!),
    force: options.force ?? false
  })
  return { of, planned }
})

export const process = { pid: 1, bootId: "test", startTicks: "1", host: "test" }

/** Plans and performs, and gives the status of the run, its steps, and the events in the order they were heard. */
export const materialize = Effect.fnUntraced(function* (assets: ReadonlyArray<Asset.Any>, options: Options = {}) {
  const { of, planned } = yield* plan(assets, options)
  return yield* performed(of, planned, options)
})

/** The same of a request that is there already. */
export const perform = Effect.fnUntraced(function* (
  assets: ReadonlyArray<Asset.Any>,
  request: Materialization.PlanRequest,
  options: Options = {}
) {
  const of = project(assets, options)
  return yield* performed(of, yield* Materialization.plan(of, request), options)
})

const performed = Effect.fnUntraced(function* (
  of: Materialization.Project,
  planned: Materialization.Planned,
  options: Options
) {
  const heard: Array<Event> = []
  const { run, status } = yield* Materialization.perform(of, planned, {
    environment: main,
    request: "test",
    git: null,
    process,
    concurrency: options.concurrency ?? 4
  }).pipe(
    Effect.provideService(RunListener, {
      on: (events) => Effect.sync(() => void heard.push(...events)),
      waiting: options.waiting ?? (() => Effect.void)
    })
  )
  return { run, status, heard, plan: planned.plan }
})

/** What is published of every asset, by key and partition key. */
export const stored = Effect.fnUntraced(function* (assets: ReadonlyArray<Asset.Any>) {
  const { graph } = project(assets)
  const known = yield* KnownState.load(graph, { codeVersions: new Map(), configs: new Map() }, main)
  const objects = yield* ObjectStore
  const values = new Map<string, Map<string, unknown>>()
  for (const [key, manifest] of known.manifests) {
    const of = new Map<string, unknown>()
    for (const { live, object } of manifest) {
      const text = yield* (yield* FileSystem.FileSystem).readFileString(`${objects.directory(object)}/values.json`)
      for (const [ordinal, value] of JSON.parse(text) as ReadonlyArray<[number, unknown]>) {
        if (PartitionSet.has(live, ordinal)) of.set(AssetGraphView.keyOf(known.view, key, ordinal), value)
      }
    }
    values.set(key, of)
  }
  return values
})
