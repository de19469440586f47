/**
 * What it costs to watch a run: `node bench/sight.ts`, `STEPS=10000` by default.
 *
 * The same run of one asset whose steps do nothing, so that watching is as large
 * a part of it as it can be. The baseline has neither spans nor a listener; the
 * others are measured in turn with it, and ratios are of medians.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as PartitionNames from "../cli/render/PartitionNames.ts"
import * as ProgressText from "../cli/render/ProgressText.ts"
import { IOManager } from "../runtime/definition/IOManager.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import { RunListener } from "../runtime/execute/RunListener.ts"
import * as RunMetrics from "../runtime/execute/RunMetrics.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, PartitionSet, PartitionsDefinition, Value } from "../runtime/index.ts"
import * as RunProgress from "../runtime/read/RunProgress.ts"
import * as FileStepLog from "../runtime/record/FileStepLog.ts"
import * as Sqlite from "../runtime/record/Sqlite.ts"
import * as State from "../runtime/record/State.ts"
import { memoryObjects } from "./memoryObjects.ts"

const steps = Number(process.env.STEPS ?? 10_000)
const repeats = Number(process.env.REPEATS ?? 5)

const memoryIO = Layer.succeed(
  IOManager,
  IOManager.of({
    write: ({ partitions }) =>
      Effect.succeed({
        files: [],
        rows: 1,
        quarantined: 0,
        bytes: 8,
        columns: [],
        engine: "memory",
        contents: Array.from(PartitionSet.ordinals(partitions), (ordinal) => ({
          ordinal,
          rows: 1,
          hash: [ordinal, 1] as const
        })),
        metadata: {}
      }),
    read: () => Effect.succeed(1),
    relation: () => Effect.die("there is no SQL in memory"),
    quarantine: () => Effect.die("there is no SQL in memory"),
    query: () => Effect.die("there is no SQL in memory")
  })
)

const layer = (home: string) =>
  Layer.mergeAll(
    Layer.provide(State.layerSql, Sqlite.layer({ filename: join(home, "state.db") })),
    memoryIO,
    memoryObjects,
    FileStepLog.layer({ home })
  ).pipe(Layer.provideMerge(NodeFileSystem.layer))

const keys = PartitionsDefinition.fixed(Array.from({ length: steps }, (_, n) => `k${String(n).padStart(6, "0")}`))
const quiet = Asset.make("wide", {
  partitions: keys,
  output: Value.of(Schema.Int),
  materialize: () => Effect.succeed(1)
})
const chatty = Asset.make("wide", {
  partitions: keys,
  output: Value.of(Schema.Int),
  materialize: ({ partition }) => Effect.as(Effect.log("made", partition.key), 1)
})

type Watch = <A, E, R>(perform: Effect.Effect<A, E, R>, plan: Materialization.Planned) => Effect.Effect<A, E, R>

/** The milliseconds of a run. */
const timed = (asset: Asset.Any, watch: Watch, spans: boolean) => {
  const home = mkdtempSync(join(process.env.STRATA_BENCH_HOME ?? tmpdir(), "strata-bench-"))
  const graph = Result.getOrThrow(AssetGraph.make([asset]))
  const project: Materialization.Project = {
    graph,
    codeVersions: new Map([[asset.key, "1"]]),
    configs: Result.getOrThrow(AssetConfigs.resolve(graph, [])),
    resources: Context.empty()
  }
  const run = Effect.gen(function* () {
    const planned = yield* Materialization.plan(project, {
      environment: main,
      assets: new Set(graph.order),
      narrow: (view, key) => view.existing.get(key)!,
      force: false
    })
    const start = performance.now()
    yield* watch(
      Materialization.perform(project, planned, {
        environment: main,
        request: "bench",
        git: null,
        process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
        concurrency: 4
      }),
      planned
    )
    return performance.now() - start
  })
  return Effect.runPromise(
    Effect.scoped(Effect.provide(run, layer(home))).pipe(
      Effect.withTracerEnabled(spans),
      Effect.provideService(Logger.CurrentLoggers, new Set())
    )
  ).finally(() => rmSync(home, { recursive: true, force: true }))
}

const alone: Watch = (perform) => perform
let drawn = 0

/** What the command line does on a terminal, but for the writing. */
const progress: Watch = (perform, { known, plan }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const run = RunProgress.make(plan.steps, Date.now())
      const names = PartitionNames.make(known.view.graph.assets, known.view.dictionary)
      const draw = Effect.sync(() => {
        drawn += ProgressText.now(run, names, {
          tty: true,
          width: 100,
          height: 40,
          color: true,
          now: Date.now()
        }).length
      })
      yield* Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis")))
      return yield* Effect.provideService(perform, RunListener, {
        on: (events) =>
          Effect.sync(() => {
            for (const event of events) run.on(event)
          }),
        waiting: ({ for: pools, step }) => Effect.sync(() => run.waiting(step, pools))
      })
    })
  )

const metrics: Watch = (perform, { plan }) => RunMetrics.counting((step) => plan.steps[step]!.assets.join(","))(perform)

const variants = {
  "neither spans nor a listener (baseline)": () => timed(quiet, alone, false),
  "the baseline again": () => timed(quiet, alone, false),
  "progress, drawn ten times a second": () => timed(quiet, progress, false),
  "spans of every step and attempt": () => timed(quiet, alone, true),
  "metrics counted": () => timed(quiet, metrics, false),
  "a line of log a step": () => timed(chatty, alone, false)
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const times = new Map<string, Array<number>>()
for (let repeat = -1; repeat < repeats; repeat++) {
  for (const [name, run] of Object.entries(variants)) {
    const millis = await run()
    if (repeat >= 0) times.set(name, [...(times.get(name) ?? []), millis])
  }
}
const baseline = median([...times.values()][0]!)
console.log(`${steps} steps, medians of ${repeats}`)
for (const [name, millis] of times) {
  const took = median(millis)
  console.log(
    `${name.padEnd(42)} ${(took / baseline).toFixed(2)} ×  ${took.toFixed(0)} ms  ${((took / steps) * 1000).toFixed(0)} µs a step`
  )
}

const names = PartitionNames.make(new Map(), { name: () => undefined, ordinal: () => undefined } as never)
const many = RunProgress.make(
  Array.from({ length: steps }, (_, index) => ({
    index,
    assets: [`asset/${index % 1_000}` as never],
    partitions: PartitionSet.of(index),
    after: []
  })),
  Date.now()
)
const view = { tty: true, width: 100, height: 40, color: true, now: Date.now() }
const start = performance.now()
for (let n = 0; n < 1_000; n++) drawn += ProgressText.now(many, names, view).length
console.log(
  `one drawing of a run with ${steps} steps of 1,000 assets: ${((performance.now() - start) / 1).toFixed(0)} µs`
)
if (drawn === 0) throw new Error("nothing was drawn")
