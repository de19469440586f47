/**
 * Trains a volume model on all rows, and says how good it is.
 *
 * The weighted least squares need of the rows only nine sums, which the engine
 * makes. They are made by fold, so the models of the cross-validation come from
 * the same pass; a second one measures their errors. No row is sampled, and
 * none enters JavaScript.
 */
import { Matrix, solve } from "ml-matrix"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import { Sql, sql } from "../../runtime/index.ts"
import type { Coefficients, Target } from "./VolumeModel.ts"

export class TooFewRows extends Schema.TaggedError<TooFewRows>()("TooFewRows", { rows: Schema.Int }) {
  override get message() {
    return `${this.rows} rows with a full window are too few to learn from: a model takes ${leastRows}, so land longer histories or set market/features.window lower`
  }
}

const leastRows = 100

/** Errors are in shares; `r2` is the share of the variance that is explained. */
export interface Metrics {
  readonly rows: number
  readonly mae: number
  readonly mse: number
  readonly r2: number
}

export interface Trained {
  /** Learned from all rows. */
  readonly coefficients: Coefficients
  readonly scores: ReadonlyArray<Score>
}

/** How a model and the moving average did on rows that the model was not trained on. */
export interface Score {
  /** `fold 1` and so on of the cross-validation, `folds` for all of them together, `later` for the newest fifth of the days. */
  readonly split: string
  readonly model: Metrics
  readonly naive: Metrics
}

export interface Options {
  readonly features: Sql.Relation
  readonly target: Target
  readonly folds: number
  /** Another seed puts rows into other folds. */
  readonly seed: number
}

export const train = Effect.fn("VolumeTraining.train")(function* (options: Options) {
  const duckdb = yield* DuckDB
  const { features, folds } = options
  const [days] = yield* duckdb.query(
    sql`SELECT quantile_disc(Date, 0.8) AS last FROM ${features} WHERE vol_moving_avg > 0`
  )
  const examples = examplesOf(options, days?.last)
  const sums = (yield* duckdb.query(sumsOf(examples))).map(
    (row): Sums => ({
      fold: Number(row.fold),
      later: Boolean(row.later),
      rows: Number(row.rows),
      sums: names.map((name) => Number(row[name]))
    })
  )
  const rows = sums.reduce((count, part) => count + part.rows, 0)
  if (rows < leastRows) return yield* new TooFewRows({ rows })
  const withoutFold = Array.from({ length: folds }, (_, fold) => solved(sums.filter((part) => part.fold !== fold)))
  const earlier = solved(sums.filter(({ later }) => !later))
  const found = yield* duckdb.query(errorsOf(examples, withoutFold, earlier))
  const errors = yield* Effect.orDie(Schema.decodeUnknownEffect(Schema.Array(ErrorSums))(found))
  const score = (split: string, some: ReadonlyArray<ErrorSums>, kind: "fold" | "time"): Score => ({
    split,
    model: metrics(some, kind),
    naive: metrics(some, "naive")
  })
  return {
    coefficients: solved(sums),
    scores: [
      ...withoutFold.map((_, fold) =>
        score(
          `fold ${fold + 1}`,
          errors.filter((part) => part.fold === fold),
          "fold"
        )
      ),
      score("folds", errors, "fold"),
      score(
        "later",
        errors.filter(({ later }) => later),
        "time"
      )
    ]
  } satisfies Trained as Trained
})

/** Rows with a full window and a target, each in a fold of its own choosing. */
const examplesOf = ({ features, folds, seed, target }: Options, lastDay: unknown): Sql.Sql => {
  const volume = target === "volume" ? sql`Volume` : sql`lead(Volume) OVER (PARTITION BY Symbol ORDER BY Date)`
  const day = lastDay instanceof Date ? lastDay.toISOString().slice(0, 10) : null
  return sql`(
    SELECT
      CAST(hash(Symbol, Date, CAST(${seed} AS BIGINT)) % ${folds} AS INTEGER) AS fold,
      Date > CAST(${day} AS DATE) AS later,
      vol_moving_avg AS average,
      ln(1 + greatest(adj_close_rolling_med, 0)) AS log_price,
      ln(1 + vol_moving_avg) AS log_average,
      target
    FROM (SELECT *, CAST(${volume} AS DOUBLE) AS target FROM ${features})
    WHERE vol_moving_avg > 0 AND target IS NOT NULL)`
}

