/** The price of a symbol on a day: as it lands, one a line, and as a row. */
import * as Schema from "effect/Schema"

/** Nothing may be absent: a row that holds a date and nothing else says that there was no price. */
export const PriceLine = Schema.Struct({
  Date: Schema.String.annotate({ duckdb: "DATE" }),
  Open: Schema.Finite,
  High: Schema.Finite,
  Low: Schema.Finite,
  Close: Schema.Finite,
  "Adj Close": Schema.Finite,
  /** Some files write whole numbers with a point. */
  Volume: Schema.Finite
})

export const Price = Schema.Struct({
  Symbol: Schema.String,
  "Security Name": Schema.String,
  Date: Schema.Date.annotate({ duckdb: "DATE" }),
  Open: Schema.Finite,
  High: Schema.Finite,
  Low: Schema.Finite,
  Close: Schema.Finite,
  "Adj Close": Schema.Finite,
  Volume: Schema.Int
})
