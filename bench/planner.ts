/**
 * What plans, statuses, reading and backfills cost with many partitions:
 * `node bench/planner.ts [section …] [days]`, where a section is one of `million`,
 * `thousand`, `reading`, `backfill`, and `days` how many the backfills have.
 *
 * Baselines are of the same run and interleaved with what they are compared to:
 * sets of keys in memory, reading the same rows from files without dead ones.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PlanText from "../cli/render/PlanText.ts"
import * as PartitionNames from "../cli/render/PartitionNames.ts"
import { DuckDB } from "../resources/DuckDB.ts"
import * as ParquetIOManager from "../resources/ParquetIOManager.ts"
import * as PartitionDictionary from "../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../runtime/event/AssetGraphView.ts"
import type * as PartitionVersions from "../runtime/event/PartitionVersions.ts"
import * as Provenance from "../runtime/event/Provenance.ts"
import { main, RunId } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, BackfillPolicy, PartitionSet, PartitionsDefinition, sql, Table, Value } from "../runtime/index.ts"
import * as RunPlan from "../runtime/plan/RunPlan.ts"
import * as AssetRelation from "../runtime/read/AssetRelation.ts"
import * as AssetStatus from "../runtime/read/AssetStatus.ts"
import { Catalog, type StoredObject } from "../runtime/record/Catalog.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import { ObjectStore } from "../runtime/record/ObjectStore.ts"
import { RunLedger } from "../runtime/record/RunLedger.ts"
import * as State from "../runtime/record/State.ts"

const words = process.argv.slice(2)
const sections = words.filter((word) => !/^\d+$/.test(word))
const days = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000)
const repeats = 7

interface Line {
  readonly what: string
  readonly millis: number
  readonly baseline?: number
  readonly goal?: number
}

const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

/** A line for each: the time, how many times the baseline, and whether the goal, in milliseconds, is reached. */
const say = ({ baseline, goal, millis, what }: Line): void => {
  const ratio = baseline === undefined ? "" : `${(millis / baseline).toFixed(2)} ×`
  const verdict = goal === undefined ? "" : `goal ${goal} ms ${millis <= goal ? "reached" : "MISSED"}`
  const memory = `${Math.round(process.memoryUsage().rss / 1e6)} MB`
  console.log(
    `${what.padEnd(68)} ${millis.toFixed(1).padStart(9)} ms ${ratio.padStart(9)}  rss ${memory.padStart(7)}  ${verdict}`
  )
}

const timed = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const started = performance.now()
  const result = yield* effect
  return [performance.now() - started, result] as const
})

/** The medians of effects that are run in turn, the first round for warming up not counted. */
const interleaved = <R = never>(
  ...effects: ReadonlyArray<Effect.Effect<unknown, unknown, R>>
): Effect.Effect<ReadonlyArray<number>, unknown, R> =>
  Effect.gen(function* () {
    const times = effects.map((): Array<number> => [])
    for (let round = 0; round <= repeats; round++) {
      for (const [index, effect] of effects.entries()) {
        const [millis] = yield* timed(effect)
        if (round > 0) times[index]!.push(millis)
      }
    }
    return times.map(median)
  })

const sync = <A>(run: () => A) => Effect.sync(run)

