/**
 * What a step costs in a fiber, a thread and a process of its own, cold and
 * warm: `node bench/isolation.ts`.
 *
 * Steps write one JSON value through the real state, or one Parquet file of ten
 * rows. The fiber of the same round is the baseline; medians of the rounds.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Isolation from "../cli/Isolation.ts"
import * as OpenProject from "../cli/OpenProject.ts"
import * as Project from "../cli/Project.ts"
import * as Wiring from "../cli/Wiring.ts"
import { DuckDB } from "../resources/DuckDB.ts"
import { main } from "../runtime/event/Run.ts"
import * as Materialization from "../runtime/execute/Materialization.ts"
import {
  Asset,
  AssetKey,
  Definitions,
  PartitionSet,
  PartitionsDefinition,
  sql,
  Table,
  Value
} from "../runtime/index.ts"

const modes = ["fiber", "thread", "process"] as const
type Mode = (typeof modes)[number]

const partitions = PartitionsDefinition.fixed(
  Array.from({ length: 1_000 }, (_, index) => `k${String(index).padStart(3, "0")}`)
)

const values = modes.map((isolation) =>
  Asset.make(`value/${isolation}`, {
    partitions,
    isolation,
    codeVersion: "1",
    output: Value.of(Schema.Int),
    materialize: ({ partition }) => Effect.succeed(partition.ordinal)
  })
)

const tables = modes.map((isolation) =>
  Asset.make(`table/${isolation}`, {
    partitions,
    isolation,
    codeVersion: "1",
    output: Table.of(Schema.Struct({ n: Schema.Int })),
    materialize: () => Effect.succeed(sql`SELECT i AS n FROM range(10) t(i)`)
  })
)

/** Threads and processes import this file for its definitions. */
export default Definitions.make({ assets: [...values, ...tables] }).pipe(Definitions.provide(DuckDB.layer))

const perform = Effect.fnUntraced(function* (project: Materialization.Project, asset: string, steps: number) {
  const planned = yield* Materialization.plan(project, {
    environment: main,
    assets: new Set([AssetKey.make(asset)]),
    narrow: (view, key) => PartitionSet.chunks(view.existing.get(key)!, steps)[0]!,
    force: true
  })
  const begun = performance.now()
  const { status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: "bench",
    git: null,
    process: { pid: process.pid, bootId: "bench", startTicks: "1", host: "bench" },
    concurrency: 1
  })
  if (status !== "Succeeded") return yield* Effect.die(`${asset}: ${status}`)
  return performance.now() - begun
})

/** A run of one step and one of many, with a host of its own: milliseconds of the first, and a step of the second. */
const round = Effect.fnUntraced(function* (home: string, kind: string, mode: Mode, steps: number) {
  const loaded = yield* Project.load({ cwd: process.cwd(), definitions: fileURLToPath(import.meta.url), home })
  const wired = Layer.mergeAll(Wiring.state(loaded), Wiring.engine, Isolation.layer(loaded))
  const project = { graph: loaded.graph, ...(yield* OpenProject.versioned(loaded)) }
  return yield* Effect.gen(function* () {
    const resources = yield* Layer.build(Wiring.resources(loaded.definitions))
    const run = (count: number) => perform({ ...project, resources }, `${kind}/${mode}`, count)
    // What the first run of a state costs in every mode is not the mode's.
    yield* perform({ ...project, resources }, `${kind}/fiber`, 5)
    const cold = yield* run(1)
    yield* run(20)
    return { cold, warm: (yield* run(steps)) / steps }
  }).pipe(Effect.provide(wired))
}, Effect.scoped)

const median = (all: ReadonlyArray<number>): number => [...all].sort((a, b) => a - b)[all.length >> 1]!

const signed = (millis: number, digits: number): string => `${millis < 0 ? "" : "+"}${millis.toFixed(digits)}`

const bench = async () => {
  const [steps = 100, rounds = 5] = process.argv.slice(2).map(Number)
  for (const kind of ["value", "table"]) {
    const found = new Map(modes.map((mode) => [mode, { cold: [] as Array<number>, warm: [] as Array<number> }]))
    for (let index = 0; index < rounds; index++) {
      for (const mode of modes) {
        const home = mkdtempSync(join(tmpdir(), "strata-bench-"))
        const { cold, warm } = await Effect.runPromise(
          Effect.provide(round(home, kind, mode, steps), NodeServices.layer)
        ).finally(() => rmSync(home, { recursive: true, force: true }))
        found.get(mode)!.cold.push(cold)
        found.get(mode)!.warm.push(warm)
      }
    }
    const fiber = { cold: median(found.get("fiber")!.cold), warm: median(found.get("fiber")!.warm) }
    for (const mode of modes) {
      const cold = median(found.get(mode)!.cold)
      const warm = median(found.get(mode)!.warm)
      console.log(
        `${kind} in a ${mode.padEnd(8)} warm ${(warm / fiber.warm).toFixed(2)} × the fiber, ${warm.toFixed(2)} ms a step (${signed(warm - fiber.warm, 2)} ms)   first step ${signed(cold - fiber.cold, 0)} ms`
      )
    }
  }
}

// Not awaited: the project that it loads is this module.
if (import.meta.main) void bench()
