/**
 * What it costs to ask something else: `node bench/rollups.ts [--postings 2000000]`
 * with as many generated postings a month (default 5,000), over a year.
 *
 * The whole chain is made once from landed files. Then quarters are rolled up
 * from daily counts, beside the same counted again from the postings and their
 * attributes; a parameter, a file and an extractor change; and rolling features
 * are made, beside plain SQL that joins each day with all counts of its windows.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { pools } from "../assets/Pools.ts"
import { Features } from "../assets/postings/Features.ts"
import { Quarterly } from "../assets/postings/Quarterly.ts"
import * as Counts from "../assets/postings/rollup/Counts.ts"
import * as DailyCounts from "../assets/postings/rollup/DailyCounts.ts"
import * as Period from "../assets/postings/rollup/Period.ts"
import * as RollingFeatures from "../assets/postings/rollup/RollingFeatures.ts"
import * as Rollup from "../assets/postings/rollup/Rollup.ts"
import { write } from "../data/postings.ts"
import { postings as sample } from "../data/samples.ts"
import * as CachedRoles from "../resources/CachedRoles.ts"
import { DuckDB } from "../resources/DuckDB.ts"
import * as EmbeddedSeniorityModel from "../resources/EmbeddedSeniorityModel.ts"
import * as ParquetIOManager from "../resources/ParquetIOManager.ts"
import * as RoleCache from "../resources/RoleCache.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, PartitionSet, PartitionsDefinition, type Sql, sql } from "../runtime/index.ts"
import * as AssetRelation from "../runtime/read/AssetRelation.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as State from "../runtime/record/State.ts"

const { values } = parseArgs({
  options: { postings: { type: "string", default: "5000" }, repeats: { type: "string", default: "3" } }
})
const aMonth = Number(values.postings)
const repeats = Number(values.repeats)
const home = mkdtempSync(join(process.env.STRATA_BENCH_HOME ?? tmpdir(), "strata-bench-"))
const landed = join(home, "landed")

const withUpstream = (asset: Asset.Any): ReadonlyArray<Asset.Any> => [
  asset,
  ...[...Asset.dependencies(asset).values()].flatMap(({ asset }) => withUpstream(asset))
]
const assets = [...new Set([Quarterly, Features].flatMap(withUpstream))]
const graph = Result.getOrThrow(AssetGraph.make(assets))

const layer = Layer.mergeAll(
  State.layer({ home: join(home, "state") }),
  ParquetIOManager.layer,
  CachedRoles.layer.pipe(Layer.provide([RoleCache.layerMemory, EmbeddedSeniorityModel.layer]))
).pipe(Layer.provideMerge(DuckDB.layer), Layer.provideMerge(NodeServices.layer))

interface Options {
  readonly code?: Readonly<Record<string, string>>
  readonly config?: AssetConfigs.Overrides
  readonly only?: ReadonlyArray<string>
  readonly partitions?: (key: string) => PartitionSet.PartitionSet | undefined
  readonly force?: boolean
}

/** What the command line does: plans, and performs the plan. */
const materialize = Effect.fnUntraced(function* (options: Options = {}) {
  const context = yield* Effect.context<DuckDB>()
  const provider = ConfigProvider.fromUnknown({ STRATA_POSTINGS_SOURCE: landed })
  const project: Materialization.Project = {
    graph,
    codeVersions: new Map(graph.order.map((key) => [key, options.code?.[key] ?? "1"])),
    configs: Result.getOrThrow(AssetConfigs.resolve(graph, options.config ?? [])),
    resources: Context.add(context, ConfigProvider.ConfigProvider, provider) as unknown as Context.Context<never>,
    pools
  }
  const start = performance.now()
  const planned = yield* Materialization.plan(project, {
    environment: main,
    assets: new Set(options.only?.map(AssetKey.make) ?? graph.order),
    narrow: (view, key) =>
      PartitionSet.intersection(view.existing.get(key)!, options.partitions?.(key) ?? view.existing.get(key)!),
    force: options.force ?? false
  })
  const planning = performance.now() - start
  const { status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: "bench",
    git: null,
    process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
    concurrency: 2
  })
  if (status !== "Succeeded") throw new Error(`the run ${status}`)
  const made = new Map<string, number>()
  for (const { assets, partitions } of planned.plan.steps) {
    made.set(assets[0]!, (made.get(assets[0]!) ?? 0) + PartitionSet.size(partitions))
  }
  return { planning, millis: performance.now() - start, steps: planned.plan.steps.length, made }
})

