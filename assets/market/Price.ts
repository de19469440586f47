/** The price of a symbol on a day: as it lands, one a line, and as a row. */
import * as Schema from "effect/Schema"

/** Nothing may be absent: a row that holds a date and nothing else says that there was no price. */
export const PriceLine = Schema.Struct({
  Date: Schema.String.annotate({ duckdb: "DATE" }),
  Open: Schema.Number,
  High: Schema.Number,
  Low: Schema.Number,
  Close: Schema.Number,
  "Adj Close": Schema.Number,
  /** Some files write whole numbers with a point. */
  Volume: Schema.Number
})

export const Price = Schema.Struct({
  Symbol: Schema.String,
  "Security Name": Schema.String,
  Date: Schema.Date.annotate({ duckdb: "DATE" }),
  Open: Schema.Number,
  High: Schema.Number,
  Low: Schema.Number,
  Close: Schema.Number,
  "Adj Close": Schema.Number,
  Volume: Schema.Int
})
