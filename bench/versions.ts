/**
 * What it costs to know what is stale: the provenance of 1,000 assets with
 * 10,000 partitions each, and looking at 100,000 landed files of which none
 * changed. `node bench/versions.ts [assets] [partitions] [files]`; what it costs
 * to know the code is in `bench/definitions.ts`.
 *
 * Each of the assets is made from two others, a tenth of them by quarter.
 * Baselines of the same run: mixing as many numbers as there are lanes, and
 * listing the files with their sizes and times.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeFileSystem } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../runtime/event/PartitionVersions.ts"
import * as Provenance from "../runtime/event/Provenance.ts"
import * as Version from "../runtime/event/Version.ts"
import * as Observer from "../runtime/execute/Observer.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import { Asset, type AssetKey, BackfillPolicy, Files, PartitionsDefinition, Value } from "../runtime/index.ts"
import * as RunPlan from "../runtime/plan/RunPlan.ts"
import { main } from "../runtime/event/Run.ts"
import * as KnownState from "../runtime/record/KnownState.ts"
import * as State from "../runtime/record/State.ts"

const [assets = 1_000, partitions = 10_000, files = 100_000] = process.argv.slice(2).map(Number)
const repeats = 7

const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
const timed = (run: () => unknown): number => {
  const started = performance.now()
  run()
  return performance.now() - started
}
const repeated = (run: () => unknown): number => median(Array.from({ length: repeats }, () => timed(run)))
const say = (what: string, millis: number, baseline: number): void =>
  console.log(`${what.padEnd(62)} ${millis.toFixed(0).padStart(6)} ms  ${(millis / baseline).toFixed(1).padStart(5)} ×`)

const daily = PartitionsDefinition.daily({ start: "1970-01-01" })
const quarterly = PartitionsDefinition.quarterly({ start: "1970Q1" })

/** Every asset is made from two before it, each tenth is quarterly. */
const graph = () => {
  const raw = Asset.external("bench/raw", { partitions: daily, output: Files.files, observe: Effect.succeed([]) })
  const made: Array<Asset.Any> = [raw]
  for (let index = 1; index < assets; index++) {
    const isQuarterly = index % 10 === 0
    const before = made.filter((_, of) => of % 10 !== 0 || of === 0)
    const deps = { one: before.at(-1)!, two: before.at(-7) ?? raw }
    const of = {
      deps,
      output: Value.of(Schema.Int),
      backfillPolicy: BackfillPolicy.singleRun,
      materialize: () => Effect.succeed(0)
    }
    made.push(Asset.make(`bench/a${index}`, { ...of, partitions: isQuarterly ? quarterly : daily } as never))
  }
  return Result.getOrThrow(AssetGraph.make(made))
}

const known = {
  failed: new Map(),
  dictionary: PartitionDictionary.empty,
  codeVersions: new Map(),
  configs: new Map(),
  now: partitions * 86_400_000
}

/** A view in which everything is made and up to date. */
const upToDate = (graph: AssetGraph.AssetGraph) => {
  const raw = PartitionVersions.fromEntries(
    Array.from({ length: partitions }, (_, ordinal) => ({
      ordinal,
      provenance: Version.zero,
      data: Version.seed("raw", String(ordinal))
    }))
  )
  const versions = new Map([[graph.order[0]!, raw]])
  const existing = AssetGraphView.make(graph, { ...known, versions }).existing
  const view = { ...known, graph, existing, versions }
  for (const key of graph.order.slice(1)) {
    const of = existing.get(key)!
    const lanes = Provenance.lanes(view, key, of)
    const both = new Uint32Array(lanes.length * 2)
    for (let index = 0; index < lanes.length; index += 2) {
      both.set([lanes[index]!, lanes[index + 1]!, lanes[index]! ^ 1, lanes[index + 1]!], index * 2)
    }
    versions.set(key, { partitions: of, lanes: both })
  }
  return view
}

