/**
 * A small project to change: files of sales land by day, are parsed, added up
 * by day and by quarter; and the command line over it.
 */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Strata from "../cli/strata.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const resources = pathToFileURL(join(import.meta.dirname, "../../resources")).href

export const files: Readonly<Record<string, string>> = {
  "strata.config.ts": `import { Definitions } from "{strata}"
import * as Layer from "effect/Layer"
import { DuckDB } from "${resources}/DuckDB.ts"
import { Daily } from "./Daily.ts"
import { Parsed } from "./Parsed.ts"
import { Quarterly } from "./Quarterly.ts"
import { Raw } from "./Raw.ts"
import * as FlatRates from "./FlatRates.ts"
export default Definitions.make({ assets: [Raw, Parsed, Daily, Quarterly] }).pipe(
  Definitions.provide(Layer.mergeAll(DuckDB.layer, FlatRates.layer))
)
`,
  "Days.ts": `import { PartitionsDefinition } from "{strata}"
export const daily = PartitionsDefinition.daily({ start: "2025-01-01" })
export const quarterly = PartitionsDefinition.quarterly({ start: "2025Q1" })
`,
  "Raw.ts": `import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { Asset, Files } from "{strata}"
import { daily } from "./Days.ts"
const folder = join(import.meta.dirname, "landed")
export const Raw = Asset.external("sales/raw", {
  partitions: daily,
  output: Files.files,
  observe: Effect.sync(() => {
    const files = readdirSync(folder).sort().map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name))
      return { path: join(folder, name), name, size, modified: mtimeMs }
    })
    return [...Map.groupBy(files, ({ name }) => name.slice(0, 10))].map(([partitionKey, files]) => ({ partitionKey, files })) as never
  })
})
`,
  "Amount.ts": `/** An amount as people write it. */
export const parse = (text: string): number => Number(text)
`,
  "Rates.ts": `import * as Context from "effect/Context"
export class Rates extends Context.Service<Rates, { readonly of: (amount: number) => number }>()("shop/Rates") {}
`,
  "FlatRates.ts": `import * as Layer from "effect/Layer"
import { Rates } from "./Rates.ts"
export const layer = Layer.succeed(Rates, Rates.of({ of: (amount) => amount }))
`,
  "Parsed.ts": `import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Table } from "{strata}"
import * as Amount from "./Amount.ts"
import { daily } from "./Days.ts"
import { Rates } from "./Rates.ts"
import { Raw } from "./Raw.ts"
export const Parsed = Asset.make("sales/parsed", {
  partitions: daily,
  deps: { raw: Raw },
  output: Table.of(Schema.Struct({ amount: Schema.Int })),
  materialize: Effect.fn(function* ({ raw }) {
    const rates = yield* Rates
    return raw.files.flatMap(({ path }) => readFileSync(path, "utf8").split(",").map((text) => ({ amount: rates.of(Amount.parse(text)) })))
  })
})
`,
  "Daily.ts": `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, RunConfig, sql, Table } from "{strata}"
import { daily } from "./Days.ts"
import { Parsed } from "./Parsed.ts"
export const Daily = Asset.make("sales/daily", {
  partitions: daily,
  deps: { sales: Parsed },
  config: RunConfig.of(Schema.Struct({ least: Schema.Int }), { least: 0 }),
  output: Table.of(Schema.Struct({ total: Schema.Int })),
  materialize: ({ config, sales }) => Effect.succeed(
    sql\`SELECT CAST(coalesce(sum(amount), 0) AS INTEGER) AS total FROM \${sales} WHERE amount >= \${config.least}\`
  )
})
`,
  "Quarterly.ts": `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, sql, Table } from "{strata}"
import { quarterly } from "./Days.ts"
import { Daily } from "./Daily.ts"
export const Quarterly = Asset.make("sales/quarterly", {
  partitions: quarterly,
  deps: { days: Daily },
  output: Table.of(Schema.Struct({ total: Schema.Int })),
  materialize: ({ days }) => Effect.succeed(sql\`SELECT CAST(sum(total) AS INTEGER) AS total FROM \${days}\`)
})
`
}

