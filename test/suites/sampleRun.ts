/** Runs, objects and events as the suites of the state need them. */
import * as Effect from "effect/Effect"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { Event } from "../../runtime/event/Event.ts"
import { Environment, type Run, RunId } from "../../runtime/event/Run.ts"
import { Catalog, type Publication, type StoredObject } from "../../runtime/record/Catalog.ts"
import { type NewRun, RunLedger } from "../../runtime/record/RunLedger.ts"

export const daily = AssetKey.make("postings/daily")
export const parsed = AssetKey.make("postings/parsed")
export const environment = Environment.make("main")

export const newRun = (id: string, of: Partial<NewRun> = {}): NewRun => ({
  id: RunId.make(id),
  environment,
  request: "materialize postings/daily",
  git: { commit: "7f3a9c", dirty: true },
  process: { pid: 4711, bootId: "boot", startTicks: "100", host: "here" },
  at: 1_000,
  ...of
})

export const begin = (id: string, of: Partial<NewRun> = {}) => RunLedger.use((ledger) => ledger.begin(newRun(id, of)))

export const days = (start: number, end: number) => PartitionSet.range(start, end)

export const planned = (runId: RunId, step: number, partitions = days(0, 10)): Event =>
  Event.cases.StepPlanned.make({ runId, at: 2_000, step, assets: [daily], partitions, reason: "missing" })

export const attemptStarted = (runId: RunId, step: number, attempt = 1): Event =>
  Event.cases.AttemptStarted.make({ runId, at: 3_000, step, attempt })

export const attemptFailed = (runId: RunId, step: number, attempt = 1): Event =>
  Event.cases.AttemptFailed.make({
    runId,
    at: 4_000,
    step,
    attempt,
    retryAt: null,
    error: { tag: "ModelUnavailable", message: "the model is down", detail: "ModelUnavailable: the model is down" }
  })

export const failed = (runId: RunId, step: number, partitions: PartitionSet.PartitionSet): Event =>
  Event.cases.StepFailed.make({ runId, at: 4_000, step, assets: [daily], partitions })

export const succeeded = (runId: RunId, step: number, attempt = 1): Event =>
  Event.cases.StepSucceeded.make({
    runId,
    at: 5_000,
    step,
    attempt,
    metadata: { "strata/rows": { _tag: "Int", value: 5_580 } }
  })

export const object = (run: Run, id: string, of: Partial<StoredObject> = {}): StoredObject => ({
  id,
  asset: daily,
  kind: "Table",
  path: `postings/daily/${id}`,
  files: ["part-0.parquet"],
  partitions: days(0, 100),
  rows: 5_580,
  quarantined: 3,
  bytes: 123_456,
  columns: [{ name: "url", type: "VARCHAR", nullable: false }],
  engine: "v1.5.6",
  codeVersion: "1",
  config: "",
  hash: "ab".repeat(32),
  runId: run.id,
  step: 0,
  createdAt: 6_000,
  ...of
})

type Replaced = Publication["objects"][number]["replaces"]

/** Commits an object and publishes some of its partitions. */
export const publish = Effect.fnUntraced(function* (
  run: Run,
  id: string,
  partitions: PartitionSet.PartitionSet,
  replaces: Replaced = [],
  events: ReadonlyArray<Event> = []
) {
  const catalog = yield* Catalog
  const { fencingToken, id: runId } = run
  yield* catalog.commit([object(run, id)])
  yield* catalog.publish({
    runId,
    fencingToken,
    environment,
    objects: [{ id, asset: daily, partitions, replaces }],
    events
  })
})

/** Where partitions of the asset stand: object and live partitions, as text. */
export const live = Effect.fnUntraced(function* () {
  const manifests = yield* Catalog.use((catalog) => catalog.manifests(environment, [daily]))
  return manifests.get(daily)!.map(({ live, object }) => `${object.id}: ${live.bounds.join(" ")}`)
})

export const failedDays = Effect.fnUntraced(function* () {
  const failed = yield* Catalog.use((catalog) => catalog.failed(environment))
  return failed.get(daily)?.bounds ?? []
})
