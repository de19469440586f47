/**
 * The prices with what the last days say of them.
 *
 * Mean and median are exact and run over the last rows of a symbol, the row
 * itself included.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, RunConfig, sql, Table } from "../../runtime/index.ts"
import * as Letters from "./Letters.ts"
import { Price } from "./Price.ts"
import { Prices } from "./Prices.ts"
import * as Rolling from "./Rolling.ts"

const PriceFeatures = Schema.Struct({
  ...Price.fields,
  /** Mean of Volume; null where fewer rows came before than the window asks for, like the median. */
  vol_moving_avg: Schema.NullOr(Schema.Finite),
  /** Median of Adj Close; of an even number of rows, the mean of the two in the middle. */
  adj_close_rolling_med: Schema.NullOr(Schema.Finite)
})

const Window = Schema.Struct({
  /** Rows that a mean or a median is made of. */
  window: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))
})

export const Features = Asset.make("market/features", {
  description: "The prices with the moving mean of the volume and the rolling median of the adjusted close",
  kinds: ["duckdb"],
  partitions: Letters.byLetter,
  config: RunConfig.of(Window, { window: 30 }),
  deps: { prices: Prices },
  output: Table.of(PriceFeatures),
  materialize: Effect.fn("market/features")(function* ({ config: { window }, prices }) {
    const values = yield* Rolling.over(prices.numbered, window)
    return Table.withColumns(
      prices,
      sql`SELECT row_number, mean AS vol_moving_avg, median AS adj_close_rolling_med FROM ${values}`
    )
  })
})
