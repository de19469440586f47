/**
 * What a day's volume may be, told from its features.
 *
 * The volume is the moving average times a factor that is linear in the
 * logarithms of price and average. That is three numbers, and of what was
 * measured (`bench/model.ts`) the only thing that is nowhere worse than taking
 * the average itself and better in squares.
 */
import * as Schema from "effect/Schema"

/** What is predicted: the volume of the day that the features are of, or of the next one. */
export const Target = Schema.Literals(["volume", "next_day_volume"])
export type Target = typeof Target.Type

/** Of `factor = constant + price × ln(1 + price) + average × ln(1 + average)`. */
export const Coefficients = Schema.Struct({
  constant: Schema.Finite,
  price: Schema.Finite,
  average: Schema.Finite
})
export type Coefficients = typeof Coefficients.Type

/** The file `model.json`: the coefficients of each target. */
export const VolumeModel = Schema.Struct({ volume: Coefficients, next_day_volume: Coefficients })
export type VolumeModel = typeof VolumeModel.Type

export interface FeaturesOfDay {
  /** Shares. */
  readonly vol_moving_avg: number
  /** Dollars. */
  readonly adj_close_rolling_med: number
}

/** Shares; not rounded. */
export const predict = (
  { average, constant, price }: Coefficients,
  { adj_close_rolling_med, vol_moving_avg }: FeaturesOfDay
): number => {
  const factor =
    constant + price * Math.log(1 + Math.max(0, adj_close_rolling_med)) + average * Math.log(1 + vol_moving_avg)
  return Math.max(0, vol_moving_avg * factor)
}

/** The average itself, against which every model is compared. */
export const naive = ({ vol_moving_avg }: FeaturesOfDay): number => vol_moving_avg
