/** What is generated where nothing else is said. */
import type * as Installs from "./installs.ts"
import type * as Postings from "./postings.ts"
import type * as Prices from "./prices.ts"

/** What the quick start runs on. */
export const postings: Postings.Options = {
  rows: 20_000,
  days: 5,
  filesPerDay: 4,
  start: "2025-06-02",
  seed: 1,
  unique: 1 / 90,
  known: 0,
  popularity: "zipf",
  malformed: 0.001,
  repeated: 0.001,
  descriptions: 0.25,
  gzip: false
}

export const prices: Prices.Options = {
  symbols: 40,
  years: 4,
  start: "2016-01-04",
  seed: 1,
  etfs: 0.2,
  short: 0.05,
  holed: 0.1,
  repeated: 0.05,
  vintage: 0
}

export const installs: Installs.Options = {
  records: 10_000,
  files: 3,
  seed: 1,
  skew: 0.25,
  malformed: 0.001,
  repeated: 0.001
}
