/** Seniority of each posting, asked once for each company and title. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../resources/DistinctRows.ts"
import { Roles } from "../../resources/Roles.ts"
import { Asset, AssetCheck, BackfillPolicy, Metadata, sql, Table } from "../../runtime/index.ts"
import { daily, week } from "./Days.ts"
import { Parsed } from "./Parsed.ts"
import { Posting } from "./Posting.ts"
import { SeniorityModel } from "./SeniorityModel.ts"

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
  // Another version of the model makes all of it stale.
  deps: { postings: Parsed, model: SeniorityModel },
  output: Table.of(EnrichedPosting),
  needs: { pool: "seniority" },
  checks: [AssetCheck.sameRowCount(Parsed), AssetCheck.between("seniority", 1, 7)],
  // The client itself asks four times, so a model that is away is told of within seconds.
  maxAttempts: 4,
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
    const before = yield* roles.gauges
    const costs = {
      hits: 0,
      misses: 0,
      shared: 0,
      calls: 0,
      retries: 0,
      cacheFaults: 0,
      cacheMillis: 0,
      modelMillis: 0
    }
    const seniorities = yield* DistinctRows.mapTexts(postings, {
      columns: ["company", "title"],
      into: "seniority",
      type: "TINYINT",
      rowsAtOnce,
      apply: (asked) =>
        Effect.map(roles.ask(asked), (answers) => {
          for (const cost of costNames) costs[cost] += answers[cost]
          return answers.seniority
        })
    })
    yield* Metadata.add({
      "distinct pairs": seniorities.count,
      "cache hits": costs.hits,
      "cache misses": costs.misses,
      "shared with other steps": costs.shared,
      "model calls": costs.calls,
      "model retries": costs.retries,
      "cache faults": costs.cacheFaults,
      "model version": roles.version,
      "time in cache": Metadata.millis(costs.cacheMillis),
      "time in model": Metadata.millis(costs.modelMillis),
      "time in engine before the join": Metadata.millis(seniorities.engineMillis),
      ...renamed(before, "before"),
      ...renamed(yield* roles.gauges, "after")
    })
    return Table.withColumns(
      postings,
      sql`SELECT row_number, seniority FROM ${postings.numbered} JOIN ${seniorities} USING (company, title)`
    )
  })
})

/** Many at once: the cache is asked for each of its buckets once. */
const rowsAtOnce = 500_000

const costNames = ["hits", "misses", "shared", "calls", "retries", "cacheFaults", "cacheMillis", "modelMillis"] as const

const renamed = (gauges: Metadata.MetadataEntries, when: string): Metadata.MetadataEntries =>
  Object.fromEntries(Object.entries(gauges).map(([name, value]) => [`${name} ${when}`, value]))
