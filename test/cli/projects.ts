/** Small projects for the tests of the command line. */
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const resources = pathToFileURL(join(import.meta.dirname, "../../resources")).href

export const head = `import { Asset, BackfillPolicy, Definitions, PartitionsDefinition, sql, Table, Value } from "{strata}"
import { DuckDB } from "${resources}/DuckDB.ts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
`

/** `numbers` over three days, and `total` of them all. */
export const numbers = TemporaryProject.make({
  "strata.config.ts": `${head}
import { Numbers, Total } from "./assets.ts"
export default Definitions.make({ assets: [Numbers, Total] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${head}
const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-03" })
export const Numbers = Asset.make("shop/numbers", {
  description: "A few numbers a day",
  partitions: days,
  backfillPolicy: BackfillPolicy.singleRun,
  output: Table.of(Schema.Struct({ n: Schema.Int, big: Schema.BigInt, name: Schema.String })),
  materialize: ({ partitions }) => Effect.succeed(
    sql\`SELECT i AS n, 9007199254740993 AS big, 'tab\\there' AS name, unnest(\${partitions.map(({ key }) => key)}) AS partition_key FROM range(2) t(i)\`
  )
})
export const Total = Asset.make("shop/total", {
  deps: { numbers: Numbers },
  output: Table.of(Schema.Struct({ total: Schema.Int })),
  materialize: ({ numbers }) => Effect.succeed(sql\`SELECT count(*) AS total FROM \${numbers}\`)
})
`
})

/** `broken` fails, `after` is made from it, and `alone` from nothing. */
export const failing = TemporaryProject.make({
  "strata.config.ts": `${head}
import { After, Alone, Broken } from "./assets.ts"
export default Definitions.make({ assets: [Broken, After, Alone] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${head}
export class NoSuchPlace extends Schema.TaggedError<NoSuchPlace>()("NoSuchPlace", {}) {
  override get message() { return "the place https://user:secret@example.org/x is not there" }
}
export const Broken = Asset.make("broken", {
  output: Value.of(Schema.Int),
  retry: { NoSuchPlace: "fail" },
  materialize: () => Effect.fail(new NoSuchPlace())
})
export const After = Asset.make("after", {
  deps: { broken: Broken },
  output: Value.of(Schema.Int),
  materialize: ({ broken }) => Effect.succeed(broken)
})
export const Alone = Asset.make("alone", { output: Value.of(Schema.Int), materialize: () => Effect.succeed(1) })
`
})

/** `slow` takes a minute, and `stubborn` as long to stop. */
export const slow = TemporaryProject.make({
  "strata.config.ts": `${head}
import { Slow, Stubborn } from "./assets.ts"
export default Definitions.make({ assets: [Slow, Stubborn] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${head}
const started = Effect.log("body has started")
export const Slow = Asset.make("slow", {
  output: Value.of(Schema.Int),
  materialize: () => Effect.as(Effect.andThen(started, Effect.sleep("1 minute")), 1)
})
export const Stubborn = Asset.make("stubborn", {
  output: Value.of(Schema.Int),
  materialize: () => Effect.as(Effect.andThen(started, Effect.ensuring(Effect.sleep("1 minute"), Effect.sleep("1 minute"))), 1)
})
`
})

/** `days` is made with the text of another module, `total` from all of them. */
export const labeled = TemporaryProject.make({
  "strata.config.ts": `${head}
import { Days, Total } from "./assets.ts"
export default Definitions.make({ assets: [Days, Total] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "label.ts": `export const label = "one"`,
  "assets.ts": `${head}
import { label } from "./label.ts"
const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-03" })
export const Days = Asset.make("days", {
  partitions: days,
  backfillPolicy: BackfillPolicy.singleRun,
  output: Table.of(Schema.Struct({ label: Schema.String })),
  materialize: ({ partitions }) => Effect.succeed(
    sql\`SELECT \${label} AS label, unnest(\${partitions.map(({ key }) => key)}) AS partition_key\`
  )
})
export const Total = Asset.make("total", {
  deps: { days: Days },
  output: Table.of(Schema.Struct({ total: Schema.Int })),
  materialize: ({ days }) => Effect.succeed(sql\`SELECT count(*) AS total FROM \${days}\`)
})
`
})

const landingDefinitions = `${head}
import { Daily, Halves, Landed, Quarterly, Whole } from "./assets.ts"
export default Definitions.make({ assets: [Daily, Halves.high, Halves.low, Landed, Quarterly, Whole] }).pipe(Definitions.provide(DuckDB.layer))
`

export const landingAssets = `${head}
import { Files, PartitionMapping, RunConfig } from "{strata}"
import { readdirSync, readFileSync, statSync } from "node:fs"
const days = PartitionsDefinition.daily({ start: "2025-04-01" })
const quarters = PartitionsDefinition.quarterly({ start: "2025Q2" })
const landed = import.meta.dirname + "/landed"
const output = Value.of(Schema.Int)
const file = (name) => {
  const { mtimeMs, size } = statSync(landed + "/" + name)
  return { path: landed + "/" + name, name, size, modified: mtimeMs }
}
export const Landed = Asset.external("shop/landed", {
  partitions: days,
  output: Files.files,
  observe: Effect.sync(() => readdirSync(landed).map((name) => ({ partitionKey: name, files: [file(name)] })))
})
export const Daily = Asset.make("shop/daily", {
  group: "daily",
  partitions: days,
  deps: { landed: Landed },
  config: RunConfig.of(Schema.Struct({ factor: Schema.Int }), { factor: 1 }),
  output,
  materialize: ({ config, partition }) => Effect.sync(() => {
    const text = readFileSync(landed + "/" + partition.key, "utf8")
    if (text === "bad") throw new Error("the day is bad")
    return Number(text) * config.factor
  })
})
const sum = ({ daily }) => Effect.succeed([...daily.values()].reduce((sum, n) => sum + n, 0))
export const Quarterly = Asset.make("shop/quarterly", { partitions: quarters, deps: { daily: Daily }, output, materialize: sum })
export const Whole = Asset.make("shop/whole", {
  partitions: quarters,
  deps: { daily: Asset.through(Daily, PartitionMapping.timeWindow(), { complete: true }) },
  output,
  materialize: sum
})
export const Halves = Asset.multi({
  outputs: { high: { key: "shop/high", output }, low: { key: "shop/low", output } },
  partitions: days,
  deps: { daily: Daily },
  materialize: ({ daily }) => Effect.succeed({ high: daily, low: -daily })
})
`

/**
 * `shop/landed` are files by day in the folder `landed`, `shop/daily` is made of
 * them with a parameter and fails on a file that says `bad`, `shop/high` and
 * `shop/low` are made together, `shop/quarterly` of all days that there are and
 * `shop/whole` once all days are there.
 */
export const landing = TemporaryProject.make({
  "strata.config.ts": landingDefinitions,
  "assets.ts": landingAssets,
  "landed/2025-04-01": "1",
  "landed/2025-04-02": "2",
  "landed/2025-06-30": "3"
})
