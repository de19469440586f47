/**
 * How many steps a second a run performs: `node bench/execution.ts`.
 *
 * Recording in state is real, in a database file that is flushed at every
 * commit; what steps write stays in memory, but for the backfill at the end,
 * which writes Parquet. The baseline commits each step alone. Nobody follows
 * spans, as in a run without an OTLP endpoint, where it is not said otherwise.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { DuckDB } from "../resources/DuckDB.ts"
import * as ParquetIOManager from "../resources/ParquetIOManager.ts"
import { IOManager, type ReadRequest, type WriteRequest } from "../runtime/definition/IOManager.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, PartitionSet, PartitionsDefinition, sql, Table, Value } from "../runtime/index.ts"
import { Catalog, type StoredObject } from "../runtime/record/Catalog.ts"
import * as SqlAssetHistory from "../runtime/record/SqlAssetHistory.ts"
import * as SqlCatalog from "../runtime/record/SqlCatalog.ts"
import * as SqlEventLog from "../runtime/record/SqlEventLog.ts"
import * as Sqlite from "../runtime/record/Sqlite.ts"
import * as SqlRunLedger from "../runtime/record/SqlRunLedger.ts"
import * as SqlWriter from "../runtime/record/SqlWriter.ts"
import * as State from "../runtime/record/State.ts"
import * as StepLog from "../runtime/record/StepLog.ts"
import { memoryObjects } from "./memoryObjects.ts"

const only = new Set(process.argv.slice(2))
const Int = Value.of(Schema.Int)

/** Keeps what steps write in memory. */
const memoryIO = Layer.sync(IOManager, () => {
  const stored = new Map<string, unknown>()
  const write = ({ body, directory, partitions }: WriteRequest) => {
    stored.set(directory, body)
    const contents = Array.from(PartitionSet.ordinals(partitions), (ordinal) => ({
      ordinal,
      rows: 1,
      hash: [ordinal, Number(body)] as const
    }))
    const written = {
      files: [],
      rows: 1,
      quarantined: 0,
      bytes: 8,
      columns: [],
      engine: "memory",
      contents,
      metadata: {}
    }
    return Effect.succeed(written)
  }
  const read = ({ keyOf, partitioned, pieces }: ReadRequest) => {
    const values = pieces.map(
      ({ directory, wanted }) => [keyOf(PartitionSet.first(wanted)!), stored.get(directory)] as const
    )
    return Effect.succeed(partitioned ? new Map(values) : values[0]?.[1])
  }
  const none = () => Effect.die("there is no SQL in memory")
  return IOManager.of({ write, read, relation: none, quarantine: none, query: none })
})

const trivial = (home: string) =>
  Layer.mergeAll(
    Layer.provide(State.layerSql, Sqlite.layer({ filename: join(home, "state.db") })),
    memoryIO,
    memoryObjects,
    StepLog.layerMemory
  ).pipe(Layer.provideMerge(NodeFileSystem.layer))

/** As it is without sharing: every step is a transaction. */
const oneByOne = (home: string) =>
  Layer.mergeAll(SqlEventLog.layer, SqlRunLedger.layer, eachAlone, SqlAssetHistory.layer).pipe(
    Layer.provide(SqlWriter.layerOf({ largest: 1 })),
    Layer.provide(Sqlite.layer({ filename: join(home, "state.db") })),
    Layer.merge(Layer.mergeAll(memoryIO, memoryObjects, StepLog.layerMemory)),
    Layer.provideMerge(NodeFileSystem.layer)
  )

const eachAlone = Layer.effect(
  Catalog,
  Effect.map(Catalog, (catalog) =>
    Catalog.of({
      ...catalog,
      publish: (publication) => {
        const objects = new Map(publication.objects.map((object) => [object.id, object]))
        const events = Map.groupBy(publication.events, (event) => ("step" in event ? event.step : undefined))
        const one = (candidate: StoredObject) =>
          catalog.publish({
            ...publication,
            candidates: [candidate],
            objects: [objects.get(candidate.id)!],
            events: events.get(candidate.step)!
          })
        return Effect.forEach(publication.candidates ?? [], one, { discard: true })
      }
    })
  )
).pipe(Layer.provide(SqlCatalog.layer))

