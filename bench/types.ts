/**
 * How long the compiler takes to check generated projects, against a project
 * without assets in the same run: `node bench/types.ts [assets …]`.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const assetsPerFile = 10

const file = (first: number, count: number): string =>
  [
    'import * as Context from "effect/Context"',
    'import * as Effect from "effect/Effect"',
    'import * as Schema from "effect/Schema"',
    'import { Asset, PartitionsDefinition, Table, Value, sql } from "../../runtime/index.ts"',
    `import { Engine, Warehouse${first === 0 ? "" : `, A${first - 1}`} } from "./${first === 0 ? "services" : `assets${first / assetsPerFile - 1}`}.ts"`,
    'export { Engine, Warehouse } from "./services.ts"',
    'const daily = PartitionsDefinition.daily({ start: "2025-06-01" })',
    ...Array.from({ length: count }, (_, offset) => asset(first + offset))
  ].join("\n")

const asset = (index: number): string => `
const Row${index} = Schema.Struct({ id: Schema.Int, title: Schema.String, company: Schema.String, level: Schema.NullOr(Schema.Int), score: Schema.Number, tags: Schema.Array(Schema.String) })
export const A${index} = Asset.make("bench/a${index}", {
  partitions: daily,
  deps: { ${index === 0 ? "" : `up: A${index - 1}`} },
  output: Table.of(Row${index}),
  materialize: Effect.fn(function* ({ ${index === 0 ? "" : "up, "}partition }) {
    const warehouse = yield* Warehouse
    const engine = yield* Engine
    yield* warehouse.load(partition.key)
    yield* engine.load(partition.key)
    return sql\`SELECT * FROM ${index === 0 ? "range(1)" : `\${up}`} WHERE title <> \${partition.key}\`
  })
})`

const services = `
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
export class Warehouse extends Context.Service<Warehouse, { readonly load: (key: string) => Effect.Effect<void, "a"> }>()("Warehouse") {}
export class Engine extends Context.Service<Engine, { readonly load: (key: string) => Effect.Effect<void, "b"> }>()("Engine") {}
`

const check = (assets: number): { readonly seconds: number; readonly instantiations: string } => {
  const folder = mkdtempSync("bench/.types-")
  try {
    writeFileSync(join(folder, "services.ts"), services)
    writeFileSync(join(folder, "runtime.ts"), 'export * as all from "../../runtime/index.ts"\n')
    for (let first = 0; first < assets; first += assetsPerFile) {
      writeFileSync(
        join(folder, `assets${first / assetsPerFile}.ts`),
        file(first, Math.min(assetsPerFile, assets - first))
      )
    }
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] })
    )
    const started = performance.now()
    const result = spawnSync("npx", ["tsc", "-p", folder, "--noEmit", "--extendedDiagnostics"], { encoding: "utf8" })
    if (result.status !== 0) throw new Error(result.stdout)
    const instantiations = /Instantiations:\s+(\d+)/.exec(result.stdout)?.[1] ?? "unknown"
    return { seconds: (performance.now() - started) / 1000, instantiations }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 100, 300]
const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
const repeats = 3
const results = new Map<number, Array<ReturnType<typeof check>>>()
for (let i = 0; i < repeats; i++) {
  for (const size of [0, ...sizes]) results.set(size, [...(results.get(size) ?? []), check(size)])
}
const baseline = median(results.get(0)!.map(({ seconds }) => seconds))
console.log(
  `type checking, medians of ${repeats}; baseline: the runtime's types without assets, ${baseline.toFixed(2)} s`
)
for (const size of sizes) {
  const seconds = median(results.get(size)!.map(({ seconds }) => seconds))
  const each = ((seconds - baseline) / size) * 1000
  console.log(
    `${String(size).padStart(5)} assets ${seconds.toFixed(2).padStart(6)} s ${(seconds / baseline).toFixed(1).padStart(5)} x  ${each.toFixed(1)} ms an asset  ${results.get(size)![0]!.instantiations} instantiations`
  )
}
