/**
 * Volume models on rows that they have not seen: the moving average alone, the
 * model of `market/model`, and a random forest of 10,000 sampled rows
 * (80/20, seed 42; a hundred trees take minutes, so ten are planted unless
 * told). `node bench/model.ts [folder] [trees]`; without a
 * folder of landed prices, prices are generated.
 *
 * The forest is that of ml-random-forest, the one kept implementation in
 * JavaScript that needs nothing native.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { RandomForestRegression } from "ml-random-forest"
import * as VolumeModel from "../assets/market/VolumeModel.ts"
import * as VolumeTraining from "../assets/market/VolumeTraining.ts"
import { DuckDB } from "../resources/DuckDB.ts"
import { type Sql, sql } from "../runtime/index.ts"

const sampled = 10_000
const [given, trees = "10"] = process.argv.slice(2)

const generated = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "strata-bench-"))
  process.on("exit", () => rmSync(folder, { recursive: true }))
  const strata = join(import.meta.dirname, "../cli/strata.mjs")
  execFileSync(process.execPath, [strata, "generate", "prices", "--out", folder], { stdio: "ignore" })
  return folder
}

const features = (folder: string) => sql`
  SELECT * FROM (
    SELECT
      Symbol, Date, Volume,
      CASE WHEN count(*) OVER month = 30 THEN avg(Volume) OVER month END AS vol_moving_avg,
      CASE WHEN count(*) OVER month = 30 THEN median("Adj Close") OVER month END AS adj_close_rolling_med
    FROM (
      SELECT parse_filename(filename, true) AS Symbol, *
      FROM read_csv(${join(folder, "*/*.csv")}, filename = true, header = true, auto_detect = false, quote = '"', delim = ',',
        columns = {Date: 'DATE', Open: 'DOUBLE', High: 'DOUBLE', Low: 'DOUBLE', Close: 'DOUBLE', "Adj Close": 'DOUBLE', Volume: 'BIGINT'})
      WHERE Volume IS NOT NULL)
    WINDOW month AS (PARTITION BY Symbol ORDER BY Date ROWS 29 PRECEDING))
  WHERE vol_moving_avg > 0`

type Example = VolumeModel.FeaturesOfDay & { readonly volume: number }

const examples = Effect.fnUntraced(function* (rows: Sql.Relation) {
  const duckdb = yield* DuckDB
  const found = yield* duckdb.query(sql`SELECT vol_moving_avg, adj_close_rolling_med, Volume AS volume FROM ${rows}`)
  return found.map((row) => ({
    vol_moving_avg: Number(row.vol_moving_avg),
    adj_close_rolling_med: Number(row.adj_close_rolling_med),
    volume: Number(row.volume)
  }))
})

const forest = (learned: ReadonlyArray<Example>) => {
  const inputs = (rows: ReadonlyArray<VolumeModel.FeaturesOfDay>) =>
    rows.map(({ adj_close_rolling_med, vol_moving_avg }) => [vol_moving_avg, adj_close_rolling_med])
  const trained = new RandomForestRegression({ seed: 42, nEstimators: Number(trees), maxFeatures: 1, noOOB: true })
  trained.train(
    inputs(learned),
    learned.map(({ volume }) => volume)
  )
  return (row: VolumeModel.FeaturesOfDay): number => trained.predict(inputs([row]))[0]!
}

const told = (name: string, predict: (row: Example) => number, held: ReadonlyArray<Example>, begun: number) => {
  const mean = held.reduce((sum, { volume }) => sum + volume, 0) / held.length
  const errors = held.map((row) => predict(row) - row.volume)
  const absolute = errors.reduce((sum, error) => sum + Math.abs(error), 0) / held.length
  const square = errors.reduce((sum, error) => sum + error * error, 0)
  const variation = held.reduce((sum, { volume }) => sum + (volume - mean) ** 2, 0)
  const seconds = ((performance.now() - begun) / 1000).toFixed(2)
  console.log(
    `${name.padEnd(40)} MAE ${Math.round(absolute).toLocaleString("en").padStart(12)}   R² ${(1 - square / variation).toFixed(4)}   ${seconds} s`
  )
}

const program = Effect.gen(function* () {
  const duckdb = yield* DuckDB
  const all = yield* duckdb.table(features(given ?? generated()))
  const shuffled = yield* duckdb.table(sql`
    SELECT row_number() OVER (ORDER BY hash(Symbol, Date, CAST(42 AS BIGINT))) AS place, * FROM ${all}`)
  const part = (from: number, to: number) =>
    duckdb.table(sql`SELECT * EXCLUDE (place) FROM ${shuffled} WHERE place > ${from} AND place <= ${to}`)
  const [{ count } = { count: 0 }] = yield* duckdb.query(sql`SELECT count(*) AS count FROM ${all}`)
  const rows = Number(count)
  const sample = Math.min(sampled, rows)
  const learned = yield* part(0, sample * 0.8)
  const held = yield* examples(yield* part(sample * 0.8, sample))
  console.log(`${rows.toLocaleString("en")} rows; errors on ${held.length} rows that nothing was trained on`)

  told("the moving average alone", VolumeModel.naive, held, performance.now())
  const options = { target: "volume", folds: 5, seed: 42 } as const
  for (const [name, relation] of [
    ["the model, trained on the same rows", learned],
    [
      "the model, trained on all other rows",
      yield* duckdb.table(
        sql`SELECT * EXCLUDE (place) FROM ${shuffled} WHERE place <= ${sample * 0.8} OR place > ${sample}`
      )
    ]
  ] as const) {
    const begun = performance.now()
    const { coefficients } = yield* VolumeTraining.train({ ...options, features: relation })
    told(name, (row) => VolumeModel.predict(coefficients, row), held, begun)
  }
  const begun = performance.now()
  told(`a random forest of ${trees} trees`, forest(yield* examples(learned)), held, begun)
})

await Effect.runPromise(Effect.provide(Effect.scoped(program), DuckDB.layer))
