/** Programs that must compile, and the types that must come out of them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  Asset,
  AssetCheck,
  BackfillPolicy,
  Definitions,
  Files,
  Metadata,
  PartitionMapping,
  PartitionsDefinition,
  RunConfig,
  Sink,
  sql,
  Table,
  Value
} from "../../runtime/index.ts"

export class Roles extends Context.Service<
  Roles,
  { readonly level: (title: string) => Effect.Effect<number, RolesDown> }
>()("Roles") {}
export class Clock extends Context.Service<Clock, { readonly now: Effect.Effect<number> }>()("Clock") {}
export class RolesDown extends Schema.TaggedError<RolesDown>()("RolesDown", {}) {}

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export const same = <A, B>(_: Equal<A, B>): void => {}

export const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
export const region = PartitionsDefinition.fixed(["us", "eu"])
export const Posting = Schema.Struct({ url: Schema.String, title: Schema.String, level: Schema.NullOr(Schema.Int) })

export const Raw = Asset.external("postings/raw", {
  partitions: daily,
  output: Files.files,
  observe: Effect.map(Clock, () => [{ partitionKey: PartitionsDefinition.dayOfSeconds(0), version: "1" }])
})

export const Parsed = Asset.make("postings/parsed", {
  partitions: daily,
  deps: { raw: Raw },
  output: Table.of(Posting),
  materialize: Effect.fn(function* ({ raw, partition }) {
    same<typeof raw, Files.Files>(true)
    same<typeof partition.key, PartitionsDefinition.DayKey>(true)
    yield* Metadata.add({ files: raw.files.length, share: 0.5 })
    return sql`SELECT * FROM read_json(${raw.files.map((file) => file.path)})`
  })
})

export const Count = Asset.make("postings/count", {
  partitions: daily,
  deps: { postings: Parsed },
  output: Value.of(Schema.Struct({ n: Schema.Int })),
  materialize: Effect.fn(function* ({ postings }) {
    const rows = yield* postings.collect
    same<(typeof rows)[number], { readonly url: string; readonly title: string; readonly level: number | null }>(true)
    return { n: rows.length }
  })
})

export const Settings = Asset.make("settings", {
  output: Value.of(Schema.Struct({ limit: Schema.Int })),
  materialize: () => Effect.succeed({ limit: 3 })
})

export const Total = Asset.make("postings/total", {
  deps: { counts: Count, settings: Settings },
  output: Value.of(Schema.Int),
  materialize: ({ counts, settings }) => {
    same<typeof counts, ReadonlyMap<PartitionsDefinition.DayKey, { readonly n: number }>>(true)
    return Effect.succeed(
      Math.min(
        settings.limit,
        [...counts.values()].reduce((sum, count) => sum + count.n, 0)
      )
    )
  }
})

export const Doubled = Asset.make("postings/doubled", {
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(10),
  retry: { RolesDown: Schedule.exponential("200 millis"), AttemptTimeout: "fail", StepCrashed: Schedule.recurs(1) },
  timeout: "10 minutes",
  isolation: { process: { memory: "2 GiB" } },
  deps: { count: Count, every: Asset.through(Count, PartitionMapping.all) },
  output: Table.of(Posting),
  materialize: Effect.fn(function* ({ count, every, partitions }) {
    same<typeof count, ReadonlyMap<PartitionsDefinition.DayKey, { readonly n: number }>>(true)
    same<typeof every, typeof count>(true)
    const roles = yield* Roles
    return Stream.fromIterable(partitions).pipe(
      Stream.mapEffect((day) => Effect.map(roles.level(day.key), (level) => ({ url: day.key, title: "", level })))
    )
  })
})
same<Asset.Services<typeof Doubled>, Roles>(true)
same<Asset.Error<typeof Doubled>, RolesDown>(true)
same<Asset.Key<typeof Doubled>, PartitionsDefinition.DayKey>(true)

export const One = Asset.make("postings/one", {
  partitions: daily,
  deps: { count: Count },
  output: Sink.sink,
  materialize: ({ count, partition }) => Effect.succeed({ written: count.n + partition.ordinal })
})

export const Halves = Asset.multi({
  outputs: {
    train: { key: "model/train", output: Table.of(Posting) },
    size: { key: "model/size", output: Value.of(Schema.Int) }
  },
  partitions: region,
  materialize: ({ partition }) => {
    same<typeof partition.key, "us" | "eu">(true)
    return Effect.succeed({ train: sql`SELECT 1`, size: 1 })
  }
})
export const Uses = Asset.make("model/uses", {
  deps: { sizes: Halves.size },
  output: Value.of(Schema.Int),
  materialize: ({ sizes }) => Effect.succeed(sizes.get("us") ?? 0)
})

export const Top = Asset.make("postings/top", {
  partitions: daily,
  deps: { postings: Parsed },
  config: RunConfig.of(Schema.Struct({ top: Schema.Int, by: Schema.Literals(["state", "nation"]) }), {
    top: 10,
    by: "nation"
  }),
  output: Table.of(Posting),
  materialize: Effect.fn(function* ({ config, postings }) {
    same<typeof config, { readonly top: number; readonly by: "state" | "nation" }>(true)
    return yield* Effect.succeed(sql`SELECT * FROM ${postings} LIMIT ${config.top}`)
  })
})

export const Checked = Asset.make("postings/checked", {
  partitions: daily,
  backfillPolicy: BackfillPolicy.batches(10),
  deps: { postings: Parsed },
  output: Table.of(Posting),
  checks: [
    AssetCheck.rowCount({ min: 1 }),
    AssetCheck.sameRowCount(Parsed),
    AssetCheck.unique("url"),
    AssetCheck.notNull(["url", "title"]),
    AssetCheck.between("level", 1, 7),
    AssetCheck.acceptedValues("title", ["a", "b"], { severity: "warn" }),
    AssetCheck.errorRate({ below: 0.1 }),
    AssetCheck.changeAgainstLast({ drop: 0.2 }),
    AssetCheck.sql("titles", (postings) => sql`SELECT * FROM ${postings} WHERE title = ''`),
    AssetCheck.effect("levels", (postings: Table.Table<typeof Posting.Type>) =>
      Effect.gen(function* () {
        const roles = yield* Roles
        const rows = yield* postings.collect
        yield* roles.level(rows[0]!.title)
        return AssetCheck.passed()
      })
    )
  ],
  materialize: ({ postings }) => Effect.succeed(sql`SELECT * FROM ${postings}`)
})
same<Asset.Services<typeof Checked>, Roles>(true)
same<Asset.Handle<typeof Checked>, Asset.Handle<typeof Parsed>>(true)

export const Reconciled = AssetCheck.make("reconciled", {
  assets: { parsed: Parsed, counts: Count },
  partitions: daily,
  evaluate: Effect.fn(function* ({ counts, parsed, partitions }) {
    same<typeof counts, ReadonlyMap<PartitionsDefinition.DayKey, { readonly n: number }>>(true)
    same<(typeof partitions)[number]["key"], PartitionsDefinition.DayKey>(true)
    yield* Roles
    return yield* Effect.succeed(sql`SELECT * FROM ${parsed} WHERE title = ''`)
  })
})
same<AssetCheck.StandaloneServices<typeof Reconciled>, Roles>(true)

export const OnCount = AssetCheck.on(
  Count,
  AssetCheck.effect("positive", (counts: ReadonlyMap<PartitionsDefinition.DayKey, { readonly n: number }>) =>
    Effect.map(Clock, () => AssetCheck.failed("none", { partitions: [...counts.keys()] }))
  )
)
export const OnParsed = AssetCheck.on(Parsed, AssetCheck.between("level", 1, 7), AssetCheck.unique(["url", "title"]))
const checkedDefinitions = Definitions.make({ assets: [Parsed, Count], checks: [Reconciled, OnCount, OnParsed] })
same<typeof checkedDefinitions, Definitions.Definitions<Roles | Clock>>(true)

export const definitions = Definitions.make({
  assets: [Raw, Parsed, Count, Settings, Total, Doubled, One, Halves.train, Halves.size, Uses]
})
same<typeof definitions, Definitions.Definitions<Roles | Clock>>(true)

export const RolesLive = Layer.succeed(Roles, { level: () => Effect.succeed(1) })
export const ClockLive = Layer.succeed(Clock, { now: Effect.succeed(1) })
export default definitions.pipe(Definitions.provide(Layer.mergeAll(RolesLive, ClockLive)))