const parquet = (home: string) =>
  Layer.mergeAll(State.layer({ home }), ParquetIOManager.layer).pipe(
    Layer.provideMerge(DuckDB.layer),
    Layer.provideMerge(NodeFileSystem.layer)
  )

/** Plans and performs everything, and says how long both took. */
const timed = Effect.fnUntraced(function* (
  assets: ReadonlyArray<Asset.Any>,
  concurrency: number,
  resources?: Context.Context<never>
) {
  const graph = Result.getOrThrow(AssetGraph.make(assets))
  const project: Materialization.Project = {
    graph,
    codeVersions: new Map(graph.order.map((key) => [key, "1"])),
    configs: Result.getOrThrow(AssetConfigs.resolve(graph, [])),
    resources: resources ?? Context.empty(),
    pools: { api: 3 }
  }
  const start = performance.now()
  const planned = yield* Materialization.plan(project, {
    environment: main,
    assets: new Set(graph.order),
    narrow: (view, key) => view.existing.get(key)!,
    force: false
  })
  const planning = performance.now() - start
  const cpu = process.cpuUsage()
  const { status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: "bench",
    git: null,
    process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
    concurrency
  })
  const steps = planned.plan.steps.length
  const { system, user } = process.cpuUsage(cpu)
  const performing = performance.now() - start - planning
  return { status, steps, planning, performing, cpu: (user + system) / 1000 }
})

const inHome = <A, R>(layer: (home: string) => Layer.Layer<R, unknown>, effect: Effect.Effect<A, unknown, R>) => {
  const home = mkdtempSync(join(process.env.STRATA_BENCH_HOME ?? tmpdir(), "strata-bench-"))
  const run = Effect.runPromise(Effect.scoped(Effect.provide(effect, layer(home))))
  return run.finally(() => rmSync(home, { recursive: true, force: true }))
}

/** `ideal`: the milliseconds that bodies alone take. */
const report = async (name: string, run: () => Promise<Effect.Success<ReturnType<typeof timed>>>, ideal?: number) => {
  if (only.size > 0 && ![...only].some((word) => name.includes(word))) return
  const { cpu, performing, planning, status, steps } = await run()
  const rate = Math.round((steps / performing) * 1000)
  const over = ideal === undefined ? "" : `  ${((performing / ideal - 1) * 100).toFixed(1)} % above ${ideal} ms`
  console.log(
    `${name.padEnd(52)} ${String(steps).padStart(7)} steps  ${status}  plan ${planning.toFixed(0)} ms  run ${performing.toFixed(0)} ms  cpu ${cpu.toFixed(0)} ms  ${rate} steps/s${over}`
  )
}

const keysOf = (count: number) =>
  PartitionsDefinition.fixed(Array.from({ length: count }, (_, index) => `k${String(index).padStart(6, "0")}`))

/** One asset of many partitions. */
const wide = (count: number) => [
  Asset.make("wide/asset", { partitions: keysOf(count), output: Int, materialize: () => Effect.succeed(1) })
]

/** The same, where each step needs cores and a pool, has a policy and a timeout, and a body that makes a span. */
const laden = (count: number) => [
  Asset.make("laden/asset", {
    partitions: keysOf(count),
    output: Int,
    needs: { cores: 0.5, pool: "api" },
    timeout: "1 minute",
    retry: { Busy: Schedule.exponential("10 millis") },
    materialize: Effect.fn("laden")(function* ({ partition }) {
      return partition.ordinal < 0 ? yield* new Busy() : 1
    })
  })
]

class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}

/** A step that keeps the thread busy for a millisecond, as most take longer. */
const millisecond = (count: number) => [
  Asset.make("short/asset", {
    partitions: keysOf(count),
    output: Int,
    materialize: () =>
      Effect.sync(() => {
        const end = performance.now() + 1
        while (performance.now() < end);
        return 1
      })
  })
]