interface Sums {
  readonly fold: number
  readonly later: boolean
  readonly rows: number
  readonly sums: ReadonlyArray<number>
}

const names = ["s00", "s01", "s02", "s11", "s12", "s22", "t0", "t1", "t2"] as const

/**
 * Of the ratio of target to average, each row weighted by its average: then the
 * sums hold no division, and neither small nor large symbols decide alone.
 */
const sumsOf = (examples: Sql.Sql): Sql.Sql => sql`
  SELECT
    fold, later, count(*) AS rows,
    sum(average) AS s00, sum(average * log_price) AS s01, sum(average * log_average) AS s02,
    sum(average * log_price * log_price) AS s11, sum(average * log_price * log_average) AS s12,
    sum(average * log_average * log_average) AS s22,
    sum(target) AS t0, sum(log_price * target) AS t1, sum(log_average * target) AS t2
  FROM ${examples} GROUP BY ALL ORDER BY ALL`

/** Rounded, because the order in which the engine adds up changes the last digits. */
const solved = (parts: ReadonlyArray<Sums>): Coefficients => {
  const [s00 = 0, s01 = 0, s02 = 0, s11 = 0, s12 = 0, s22 = 0, ...t] = names.map((_, index) =>
    parts.reduce((sum, part) => sum + part.sums[index]!, 0)
  )
  const left = new Matrix([
    [s00, s01, s02],
    [s01, s11, s12],
    [s02, s12, s22]
  ])
  // Symbols that all have one price leave the sums dependent; SVD then gives the smallest solution.
  const solution = solve(left, Matrix.columnVector(t), true).to1DArray()
  const [constant = 0, price = 0, average = 0] = solution.map((value) => Number(value.toPrecision(10)))
  return { constant, price, average }
}

/** What the engine adds up of the errors. */
const ErrorSums = Schema.Struct({
  fold: Schema.Int,
  later: Schema.Boolean,
  rows: Schema.BigInt,
  total: Schema.Finite,
  squares: Schema.Finite,
  fold_absolute: Schema.Finite,
  fold_square: Schema.Finite,
  time_absolute: Schema.Finite,
  time_square: Schema.Finite,
  naive_absolute: Schema.Finite,
  naive_square: Schema.Finite
})
type ErrorSums = typeof ErrorSums.Type

const errorsOf = (examples: Sql.Sql, withoutFold: ReadonlyArray<Coefficients>, earlier: Coefficients): Sql.Sql => {
  const ofFold = (name: keyof Coefficients) =>
    sql`CAST(${withoutFold.map((coefficients) => coefficients[name])} AS DOUBLE[])[fold + 1]`
  const ofAll = (name: keyof Coefficients) => sql`CAST(${earlier[name]} AS DOUBLE)`
  const predicted = (of: (name: keyof Coefficients) => Sql.Sql) =>
    sql`greatest(0, average * (${of("constant")} + ${of("price")} * log_price + ${of("average")} * log_average))`
  const sums = (column: string, name: string) => {
    const error = sql`(${Sql.identifier(column)} - target)`
    return sql`sum(abs${error}) AS ${Sql.identifier(`${name}_absolute`)},
      sum(${error} * ${error}) AS ${Sql.identifier(`${name}_square`)}`
  }
  return sql`
    SELECT fold, later, count(*) AS rows, sum(target) AS total, sum(target * target) AS squares,
      ${sums("fold_model", "fold")}, ${sums("time_model", "time")}, ${sums("average", "naive")}
    FROM (SELECT *, ${predicted(ofFold)} AS fold_model, ${predicted(ofAll)} AS time_model FROM ${examples})
    GROUP BY ALL ORDER BY ALL`
}

const metrics = (parts: ReadonlyArray<ErrorSums>, kind: "fold" | "time" | "naive"): Metrics => {
  const sum = (of: (part: ErrorSums) => number) => parts.reduce((total, part) => total + of(part), 0)
  const rows = sum((part) => Number(part.rows))
  const square = sum((part) => part[`${kind}_square`])
  const variation = sum(({ squares }) => squares) - sum(({ total }) => total) ** 2 / rows
  return {
    rows,
    mae: rounded(sum((part) => part[`${kind}_absolute`]) / rows),
    mse: rounded(square / rows),
    r2: rounded(1 - square / variation)
  }
}

const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(8)) : 0)
