/** Assets that are to come out the same wherever their bodies run. */
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { Input } from "../../../runtime/definition/Isolation.ts"
import {
  Asset,
  BackfillPolicy,
  Metadata,
  Partition,
  PartitionsDefinition,
  Quarantine,
  RunConfig,
  sql,
  Table,
  Value,
  Waiting
} from "../../../runtime/index.ts"

export class BadValue extends Schema.TaggedError<BadValue>()("BadValue", { value: Schema.String }) {
  override get message() {
    return `${this.value} is not a number`
  }
}

export class Busy extends Schema.TaggedError<Busy>()("Busy", { retryAfterMillis: Schema.Int }) {}

interface Made {
  readonly partitions: ReadonlyArray<{ readonly key: string; readonly ordinal: number }>
}

const Int = Value.of(Schema.Int)
const letters = PartitionsDefinition.fixed(["a", "b", "c", "d"])

/** What bodies tell across threads and processes: a file in the state home. */
const note = (name: string) => join(process.env.STRATA_TEST_NOTES!, name)
export const say = (name: string, word: unknown = "x") => Effect.sync(() => appendFileSync(note(name), `${word}\n`))
const said = (name: string) => (existsSync(note(name)) ? readFileSync(note(name), "utf8").trim().split("\n").length : 0)

export const assets = (mode: "fiber" | "thread" | "process") => {
  const isolation: Input = mode
  const key = (name: string) => `${mode}/${name}`

  const Numbers = Asset.make(key("numbers"), {
    partitions: letters,
    backfillPolicy: BackfillPolicy.singleRun,
    isolation,
    output: Int,
    materialize: ({ partitions }) => Effect.succeed(new Map(partitions.map(({ key, ordinal }) => [key, ordinal])))
  })
  const Rows = Asset.make(key("rows"), {
    partitions: letters,
    deps: { number: Numbers },
    config: RunConfig.of(Schema.Struct({ factor: Schema.Int, since: Schema.Date }), {
      factor: 10,
      since: new Date("2025-06-01")
    }),
    isolation,
    output: Table.of(Schema.Struct({ n: Schema.Int, key: Schema.String, year: Schema.Int })),
    materialize: Effect.fn(function* ({ config, number, partition }) {
      yield* Metadata.add({ seen: number, of: partition.key })
      yield* Quarantine.add({
        sql: sql`(SELECT 'f' AS file, 1::BIGINT AS line, 0::BIGINT AS byte_offset, 'bad' AS reason, 'raw' AS raw)`
      })
      return [{ n: number * config.factor, key: partition.key, year: config.since.getUTCFullYear() }]
    })
  })
  const Total = Asset.make(key("total"), {
    deps: { rows: Rows },
    isolation,
    output: Table.of(Schema.Struct({ rows: Schema.Int })),
    materialize: Effect.fn(function* ({ rows }) {
      const all = yield* rows.collect
      const sum = (of: (row: (typeof all)[number]) => number) => all.reduce((sum, row) => sum + of(row), 0)
      const keys = all.map(({ key }) => key).join("")
      yield* Metadata.add({ total: `${keys} ${sum(({ n }) => n)} ${sum(({ year }) => year)}` })
      return sql`SELECT count(*) AS rows FROM ${rows}`
    })
  })
  const Some = Asset.make(key("some"), {
    partitions: letters,
    backfillPolicy: BackfillPolicy.singleRun,
    isolation,
    output: Int,
    materialize: Effect.fn(function* ({ partitions }: Made) {
      yield* Partition.fail("b", new BadValue({ value: "b" }))
      return new Map(partitions.filter(({ key }) => key !== "b").map(({ key, ordinal }) => [key, ordinal]))
    })
  })
  const Halves = Asset.make(key("halves"), {
    partitions: letters,
    backfillPolicy: BackfillPolicy.singleRun,
    dataErrors: ["BadValue"],
    isolation,
    output: Int,
    materialize: ({ partitions }) =>
      partitions.some(({ key }) => key === "c")
        ? Effect.fail(new BadValue({ value: "c" }))
        : Effect.succeed(new Map(partitions.map(({ key, ordinal }) => [key, ordinal])))
  })
  const Patient = Asset.make(key("patient"), {
    retry: { Busy: Schedule.recurs(2) },
    isolation,
    output: Int,
    materialize: () =>
      Effect.andThen(
        say(`${mode}-patient`, performance.timeOrigin + performance.now()),
        Effect.suspend(() =>
          said(`${mode}-patient`) < 3 ? Effect.fail(new Busy({ retryAfterMillis: 40 })) : Effect.succeed(1)
        )
      )
  })
  const Broken = Asset.make(key("broken"), {
    isolation,
    output: Int,
    materialize: (): Effect.Effect<number> => Effect.die(new TypeError("it is undefined"))
  })
  const Wrong = Asset.make(key("wrong"), {
    isolation,
    output: Table.of(Schema.Struct({ n: Schema.Int })),
    materialize: () => Effect.succeed(sql`SELECT 'text' AS other`)
  })
  const Talking = Asset.make(key("talking"), {
    isolation,
    output: Int,
    materialize: Effect.fn(function* () {
      yield* Effect.logWarning("one", { two: 2 }).pipe(Effect.annotateLogs("place", "here"))
      yield* Effect.logDebug("not asked for")
      yield* (yield* Waiting).during("a slow limit")(Effect.sleep("300 millis"))
      return 1
    }),
    timeout: "250 millis"
  })
  const Sleeping = Asset.make(key("sleeping"), {
    isolation,
    timeout: "200 millis",
    output: Int,
    materialize: () =>
      Effect.as(
        Effect.onInterrupt(Effect.sleep(Duration.infinity), () => say(`${mode}-finalized`)),
        1
      )
  })
  return [Numbers, Rows, Total, Some, Halves, Patient, Broken, Wrong, Talking, Sleeping]
}