export interface Shop extends TemporaryProject.TemporaryProject {
  readonly land: (name: string, text: string) => void
  /** Puts another text in the place of one in a file. */
  readonly edit: (path: string, from: string, to: string) => void
  /** What a plan says made its assets stale: `<asset>: <change>`. */
  readonly changes: () => Effect.Effect<ReadonlyArray<string>>
  /** The steps of a plan: `<asset> <partitions> <reasons>`. */
  readonly plan: (...words: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>>
  /** What was made: `<asset> <status> <partitions>`. */
  readonly materialize: (...words: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>>
  /** What is printed, or the error. */
  readonly query: (sql: string) => Effect.Effect<string>
  readonly why: (asset: string, key: string) => Effect.Effect<string>
  readonly run: (...words: ReadonlyArray<string>) => Effect.Effect<Strata.Ended>
}

export const make = (changed: Readonly<Record<string, string>> = {}) =>
  Effect.map(TemporaryProject.make({ ...files, ...changed }), (project): Shop => {
    const texts: Record<string, string> = { ...files, ...changed }
    const { root } = project
    mkdirSync(join(root, "landed"))
    let clock = 1_650_000_000
    const run = (...words: ReadonlyArray<string>) => Strata.run(words, { cwd: root })
    const json = (words: ReadonlyArray<string>) =>
      Effect.map(run(...words, "--json"), ({ code, stderr, stdout }) => {
        if (code !== 0 && stdout === "") throw new Error(stderr)
        return JSON.parse(stdout)
      })
    const write = (path: string, text: string) => {
      texts[path] = text
      project.write(path, text)
    }
    return {
      root,
      write,
      remove: project.remove,
      run,
      land: (name, text) => {
        writeFileSync(join(root, "landed", name), text)
        utimesSync(join(root, "landed", name), clock, clock++)
      },
      edit: (path, from, to) => {
        if (!texts[path]!.includes(from)) throw new Error(`there is no ${from} in ${path}`)
        write(path, texts[path]!.replace(from, to))
      },
      changes: () =>
        Effect.map(json(["plan"]), ({ changes }) =>
          Object.entries(changes as Readonly<Record<string, ReadonlyArray<string>>>).flatMap(([asset, lines]) =>
            lines.map((line) => `${asset}: ${line}`)
          )
        ),
      plan: (...words) => Effect.map(json(["plan", ...words]), ({ steps }) => steps.map(stepText)),
      materialize: (...words) =>
        Effect.map(json(["materialize", ...words]), ({ run }) => {
          if (run !== null && run.failures.length > 0) throw new Error(JSON.stringify(run.failures))
          return (run?.assets ?? []).map(outcomeText)
        }),
      query: (sql) => Effect.map(run("query", sql), said),
      why: (asset, key) => Effect.map(run("why", `${asset}[${key}]`), said)
    }
  })

const said = ({ stderr, stdout }: Strata.Ended): string => stdout.trim() || stderr.trim()

interface Ranges {
  readonly count: number
  readonly ranges: ReadonlyArray<{ readonly from: string; readonly to: string }>
}

const rangesText = ({ ranges }: Ranges): string =>
  ranges.map(({ from, to }) => (from === to ? from : `${from}…${to}`)).join(",")

const outcomeText = (outcome: {
  readonly assets: ReadonlyArray<string>
  readonly partitions: Readonly<Record<string, Ranges>>
}): string =>
  `${outcome.assets.join("+")} ${Object.entries(outcome.partitions)
    .sort()
    .map(([status, set]) => `${status} ${rangesText(set)}`)
    .join(", ")}`

const stepText = (step: {
  readonly assets: ReadonlyArray<string>
  readonly partitions: Ranges
  readonly reasons: object
}): string => `${step.assets.join("+")} ${rangesText(step.partitions)} ${Object.keys(step.reasons).join("+")}`

/** A file of landed sales that is gone. */
export const remove = (shop: Shop, name: string): void => rmSync(join(shop.root, "landed", name))
