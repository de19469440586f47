/** The volume model: what it learns, how it is judged, and that its files agree. */
import { createRequire } from "node:module"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as OnnxModel from "../../../assets/market/OnnxModel.ts"
import * as VolumeModel from "../../../assets/market/VolumeModel.ts"
import * as VolumeTraining from "../../../assets/market/VolumeTraining.ts"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Sql, sql } from "../../../runtime/index.ts"

/** It comes without types of its own. */
const ort: typeof import("onnxruntime-common") = createRequire(import.meta.url)("onnxruntime-node")

/** Features of some symbols, with the volume that an expression says. */
const features = (volume: string, days = 200) =>
  DuckDB.use((duckdb) =>
    duckdb.table(sql`
      SELECT
        'S' || symbol AS Symbol, DATE '2020-01-01' + CAST(day AS INTEGER) AS Date,
        CAST(round(${Sql.literal(volume)}) AS BIGINT) AS Volume, vol_moving_avg, adj_close_rolling_med
      FROM (
        SELECT symbol, day, 1000.0 * (symbol + 1) * (1 + (day * 37 + symbol * 11) % 50) AS vol_moving_avg,
          1.0 + (day * 7 + symbol * 13) % 90 AS adj_close_rolling_med
        FROM range(8) s(symbol), range(${days}) d(day))`)
  )

const exact = "vol_moving_avg * (0.5 + 0.2 * ln(1 + adj_close_rolling_med) - 0.01 * ln(1 + vol_moving_avg))"
const noisy = `${exact} * (0.5 + (hash(symbol, day) % 1000) / 1000.0)`

const train = (features: Sql.Relation, target: VolumeModel.Target = "volume") =>
  VolumeTraining.train({ features, target, folds: 5, seed: 42 })

describe("the volume model", () => {
  it.effect("finds the numbers that the rows were made with", () =>
    Effect.gen(function* () {
      const { coefficients, scores } = yield* Effect.flatMap(features(exact), (rows) => train(rows))
      assert.closeTo(coefficients.constant, 0.5, 1e-3)
      assert.closeTo(coefficients.price, 0.2, 1e-4)
      assert.closeTo(coefficients.average, -0.01, 1e-4)
      assert.isTrue(scores.every(({ model }) => model.r2 > 0.999999))
    }).pipe(Effect.scoped, Effect.provide(DuckDB.layer))
  )

  it.effect("is measured only on rows that it was not trained on: as an independent computation says", () =>
    Effect.gen(function* () {
      const duckdb = yield* DuckDB
      const relation = yield* features(noisy)
      const { coefficients, scores } = yield* train(relation)
      const rows = (yield* duckdb.query(sql`
        SELECT hash(Symbol, Date, 42::BIGINT) % 5 AS fold, Date, Volume, vol_moving_avg, adj_close_rolling_med FROM ${relation}
      `)).map((row) => ({
        fold: Number(row.fold),
        day: (row.Date as Date).getTime(),
        volume: Number(row.Volume),
        vol_moving_avg: Number(row.vol_moving_avg),
        adj_close_rolling_med: Number(row.adj_close_rolling_med)
      }))
      const days = rows.map(({ day }) => day).toSorted((a, b) => a - b)
      const lastDay = days[Math.ceil(days.length * 0.8) - 1]!
      const cases: ReadonlyArray<readonly [string, (row: (typeof rows)[number]) => boolean]> = [
        ["fold 1", ({ fold }) => fold === 0],
        ["fold 5", ({ fold }) => fold === 4],
        ["later", ({ day }) => day > lastDay]
      ]
      for (const [split, isHeldOut] of cases) {
        const model = leastSquares(rows.filter((row) => !isHeldOut(row)))
        const held = rows.filter(isHeldOut)
        const score = scores.find((score) => score.split === split)!
        assert.strictEqual(score.model.rows, held.length)
        const absolute = (of: (row: (typeof rows)[number]) => number) =>
          held.reduce((sum, row) => sum + Math.abs(of(row) - row.volume), 0) / held.length
        assert.closeTo(score.model.mae / absolute((row) => VolumeModel.predict(model, row)), 1, 1e-6)
        assert.closeTo(score.naive.mae / absolute(VolumeModel.naive), 1, 1e-6)
        assert.isBelow(score.model.mse, score.naive.mse)
      }
      const all = leastSquares(rows)
      assert.closeTo(coefficients.price, all.price, 1e-6)
    }).pipe(Effect.scoped, Effect.provide(DuckDB.layer))
  )

  it.effect("of the next day never sees the last row of a symbol, which has no next day", () =>
    Effect.gen(function* () {
      const { scores } = yield* Effect.flatMap(features(noisy), (rows) => train(rows, "next_day_volume"))
      assert.strictEqual(scores.find(({ split }) => split === "folds")!.model.rows, 8 * 199)
    }).pipe(Effect.scoped, Effect.provide(DuckDB.layer))
  )

  it.effect("is not made from a few rows", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(features(noisy, 5), (rows) => train(rows)))
      assert.strictEqual(error._tag, "TooFewRows")
      assert.match(error.message, /^40 rows with a full window are too few/)
    }).pipe(Effect.scoped, Effect.provide(DuckDB.layer))
  )

  it.effect("predicts the same in the process and by the ONNX runtime", () =>
    Effect.gen(function* () {
      const coefficients = { constant: 0.41, price: -0.013, average: 0.037 }
      const days = Array.from({ length: 1000 }, (_, n) => ({
        vol_moving_avg: n === 0 ? 0 : Math.exp(n / 40),
        adj_close_rolling_med: n % 7 === 0 ? 0 : (n * 13) % 500
      }))
      const session = yield* Effect.promise(() => ort.InferenceSession.create(OnnxModel.encode("volume", coefficients)))
      const column = (name: "vol_moving_avg" | "adj_close_rolling_med") =>
        new ort.Tensor(
          "float64",
          Float64Array.from(days, (day) => day[name]),
          [days.length]
        )
      const { volume } = yield* Effect.promise(() =>
        session.run({
          vol_moving_avg: column("vol_moving_avg"),
          adj_close_rolling_med: column("adj_close_rolling_med")
        })
      )
      const predicted = Array.from(volume!.data as Float64Array)
      for (const [n, day] of days.entries()) {
        const own = VolumeModel.predict(coefficients, day)
        assert.closeTo(predicted[n]!, own, 1e-12 * Math.max(1, own))
      }
    })
  )
})

/** The same least squares, row by row, by Cramer's rule. */
const leastSquares = (
  rows: ReadonlyArray<VolumeModel.FeaturesOfDay & { readonly volume: number }>
): VolumeModel.Coefficients => {
  const left = [0, 0, 0].map(() => [0, 0, 0])
  const right = [0, 0, 0]
  for (const { adj_close_rolling_med, vol_moving_avg, volume } of rows) {
    const terms = [1, Math.log(1 + adj_close_rolling_med), Math.log(1 + vol_moving_avg)]
    for (const [i, a] of terms.entries()) {
      right[i]! += a * volume
      for (const [j, b] of terms.entries()) left[i]![j]! += vol_moving_avg * a * b
    }
  }
  const determinant = (m: ReadonlyArray<ReadonlyArray<number>>): number =>
    [0, 1, 2].reduce((sum, i) => {
      const at = (row: number, column: number) => m[row]![(i + column) % 3]!
      return sum + at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1))
    }, 0)
  const all = determinant(left)
  const [constant = 0, price = 0, average = 0] = [0, 1, 2].map(
    (k) => determinant(left.map((row, i) => row.with(k, right[i]!))) / all
  )
  return { constant, price, average }
}