const mixing = (cells: number): number => {
  const lanes = new Uint32Array(20_000)
  return repeated(() => {
    for (let done = 0; done < cells; done += 10_000) {
      for (let index = 0; index < lanes.length; index += 2) {
        lanes[index] = Version.mixFirst(lanes[index]!, index, done)
        lanes[index + 1] = Version.mixSecond(lanes[index + 1]!, index, done)
      }
    }
  })
}

const planning = (): void => {
  const of = graph()
  const view = upToDate(of)
  const cells = of.order.length * partitions
  const baseline = mixing(cells)
  say(`mixing ${cells} times`, baseline, baseline)
  const request = (keys: ReadonlyArray<AssetKey.AssetKey>) =>
    RunPlan.make(AssetGraphView.make(of, view), {
      partitions: new Map(keys.map((key) => [key, view.existing.get(key)!])),
      force: false
    })
  if (!RunPlan.isEmpty(request(of.order))) throw new Error("everything should be up to date")
  say(
    `a plan of ${of.order.length} assets × ${partitions} partitions, up to date`,
    repeated(() => request(of.order)),
    baseline
  )
  const sidecars = [...view.versions].map(
    ([, versions]) => [versions.partitions, PartitionVersions.encode(versions)] as const
  )
  const read = () => sidecars.map(([partitions, bytes]) => PartitionVersions.decode(partitions, bytes))
  say("reading the versions of all of them from memory", repeated(read), baseline)
  const changed = { ...view, codeVersions: new Map([[of.order[1]!, "2"]]) }
  const stale = () =>
    RunPlan.make(AssetGraphView.make(of, changed), {
      partitions: new Map(of.order.map((key) => [key, view.existing.get(key)!])),
      force: false
    })
  say("the same when the code of the first asset changed", repeated(stale), baseline)
}

const observing = (folder: string) =>
  Effect.gen(function* () {
    const list = () =>
      readdirSync(folder).map((name) => {
        const path = join(folder, name)
        const { mtimeMs, size } = statSync(path)
        return { path, name, size, modified: mtimeMs }
      })
    const perDay = Math.max(1, Math.floor(files / partitions))
    const Raw = Asset.external("bench/raw", {
      partitions: daily,
      output: Files.files,
      observe: Effect.sync(() =>
        [...Map.groupBy(list(), ({ name }) => Math.floor(Number(name) / perDay))].map(([day, files]) => ({
          partitionKey: PartitionsDefinition.dayKey(day) as PartitionsDefinition.DayKey,
          files
        }))
      )
    })
    const of = Result.getOrThrow(AssetGraph.make([Raw]))
    const observe = Observer.observe(of, [Raw.key])
    const baseline = repeated(list)
    say(`listing ${files} files with size and time`, baseline, baseline)
    const started = performance.now()
    yield* observe
    say("observing them for the first time", performance.now() - started, baseline)
    const again: Array<number> = []
    const load: Array<number> = []
    for (let n = 0; n < repeats; n++) {
      const begun = performance.now()
      yield* observe
      again.push(performance.now() - begun)
      const loading = performance.now()
      yield* KnownState.load(of, { codeVersions: new Map(), configs: new Map() }, main)
      load.push(performance.now() - loading)
    }
    say("observing them again, unchanged", median(again), baseline)
    say("reading what was seen, for a plan", median(load), baseline)
    writeFileSync(join(folder, "0"), "changed")
    const one = performance.now()
    yield* observe
    say("observing them again, one changed", performance.now() - one, baseline)
  }).pipe(Effect.provide(Layer.provideMerge(State.layer({ home: join(folder, "..", "state") }), NodeFileSystem.layer)))

planning()
const folder = mkdtempSync(join(tmpdir(), "strata-bench-"))
try {
  mkdirSync(join(folder, "landed"))
  for (let index = 0; index < files; index++) {
    writeFileSync(join(folder, "landed", String(index)), String(index))
    utimesSync(join(folder, "landed", String(index)), 1_700_000_000, 1_700_000_000)
  }
  await Effect.runPromise(observing(join(folder, "landed")) as Effect.Effect<void, unknown>)
} finally {
  rmSync(folder, { recursive: true })
}
