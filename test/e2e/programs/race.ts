/**
 * Makes the same partitions again and again beside other processes.
 *
 * A line `plan` plans everything again, `settle` only what is needed; `go <payload>` performs the plan with bodies
 * that return the payload. Each is answered with a line: for `go`, how the steps of the run went.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { NodeFileSystem } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as ParquetIOManager from "../../../resources/ParquetIOManager.ts"
import { main } from "../../../runtime/event/Run.ts"
import * as Materialization from "../../../runtime/execute/Materialization.ts"
import * as AssetConfigs from "../../../runtime/graph/AssetConfigs.ts"
import * as AssetGraph from "../../../runtime/graph/AssetGraph.ts"
import { PartitionSet } from "../../../runtime/index.ts"
import * as ProcessLiveness from "../../../runtime/record/ProcessLiveness.ts"
import { RunLedger } from "../../../runtime/record/RunLedger.ts"
import * as State from "../../../runtime/record/State.ts"
import * as Pair from "./pair.ts"

const [home, folder] = process.argv.slice(2)
const graph = Result.getOrThrow(AssetGraph.make(Pair.assets))
const write = (name: string, payload: string) => {
  const path = join(folder!, name)
  writeFileSync(path, payload)
  return path
}
const said = { payload: "", write }
const project: Materialization.Project = {
  graph,
  configs: Result.getOrThrow(AssetConfigs.resolve(graph, [])),
  codeVersions: new Map(graph.order.map((key) => [key, "1"])),
  resources: Pair.said(said)
}

const plan = (force: boolean) =>
  Materialization.plan(project, {
    environment: main,
    assets: new Set(graph.order),
    narrow: (view, key) => view.existing.get(key)!,
    force
  })

const perform = Effect.fnUntraced(function* (planned: Materialization.Planned) {
  if (planned.plan.steps.length === 0) return { run: null, status: "Succeeded", steps: [] }
  const { run, status } = yield* Materialization.perform(project, planned, {
    environment: main,
    request: said.payload,
    git: null,
    process: yield* ProcessLiveness.current,
    concurrency: 2
  })
  const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
  return {
    run: run.id,
    status,
    steps: steps.map(({ assets, attempts, partitions, status }) => ({
      step: `${assets[0]}[${[...PartitionSet.ordinals(partitions)]}]`,
      status,
      error: Option.getOrNull(Option.map(Option.fromNullishOr(attempts.at(-1)?.error), ({ tag }) => tag))
    }))
  }
})

const runtime = ManagedRuntime.make(
  Layer.mergeAll(State.layer({ home: home! }), ParquetIOManager.layer.pipe(Layer.provide(DuckDB.layer))).pipe(
    Layer.provideMerge(NodeFileSystem.layer)
  )
)

let planned: Materialization.Planned | undefined
for await (const line of createInterface(process.stdin)) {
  const [word, payload] = line.split(" ")
  if (word === "go") {
    said.payload = payload!
    process.stdout.write(`${JSON.stringify(await runtime.runPromise(perform(planned!)))}\n`)
  } else {
    planned = await runtime.runPromise(plan(word === "plan"))
    process.stdout.write("planned\n")
  }
}
await runtime.dispose()