/** A step that waits for a millisecond, and leaves the thread to others meanwhile. */
const asleep = (count: number) => [
  Asset.make("asleep/asset", {
    partitions: keysOf(count),
    output: Int,
    materialize: () => Effect.as(Effect.sleep("1 millis"), 1)
  })
]

/** Many assets without partitions. */
const assets = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    Asset.make(`wide/a${index}`, { output: Int, materialize: () => Effect.succeed(index) })
  )

/** As many chains as partitions, as long as there are assets. */
const chains = (count: number, length: number): ReadonlyArray<Asset.Any> => {
  const partitions = keysOf(count)
  const first = Asset.make("deep/a0", { partitions, output: Int, materialize: () => Effect.succeed(0) })
  const all: Array<Asset.Any> = [first]
  let before: typeof first = first
  for (let index = 1; index < length; index++) {
    before = Asset.make(`deep/a${index}`, {
      partitions,
      deps: { before },
      output: Int,
      materialize: ({ before }) => Effect.succeed((before as number) + 1)
    }) as never
    all.push(before)
  }
  return all
}
/** Three tables, each made from the one before, a step a partition. */
const backfill = (days: number): ReadonlyArray<Asset.Any> => {
  const end = new Date(Date.UTC(1990, 0, days)).toISOString().slice(0, 10)
  const partitions = PartitionsDefinition.daily({ start: "1990-01-01", end })
  const output = Table.of(Schema.Struct({ id: Schema.Int, amount: Schema.Finite }))
  const First = Asset.make("backfill/first", {
    partitions,
    output,
    materialize: ({ partition }) =>
      Effect.succeed(sql`SELECT range::INTEGER AS id, (range * ${partition.ordinal})::DOUBLE AS amount FROM range(10)`)
  })
  const Second = Asset.make("backfill/second", {
    partitions,
    deps: { first: First },
    output,
    materialize: ({ first }) => Effect.succeed(sql`SELECT id, amount * 2 AS amount FROM ${first}`)
  })
  const Third = Asset.make("backfill/third", {
    partitions,
    deps: { second: Second },
    output,
    materialize: ({ second }) => Effect.succeed(sql`SELECT id, amount + 1 AS amount FROM ${second} WHERE id < 5`)
  })
  return [First, Second, Third]
}

const chained = chains(100, Number(process.env.LENGTH ?? 1_000))
const days = Number(process.env.DAYS ?? 10_000)
const unfollowed = Effect.provideService(References.TracerEnabled, false)
const each = (of: ReadonlyArray<Asset.Any>) => unfollowed(timed(of, 4))

await report("start: a run of one step", () => inHome(trivial, each(wide(1))))
await report("wide, every write alone (baseline)", () => inHome(oneByOne, each(wide(20_000))))
await report("wide: one asset, 20,000 partitions", () => inHome(trivial, each(wide(20_000))))
await report("wide: 20,000 assets", () => inHome(trivial, each(assets(20_000))))
await report("wide, spans followed", () => inHome(trivial, timed(wide(20_000), 4)))
await report("wide, with needs, retry and timeout", () => inHome(trivial, each(laden(20_000))))
await report("wide, with needs, retry, timeout, spans followed", () => inHome(trivial, timed(laden(20_000), 4)))
await report("wide, each step a millisecond", () => inHome(trivial, each(millisecond(10_000))), 10_000)
await report(
  "wide, each asleep for a millisecond, 16 at once",
  () => inHome(trivial, unfollowed(timed(asleep(10_000), 16))),
  625
)
await report("deep, every write alone (baseline)", () => inHome(oneByOne, each(chains(100, 100))))
await report("deep: 100 chains", () => inHome(trivial, each(chained)))
await report("backfill: days of 3 SQL tables in a chain", () => inHome(parquet, timed(backfill(days), 2)))