/** The relation of an asset, of these days. */
const relation = Effect.fnUntraced(function* (key: string, days?: PartitionSet.PartitionSet) {
  const known = yield* KnownState.load(graph, { codeVersions: new Map(), configs: new Map() }, main)
  const rows: Sql.Relation = { sql: sql`(${yield* AssetRelation.rows(known, AssetKey.make(key), days)})` }
  return rows
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = performance.now()
    yield* effect
    return performance.now() - start
  })

const median = (numbers: ReadonlyArray<number>) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!

/** Medians of several repeats, one after the other in turn. */
const compared = Effect.fnUntraced(function* <E, R>(
  ours: Effect.Effect<unknown, E, R>,
  baseline: Effect.Effect<unknown, E, R>
) {
  const [first, second]: [Array<number>, Array<number>] = [[], []]
  for (let repeat = 0; repeat < repeats; repeat++) {
    first.push(yield* timed(ours))
    second.push(yield* timed(baseline))
  }
  return { ours: median(first), baseline: median(second), ratio: median(second) / median(first) }
})

const seconds = (millis: number) => `${(millis / 1000).toFixed(millis < 10_000 ? 2 : 0)} s`
const report = (name: string, text: string) => console.log(`${name.padEnd(58)} ${text}`)
const versus = (
  name: string,
  { baseline, ours, ratio }: { readonly ours: number; readonly baseline: number; readonly ratio: number }
) => report(name, `${ratio.toFixed(1)} x   ${seconds(ours)} against ${seconds(baseline)}`)

const day = (key: string) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))
const quarter = PartitionSet.range(day("2025-04-01"), day("2025-07-01"))

const bench = Effect.gen(function* () {
  const duckdb = yield* DuckDB
  const generating = yield* timed(
    write(landed, { ...sample, rows: aMonth * 12, days: 365, filesPerDay: 1, start: "2025-01-01", malformed: 0.0001 })
  )
  report("generated", `${aMonth * 12} postings of a year in ${seconds(generating)}`)
  const chain = yield* materialize()
  report("the whole chain, once", `${seconds(chain.millis)}, ${chain.steps} steps`)

  const daily = yield* relation("postings/daily", quarter)
  const attribute = (name: string) => relation(`postings/attributes/${name}`, quarter)
  const postings = {
    enriched: yield* relation("postings/enriched", quarter),
    titles: yield* attribute("title_clean"),
    places: yield* attribute("cbsa"),
    skills: yield* attribute("skills_onet"),
    socs: yield* attribute("soc_code")
  }
  const question: Rollup.Question = {
    ...Rollup.defaults,
    period: Period.quarter.keyOf,
    regions: daily,
    merges: undefined
  }
  const [counted] = yield* duckdb.query(sql`SELECT count(*) AS rows, sum(postings) AS postings FROM ${daily}`)
  report("a quarter of daily counts", `${counted!.rows} rows of ${counted!.postings} postings`)
  const out = join(home, "out.parquet")
  const fromDaily = duckdb.copy(Rollup.query(daily, question), out)
  const fromPostings = Effect.scoped(
    Effect.gen(function* () {
      const counts = yield* duckdb.table(DailyCounts.query(postings))
      yield* duckdb.copy(Rollup.query(counts, question), out)
    })
  )
  versus("a quarter from daily counts, against from its attributes", yield* compared(fromDaily, fromPostings))
  const only = (key: string) => {
    const { partitions } = AssetGraph.asset(graph, AssetKey.make(key))
    return PartitionsDefinition.isAlike(partitions, Period.quarter.partitions)
      ? PartitionSet.of(
          Result.getOrThrow(PartitionsDefinition.ordinal(partitions, { ordinals: new Map(), keys: [] }, "2025Q2"))
        )
      : PartitionsDefinition.isPartitioned(partitions)
        ? quarter
        : undefined
  }
  const withoutFeatures = graph.order.filter((key) => key !== Features.key && !key.startsWith("postings/reference/"))
  versus(
    "a quarter as a run, against a run from its landed lines",
    yield* compared(
      materialize({ only: ["postings/quarterly"], partitions: only, force: true }),
      materialize({ only: withoutFeatures, partitions: only, force: true })
    )
  )

  const top = yield* materialize({ config: [{ "postings/quarterly": { topSkills: 15 } }] })
  report("10 skills become 15, four quarters", `${seconds(top.millis)}, ${told(top.made)}`)
  yield* materialize()

  const late = join(landed, `${day("2025-08-15") * 86_400 + 1}.jsonl`)
  const [first] = readdirSync(landed).filter((name) => statSync(join(landed, name)).size > 0)
  writeFileSync(
    late,
    JSON.stringify({ url: String(first), company: "Late", title: "Clerk", location: "Boise, ID", scraped_on: 0 })
  )
  const lateRun = yield* materialize()
  report(
    "a file lands late",
    `${seconds(lateRun.millis)}, of which plan ${Math.round(lateRun.planning)} ms; ${told(lateRun.made)}`
  )

  const same = yield* materialize({ code: { "postings/attributes/soc_code": "2" } })
  report("an extractor changes and says the same", `${seconds(same.millis)}, planned ${told(same.made)}`)
  const dependent = ["postings/attributes/soc_code", "postings/daily", "postings/quarterly", "postings/features"]
  const other = yield* materialize({ code: { "postings/attributes/soc_code": "2" }, only: dependent, force: true })
  report("an extractor changes and says something else", `${seconds(other.millis)}, ${told(other.made)}`)

  const year = yield* relation("postings/daily")
  const counts: Sql.Relation = {
    sql: sql`(SELECT CAST(date AS DATE) - DATE '1970-01-01' AS date, title_clean AS title, cbsa AS place,
      cbsa_name AS place_name, postings, ${Counts.from(4)} AS senior FROM ${year})`
  }
  const days = Array.from({ length: 92 }, (_, index) => ({
    ordinal: day("2025-10-01") + index,
    key: PartitionsDefinition.dayKey(day("2025-10-01") + index)
  }))
  const rolling = (days: ReadonlyArray<RollingFeatures.Day>) =>
    Effect.scoped(
      Effect.flatMap(RollingFeatures.make(inLookback(counts, days), { days, minimumPostings: 1 }), (query) =>
        duckdb.copy(query, out)
      )
    )
  const plain = (days: ReadonlyArray<RollingFeatures.Day>) => duckdb.copy(joined(counts, days), out)
  versus("features of 92 days, against plain SQL over everything", yield* compared(rolling(days), plain(days)))
  versus(
    "features of one day, against plain SQL over everything",
    yield* compared(rolling(days.slice(-1)), plain(days.slice(-1)))
  )
  const [features] = yield* duckdb.query(sql`SELECT count(*) AS rows FROM ${yield* relation("postings/features")}`)
  report("features of the year", `${features!.rows} rows`)
}).pipe(Effect.scoped)

