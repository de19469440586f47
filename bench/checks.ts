/**
 * What checks cost: `node bench/checks.ts [--rows 4000000] [--steps 400] [--repeats 5]`.
 *
 * A step that writes a week of rows without checks, with six checks on columns,
 * which are one query, and with the same six as six queries of their own; then
 * many small steps without checks and with three. Everything is made anew each
 * time, in turn, and the medians of the CPU time are compared with those without
 * checks.
 */
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { DuckDB } from "../resources/DuckDB.ts"
import * as ParquetIOManager from "../resources/ParquetIOManager.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, AssetCheck, BackfillPolicy, PartitionsDefinition, sql, Table } from "../runtime/index.ts"
import * as State from "../runtime/record/State.ts"

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "4000000" },
    steps: { type: "string", default: "400" },
    repeats: { type: "string", default: "5" }
  }
})
const [rows, steps, repeats] = [Number(values.rows), Number(values.steps), Number(values.repeats)]

const Row = Schema.Struct({ id: Schema.Int, level: Schema.Int, kind: Schema.String, amount: Schema.Finite })
type Row = typeof Row.Type
type Checks = ReadonlyArray<AssetCheck.AssetCheck<Row, Table.Table<Row>, never>>

const onColumns: Checks = [
  AssetCheck.notNull(["id", "kind"]),
  AssetCheck.between("level", 1, 7),
  AssetCheck.between("amount", 0, 1),
  AssetCheck.acceptedValues("kind", ["kind 0", "kind 1", "kind 2"]),
  AssetCheck.rowCount({ min: 1 }),
  AssetCheck.unique("id")
]

const withoutUnique = onColumns.slice(0, -1)

const asQueries: Checks = [
  AssetCheck.sql("no null", (all) => sql`SELECT partition_key FROM ${all} WHERE id IS NULL OR kind IS NULL`),
  AssetCheck.sql("level", (all) => sql`SELECT partition_key FROM ${all} WHERE level NOT BETWEEN 1 AND 7`),
  AssetCheck.sql("amount", (all) => sql`SELECT partition_key FROM ${all} WHERE amount NOT BETWEEN 0 AND 1`),
  AssetCheck.sql(
    "kind",
    (all) => sql`SELECT partition_key FROM ${all} WHERE kind NOT IN ('kind 0', 'kind 1', 'kind 2')`
  ),
  AssetCheck.sql("rows", (all) => sql`SELECT partition_key FROM ${all} GROUP BY ALL HAVING count(*) < 1`),
  AssetCheck.sql("unique", (all) => sql`SELECT partition_key, id FROM ${all} GROUP BY ALL HAVING count(*) > 1`)
]

/** A week in one step. */
const week = (checks: Checks) =>
  Asset.make("week", {
    partitions: PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-07" }),
    backfillPolicy: BackfillPolicy.singleRun,
    output: Table.of(Row),
    checks,
    materialize: ({ partitions }) =>
      Effect.succeed(sql`
        SELECT i AS id, 1 + i % 7 AS level, 'kind ' || i % 3 AS kind, (i % 1000) / 1000 AS amount,
          (CAST(${partitions.map(({ key }) => key)} AS VARCHAR[]))[1 + i // ${Math.ceil(rows / partitions.length)}] AS partition_key
        FROM range(${rows}) t(i)`)
  })

/** A step for each of many keys. */
const small = (checks: Checks) =>
  Asset.make("small", {
    partitions: PartitionsDefinition.fixed(Array.from({ length: steps }, (_, index) => `key${index}`)),
    output: Table.of(Row),
    checks,
    materialize: () => Effect.succeed(sql`SELECT 1 AS id, 1 AS level, 'kind 0' AS kind, 0.5 AS amount`)
  })

const materialize = Effect.fnUntraced(function* (asset: Asset.Any) {
  const graph = Result.getOrThrow(AssetGraph.make([asset]))
  const project: Materialization.Project = {
    graph,
    codeVersions: new Map([[asset.key, "1"]]),
    configs: new Map(),
    resources: Context.empty()
  }
  const planned = yield* Materialization.plan(project, {
    environment: main,
    assets: new Set([asset.key]),
    narrow: (view, key) => view.existing.get(key)!,
    force: true
  })
  const start = process.cpuUsage()
  const { status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: "bench",
    git: null,
    process: { pid: 1, bootId: "bench", startTicks: "1", host: "bench" },
    concurrency: 2
  })
  if (status !== "Succeeded") throw new Error(`${asset.key} ${status}`)
  const { system, user } = process.cpuUsage(start)
  return (system + user) / 1000
})

const median = (times: ReadonlyArray<number>) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!

/** The medians, each in a state of its own, in turn. */
const medians = Effect.fnUntraced(function* (assets: ReadonlyArray<Asset.Any>) {
  const times = assets.map((): Array<number> => [])
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, asset] of assets.entries()) {
      times[index]!.push(yield* materialize(asset).pipe(Effect.provide(State.layerMemory)))
    }
  }
  return times.map(median)
})

const report = (what: string, millis: number, without: number) =>
  console.log(`${(millis / without).toFixed(2).padStart(6)} ×  ${what}: ${Math.round(millis)} ms of CPU`)

const bench = Effect.gen(function* () {
  const [none, five, together, apart] = yield* medians(
    [[AssetCheck.mayBecomeEmpty], withoutUnique, onColumns, asQueries].map(week)
  )
  console.log(`one step of ${rows.toLocaleString("en")} rows over 7 days`)
  report("no check", none!, none!)
  report("five checks of columns and rows, in one query", five!, none!)
  report("and that a column is unique", together!, none!)
  report("the same as six queries", apart!, none!)
  const [bare, byDefault, three] = yield* medians([
    small([AssetCheck.mayBecomeEmpty]),
    small([]),
    small([AssetCheck.between("level", 1, 7), AssetCheck.notNull("id"), AssetCheck.rowCount({ min: 1 })])
  ])
  console.log(`${steps} steps of one row`)
  report("no check", bare!, bare!)
  report("that none became empty, as every table", byDefault!, bare!)
  report("three checks more", three!, bare!)
})

await Effect.runPromise(
  bench.pipe(
    Effect.provide(
      Layer.provideMerge(ParquetIOManager.layer, DuckDB.layer).pipe(Layer.provideMerge(NodeServices.layer))
    )
  )
)