/** Numbers that look random and are the same in every run. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const parquet = (home: string) =>
  Layer.mergeAll(State.layer({ home }), ParquetIOManager.layer).pipe(
    Layer.provideMerge(DuckDB.layer),
    Layer.provideMerge(NodeFileSystem.layer)
  )

const inHome = async <A>(
  of: (home: string) => Effect.Effect<A, unknown, Layer.Success<ReturnType<typeof parquet>>>
): Promise<A> => {
  const home = mkdtempSync(join(process.env.STRATA_BENCH_HOME ?? tmpdir(), "strata-bench-"))
  try {
    return await Effect.runPromise(Effect.scoped(Effect.provide(of(home), parquet(home))))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const project = (assets: ReadonlyArray<Asset.Any>): Materialization.Project => {
  const graph = Result.getOrThrow(AssetGraph.make(assets))
  return {
    graph,
    codeVersions: new Map(graph.order.map((key) => [key, "1"])),
    configs: Result.getOrThrow(AssetConfigs.resolve(graph, [])),
    resources: Context.empty()
  }
}

const planOf = (of: Materialization.Project, only?: (set: PartitionSet.PartitionSet) => PartitionSet.PartitionSet) =>
  Materialization.plan(of, {
    environment: main,
    assets: new Set(of.graph.order),
    narrow: (view, key) => (only ?? ((set) => set))(view.existing.get(key)!),
    force: only !== undefined
  })

const performed = Effect.fnUntraced(function* (of: Materialization.Project, planned: Materialization.Planned) {
  const { status } = yield* Materialization.perform(of, planned, {
    environment: main,
    request: "bench",
    git: null,
    process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
    concurrency: availableParallelism()
  })
  if (status !== "Succeeded") return yield* Effect.die(`the run ${status}`)
})

/** One asset of a million hours, of which a half is materialized, in random holes. */
const million = (home: string) =>
  Effect.gen(function* () {
    const hours = PartitionsDefinition.hourly({ start: "1900-01-01T00", end: "2014-01-29T15" })
    const Hourly = Asset.make("bench/hourly", {
      partitions: hours,
      output: Value.of(Schema.Int),
      backfillPolicy: BackfillPolicy.singleRun,
      materialize: () => Effect.succeed(new Map())
    })
    const of = project([Hourly])
    const everything = PartitionsDefinition.all(hours, PartitionDictionary.empty, Number.POSITIVE_INFINITY)
    const chance = random(1)
    const half = PartitionSet.filter(everything, () => chance() < 0.5)
    yield* store(of, Hourly.key, half)
    console.log(
      `${PartitionSet.size(everything)} partitions, ${PartitionSet.size(half)} materialized in ${half.bounds.length / 2} stretches`
    )

    const load = KnownState.load(of.graph, of, main)
    const known = yield* load
    const { view } = known
    const names = PartitionNames.make(of.graph.assets, view.dictionary)
    const request = { partitions: new Map([[Hourly.key, everything]]), force: false }
    const plan = RunPlan.make(view, request)
    const naive = () => {
      const materialized = new Set<number>()
      for (const ordinal of PartitionSet.ordinals(half)) materialized.add(ordinal)
      let missing = 0
      for (const ordinal of PartitionSet.ordinals(everything)) if (!materialized.has(ordinal)) missing++
      return missing
    }
    const [loading, status, planning, page, first, baseline] = yield* interleaved(
      load,
      sync(() => AssetStatus.make(view, Hourly.key, known.manifests.get(Hourly.key)!)),
      sync(() => RunPlan.make(view, request)),
      sync(() => PlanText.text({ plan }, names, { tty: true, width: 120, color: false, now: 0 })),
      sync(() => firstPage(view, hours, AssetGraphView.missing(view, Hourly.key))),
      sync(naive)
    )
    say({ what: "a set of the materialized ordinals, counting what is missing", millis: baseline! })
    say({
      what: "reading state and versions of a million partitions",
      millis: loading!,
      baseline: baseline!,
      goal: 100
    })
    say({ what: "status: missing, failed, stale", millis: status!, baseline: baseline!, goal: 100 })
    say({ what: "plan of what is missing", millis: planning!, baseline: baseline!, goal: 100 })
    say({ what: "the plan as text", millis: page!, baseline: baseline!, goal: 100 })
    say({ what: "first page: 50 missing keys", millis: first!, baseline: baseline!, goal: 100 })
    const bytes = ["state.db", "state.db-wal"].reduce((sum, name) => sum + statSync(join(home, name)).size, 0)
    console.log(
      `state beside the sidecars: ${(bytes / 1e6).toFixed(2)} MB, goal 5 MB ${bytes <= 5e6 ? "reached" : "MISSED"}`
    )
  })

const firstPage = (
  view: AssetGraphView.AssetGraphView,
  definition: PartitionsDefinition.Any,
  set: PartitionSet.PartitionSet
): ReadonlyArray<string> =>
  Array.from({ length: 50 }, (_, rank) =>
    PartitionsDefinition.key(definition, view.dictionary, PartitionSet.at(set, rank)!)
  )

/** Objects of 10,000 hours each with the versions of an up-to-date asset, committed and published. */
const store = Effect.fnUntraced(function* (
  of: Materialization.Project,
  asset: StoredObject["asset"],
  set: PartitionSet.PartitionSet
) {
  const objects = yield* ObjectStore
  const ledger = yield* RunLedger
  const { view } = yield* KnownState.load(of.graph, of, main)
  const run = yield* ledger.begin({
    id: RunId.make("t1-bench"),
    environment: main,
    request: "bench",
    git: null,
    process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
    at: 1
  })
  const chunks = PartitionSet.chunks(set, 10_000)
  const candidates = yield* Effect.forEach(
    chunks,
    Effect.fnUntraced(function* (partitions, index) {
      const lanes = Provenance.lanes(view, asset, partitions)
      const id = `o-${String(index).padStart(4, "0")}`
      const directory = yield* objects.stage(run.id, id)
      const sealed = yield* objects.seal(directory, { asset, id, versions: { partitions, lanes: doubled(lanes) } })
      return {
        id,
        asset,
        kind: "Value" as const,
        path: sealed.path,
        files: [],
        partitions,
        rows: 0,
        quarantined: 0,
        bytes: sealed.bytes,
        columns: [],
        engine: "bench",
        codeVersion: "1",
        config: "",
        hash: sealed.hash,
        runId: run.id,
        step: 0,
        createdAt: 2
      }
    }, Effect.scoped)
  )
  yield* Catalog.use((catalog) =>
    catalog.publish({
      runId: run.id,
      fencingToken: run.fencingToken,
      environment: main,
      candidates,
      objects: candidates.map(({ id, partitions }) => ({ id, asset, partitions, replaces: [] })),
      events: []
    })
  )
  yield* ledger.end(run.id, "Succeeded", 3)
})

