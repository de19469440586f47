/**
 * How long it takes to know a project's definitions: scanning 300 generated
 * modules for the first time and again, and reading the kept snapshot, against
 * `node -e 0` in the same run: `node bench/definitions.ts [modules]`.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import * as Effect from "effect/Effect"
import * as DefinitionsCache from "../cli/DefinitionsCache.ts"
import * as Project from "../cli/Project.ts"
import * as ProjectLocation from "../cli/ProjectLocation.ts"
import * as ModuleGraph from "../runtime/record/ModuleGraph.ts"

const modules = Number(process.argv[2] ?? 300)
const repeats = 7
const folder = mkdtempSync("bench/.definitions-")
const runtime = join(relative(join(folder, "assets"), "runtime"), "index.ts")

/** Every other module makes an asset from the one before; the others help. */
const asset = (index: number): string => `
import { Asset, PartitionsDefinition, Table, sql } from "${runtime}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { help${index} } from "../lib/help${index}.ts"
${index === 0 ? "" : `import { A${index - 1} } from "./A${index - 1}.ts"`}
const Row = Schema.Struct({ id: Schema.Int, title: Schema.String, company: Schema.String, level: Schema.NullOr(Schema.Int) })
export const A${index} = Asset.make("bench/a${index}", {
  description: "What is made from the one before",
  partitions: PartitionsDefinition.daily({ start: "2025-06-01" }),
  deps: { ${index === 0 ? "" : `up: A${index - 1}`} },
  output: Table.of(Row),
  materialize: Effect.fn(function* ({ partition }) {
    const text = yield* Effect.succeed(help${index}(partition.key))
    return sql\`SELECT * FROM range(1) WHERE title <> \${text}\`
  })
})`

const help = (index: number): string => `
${index % 10 === 0 ? "" : `import { help${index - 1} } from "./help${index - 1}.ts"`}
${Array.from({ length: 20 }, (_, line) => `/** Says ${line}. */\nconst f${line} = (a: string, b: number): string => { return a.slice(b) + '${line}' }\n`).join("")}
export const help${index} = (key: string): string => ${index % 10 === 0 ? "key" : `help${index - 1}(key)`} + f1(key, 1)
`

const write = (path: string, text: string): void => {
  writeFileSync(join(folder, path), text)
  utimesSync(join(folder, path), 1_700_000_000, 1_700_000_000)
}

const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
const timed = <A>(run: () => A): readonly [number, A] => {
  const started = performance.now()
  const result = run()
  return [performance.now() - started, result]
}
const repeated = (run: () => unknown): number => median(Array.from({ length: repeats }, () => timed(run)[0]))

try {
  const count = Math.floor(modules / 2)
  mkdirSync(join(folder, "assets"))
  mkdirSync(join(folder, "lib"))
  for (let index = 0; index < count; index++) {
    write(`assets/A${index}.ts`, asset(index))
    write(`lib/help${index}.ts`, help(index))
  }
  const names = Array.from({ length: count }, (_, index) => `A${index}`)
  write(
    "strata.config.ts",
    `import { Definitions } from "../../runtime/index.ts"
${names.map((name) => `import { ${name} } from "./assets/${name}.ts"`).join("\n")}
export default Definitions.make({ assets: [${names.join(", ")}] })`
  )
  const config = join(process.cwd(), folder, "strata.config.ts")
  const [cold, graph] = timed(() => Effect.runSync(ModuleGraph.scan(config)))
  const warm = repeated(() => Effect.runSync(ModuleGraph.scan(config, graph.scanned)))
  console.log(`${graph.modules.size} modules: first scan ${cold.toFixed(0)} ms, again ${warm.toFixed(1)} ms`)

  const request = { cwd: join(process.cwd(), folder) }
  const started = performance.now()
  await Effect.runPromise(Project.load(request))
  const loaded = performance.now() - started
  const read = repeated(() => DefinitionsCache.read(ProjectLocation.find(request)!) ?? process.exit(1))
  console.log(`${count} assets: load ${loaded.toFixed(0)} ms, kept snapshot ${read.toFixed(1)} ms`)

  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    import * as DefinitionsCache from ${url("../cli/DefinitionsCache.ts")}
    import * as ProjectLocation from ${url("../cli/ProjectLocation.ts")}
    process.stdout.write(DefinitionsCache.read(ProjectLocation.find({ cwd: process.cwd() })).assets.map(({ key }) => key).join("\\n"))`
  write("list.mjs", script)
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, ".compiled") }
  const node =
    (...args: ReadonlyArray<string>) =>
    () =>
      execFileSync(process.execPath, args, { cwd: folder, env })
  const empty = repeated(node("-e", "0"))
  const list = repeated(node("list.mjs"))
  console.log(`node -e 0 ${empty.toFixed(0)} ms; a process that lists the assets ${(list / empty).toFixed(1)} ×`)
} finally {
  rmSync(folder, { recursive: true })
}
