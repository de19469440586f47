/** What the symbol table says of a symbol: as it lands, one a line, and as a row. */
import * as Schema from "effect/Schema"

/** All columns of the landed table, in its order. */
export const columns = [
  "Nasdaq Traded",
  "Symbol",
  "Security Name",
  "Listing Exchange",
  "Market Category",
  "ETF",
  "Round Lot Size",
  "Test Issue",
  "Financial Status",
  "CQS Symbol",
  "NASDAQ Symbol",
  "NextShares"
]

export const ListingLine = Schema.Struct({
  "NASDAQ Symbol": Schema.String,
  "Security Name": Schema.String,
  ETF: Schema.NullOr(Schema.String)
})

export const Listing = Schema.Struct({
  /** As NASDAQ writes it, and as the file of its prices is named. */
  Symbol: Schema.String,
  "Security Name": Schema.String,
  ETF: Schema.Boolean
})