/** Provenance and, of no meaning, a data version. */
const doubled = (lanes: Uint32Array): Uint32Array => {
  const both = new Uint32Array(lanes.length * 2)
  for (let index = 0; index < lanes.length; index += 2) {
    both.set([lanes[index]!, lanes[index + 1]!, lanes[index]! ^ 1, lanes[index + 1]!], index * 2)
  }
  return both
}

/** A thousand assets of ten thousand days each, every tenth of quarters, each made from two before it. */
const thousand = Effect.gen(function* () {
  const partitions = 10_000
  const daily = PartitionsDefinition.daily({ start: "1970-01-01", end: "1997-05-18" })
  const quarterly = PartitionsDefinition.quarterly({ start: "1970Q1" })
  const source = Asset.make("bench/a0000", {
    partitions: daily,
    output: Value.of(Schema.Int),
    backfillPolicy: BackfillPolicy.singleRun,
    materialize: () => Effect.succeed(new Map())
  })
  const assets: Array<Asset.Any> = [source]
  for (let index = 1; index < 1_000; index++) {
    const before = assets.filter((_, of) => of % 10 !== 0 || of === 0)
    const deps = { one: before.at(-1)!, two: before.at(-7) ?? source }
    const options = {
      partitions: index % 10 === 0 ? quarterly : daily,
      deps,
      output: Value.of(Schema.Int),
      backfillPolicy: BackfillPolicy.singleRun,
      materialize: () => Effect.succeed(new Map())
    }
    assets.push(Asset.make(`bench/a${String(index).padStart(4, "0")}`, options as never))
  }
  const graph = Result.getOrThrow(AssetGraph.make(assets))
  const known = {
    failed: new Map(),
    dictionary: PartitionDictionary.empty,
    codeVersions: new Map(),
    configs: new Map(),
    now: partitions * 86_400_000
  }
  const empty = { ...known, versions: new Map<Asset.Any["key"], PartitionVersions.PartitionVersions>() }
  const { existing } = AssetGraphView.make(graph, empty)
  const made = { ...known, versions: new Map<Asset.Any["key"], PartitionVersions.PartitionVersions>() }
  for (const key of graph.order) {
    const of = existing.get(key)!
    made.versions.set(key, { partitions: of, lanes: doubled(Provenance.lanes({ ...made, graph, existing }, key, of)) })
  }
  const cells = graph.order.reduce((sum, key) => sum + PartitionSet.size(existing.get(key)!), 0)
  const request = { partitions: existing, force: false }
  const plan = (of: typeof known & { readonly versions: typeof made.versions }) =>
    RunPlan.make(AssetGraphView.make(graph, of), request)
  if (!RunPlan.isEmpty(plan(made)) || RunPlan.size(plan(empty)) !== cells) throw new Error("the plans are wrong")
  const touch = () => {
    const lanes = new Uint32Array(2_048)
    for (let cell = 0; cell < cells; cell++) lanes[cell & 2_047] = lanes[(cell * 7) & 2_047]! + cell
    return lanes
  }
  const [upToDate, missing, baseline] = yield* interleaved(
    sync(() => plan(made)),
    sync(() => plan(empty)),
    sync(touch)
  )
  say({ what: `adding a number for each of ${cells} partitions`, millis: baseline! })
  say({
    what: "plan of 1,000 assets × 10,000 partitions, all up to date",
    millis: upToDate!,
    baseline: baseline!,
    goal: 1000
  })
  say({ what: "the same, all missing", millis: missing!, baseline: baseline!, goal: 1000 })
})