const told = (made: ReadonlyMap<string, number>) =>
  [...made].map(([key, partitions]) => `${key.replace("postings/", "")} ${partitions}`).join(", ")

const inLookback = (counts: Sql.Relation, days: ReadonlyArray<RollingFeatures.Day>): Sql.Relation => ({
  sql: sql`(FROM ${counts} WHERE date BETWEEN ${days[0]!.ordinal - RollingFeatures.lookback} AND ${days.at(-1)!.ordinal})`
})

/** Every day joined with every count of the 180 days up to it, and a list of the days of each window for its median. */
const joined = (counts: Sql.Relation, days: ReadonlyArray<RollingFeatures.Day>): Sql.Sql => {
  const sum = (of: string, from: number, to: number) =>
    sql`coalesce(sum(${sql`${of === "senior" ? sql`senior` : sql`postings`}`}) FILTER (age >= ${from} AND age < ${to}), 0)`
  const features = RollingFeatures.windows.flatMap((window) => [
    sql`${sum("postings", 0, window)}`,
    sql`${sum("postings", 0, window)} / ${window}`,
    sql`list_median(list_resize(coalesce(list(postings) FILTER (age < ${window}), []), ${window}, 0))`,
    sql`(${sum("postings", 0, window)} - ${sum("postings", window, 2 * window)}) / nullif(${sum("postings", window, 2 * window)}, 0)`,
    sql`${sum("senior", 0, window)} / nullif(${sum("postings", 0, window)}, 0)`
  ])
  return sql`
    SELECT day, title, place, max(place_name) AS place_name, ${features.reduce((all, one, index) => (index === 0 ? one : sql`${all}, ${one}`))}, min(age) AS days_since_last_seen
    FROM (
      SELECT day, title, place, place_name, postings, senior, day - date AS age
      FROM (SELECT unnest(CAST(${days.map(({ ordinal }) => ordinal)} AS INTEGER[])) AS day)
        JOIN (SELECT date, title, place, max(place_name) AS place_name, sum(postings) AS postings, sum(senior) AS senior FROM ${counts} GROUP BY date, title, place)
          ON date BETWEEN day - 179 AND day
    ) GROUP BY day, title, place`
}

await Effect.runPromise(bench.pipe(Effect.provide(layer))).finally(() => rmSync(home, { recursive: true, force: true }))
