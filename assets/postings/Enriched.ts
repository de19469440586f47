/** Seniority of each posting, asked once for each company and title. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../resources/DistinctRows.ts"
import { Roles } from "../../resources/Roles.ts"
import { Asset, BackfillPolicy, Metadata, sql, Table } from "../../runtime/index.ts"
import { daily, week } from "./Days.ts"
import { Parsed } from "./Parsed.ts"
import { Posting } from "./Posting.ts"

const EnrichedPosting = Schema.Struct({
  ...Posting.fields,
  /** 1 Entry, 2 Junior, 3 Associate, 4 Manager, 5 Director, 6 Executive, 7 Senior Executive. */
  seniority: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })).annotate({ duckdb: "TINYINT" })
})

export const Enriched = Asset.make("postings/enriched", {
  description: "Each posting with the seniority (1-7) of its company and title",
  kinds: ["duckdb"],
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(week),
  deps: { postings: Parsed },
  output: Table.of(EnrichedPosting),
  retry: {
    ModelUnavailable: Schedule.exponential("200 millis"),
    RateLimited: Schedule.spaced("1 second"),
    BadReply: "fail",
    ModelRefused: "fail",
    MessageTooLarge: "fail",
    DuckDBError: "fail"
  },
  materialize: Effect.fn("postings/enriched")(function* ({ postings }) {
    const roles = yield* Roles
    const costs = { hits: 0, misses: 0, shared: 0, calls: 0, cacheFaults: 0 }
    const seniorities = yield* DistinctRows.map(postings, {
      columns: ["company", "title"],
      into: "seniority",
      type: "TINYINT",
      apply: (asked) =>
        Effect.map(roles.ask(asked), (answers) => {
          costs.hits += answers.hits
          costs.misses += answers.misses
          costs.shared += answers.shared
          costs.calls += answers.calls
          costs.cacheFaults += answers.cacheFaults
          return answers.seniority
        })
    })
    yield* Metadata.add({
      "distinct pairs": seniorities.count,
      "cache hits": costs.hits,
      "cache misses": costs.misses,
      "shared with other steps": costs.shared,
      "model calls": costs.calls,
      "cache faults": costs.cacheFaults,
      "model version": roles.version
    })
    return sql`SELECT postings.*, seniority FROM ${postings} AS postings JOIN ${seniorities} USING (company, title)`
  })
})