/** 400 objects of 25 days each, a tenth of the days made again. */
const reading = () =>
  Effect.gen(function* () {
    const partitions = PartitionsDefinition.daily({ start: "1990-01-01", end: "2017-05-18" })
    const Rows = Asset.make("bench/rows", {
      partitions,
      backfillPolicy: BackfillPolicy.batches(25),
      output: Table.of(Schema.Struct({ id: Schema.Int, amount: Schema.Finite, name: Schema.String })),
      materialize: ({ partitions }) =>
        Effect.succeed(
          sql`SELECT i AS id, (i * 0.5)::DOUBLE AS amount, 'name ' || i AS name, unnest(${partitions.map(({ key }) => key)}) AS partition_key FROM range(100) t(i)`
        )
    })
    const of = project([Rows])
    const duckdb = yield* DuckDB
    yield* performed(of, yield* planOf(of))
    const before = yield* KnownState.load(of.graph, of, main)
    const plain = yield* AssetRelation.rows(before, Rows.key)
    const chance = random(2)
    const again = yield* planOf(of, (set) => PartitionSet.filter(set, () => chance() < 0.1))
    yield* performed(of, again)
    const after = yield* KnownState.load(of.graph, of, main)
    const repointed = yield* AssetRelation.rows(after, Rows.key)
    const day = yield* madeAgain(after, Rows.key)
    const all = (relation: typeof plain) =>
      duckdb.query(sql`SELECT count(*), sum(amount), count(DISTINCT name), max(partition_key) FROM ${relation}`)
    const equal = JSON.stringify([yield* all(plain), yield* all(repointed)], (_, value) =>
      typeof value === "bigint" ? String(value) : value
    )
    const { 0: one, 1: two } = JSON.parse(equal) as ReadonlyArray<unknown>
    if (JSON.stringify(one) !== JSON.stringify(two)) throw new Error("the rows differ")
    const [withDead, baseline] = yield* interleaved(all(repointed), all(plain))
    say({ what: `reading ${before.manifests.get(Rows.key)!.length} objects as they were written`, millis: baseline! })
    say({
      what: `the same rows, ${day} of 10,000 partitions made again in ${again.plan.steps.length} objects, goal 1.3 ×`,
      millis: withDead!,
      baseline: baseline!
    })
  })

/** How many partitions were made again. */
const madeAgain = (known: KnownState.KnownState, key: Asset.Any["key"]) =>
  sync(() =>
    (known.manifests.get(key) ?? [])
      .filter(({ object }) => object.runId !== known.manifests.get(key)![0]!.object.runId)
      .reduce((sum, { live }) => sum + PartitionSet.size(live), 0)
  )

/** Three small tables, each made from the one before. */
const chain = (backfillPolicy: BackfillPolicy.BackfillPolicy) => {
  const end = new Date(Date.UTC(1990, 0, days)).toISOString().slice(0, 10)
  const partitions = PartitionsDefinition.daily({ start: "1990-01-01", end })
  const output = Table.of(Schema.Struct({ id: Schema.Int, amount: Schema.Finite }))
  const rows = (keys: ReadonlyArray<string>) =>
    sql`SELECT i AS id, (i * 0.5)::DOUBLE AS amount, unnest(${keys}) AS partition_key FROM range(10) t(i)`
  const shared = { partitions, output, backfillPolicy: backfillPolicy as typeof BackfillPolicy.singleRun }
  const First = Asset.make("bench/first", {
    ...shared,
    materialize: ({ partitions }) => Effect.succeed(rows(partitions.map(({ key }) => key)))
  })
  const Second = Asset.make("bench/second", {
    ...shared,
    deps: { first: First },
    materialize: ({ first }) => Effect.succeed(sql`SELECT id, amount * 2 AS amount, partition_key FROM ${first}`)
  })
  const Third = Asset.make("bench/third", {
    ...shared,
    deps: { second: Second },
    materialize: ({ second }) =>
      Effect.succeed(sql`SELECT id, amount + 1 AS amount, partition_key FROM ${second} WHERE id < 5`)
  })
  return [First, Second, Third]
}

const backfill = (what: string, goal: number, backfillPolicy: BackfillPolicy.BackfillPolicy) => () =>
  Effect.gen(function* () {
    const of = project(chain(backfillPolicy))
    const [planning, planned] = yield* timed(planOf(of))
    const [millis] = yield* timed(performed(of, planned))
    say({ what: `plan of ${days} days × 3 tables, ${what}`, millis: planning })
    say({ what: `backfill of ${planned.plan.steps.length} steps, ${what}`, millis, goal: (goal * days) / 10_000 })
  })

const isAsked = (section: string): boolean => sections.length === 0 || sections.includes(section)

if (isAsked("million")) await inHome(million)
if (isAsked("thousand")) await Effect.runPromise(thousand)
if (isAsked("reading")) await inHome(reading)
if (isAsked("backfill")) {
  await inHome(backfill("all days at once", 3_000, BackfillPolicy.singleRun))
  await inHome(backfill("a step a day", 60_000, BackfillPolicy.batches(1)))
}
