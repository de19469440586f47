/** What every catalog keeps to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { Environment } from "../../runtime/event/Run.ts"
import { Catalog, type Observation } from "../../runtime/record/Catalog.ts"
import { EventLog } from "../../runtime/record/EventLog.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import {
  attemptStarted,
  begin,
  daily,
  days,
  environment,
  failed,
  failedDays,
  live,
  object,
  parsed,
  planned,
  publish,
  succeeded
} from "./sampleRun.ts"

export const suite = <E>(name: string, layer: Layer.Layer<EventLog | RunLedger | Catalog, E>) =>
  describe(`the catalog ${name}`, () => {
    it.effect("shows an object as it was committed once it is published, and not before", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const run = yield* begin("t1-a")
        yield* catalog.commit([object(run, "o1")])
        assert.strictEqual((yield* catalog.manifests(environment)).size, 0)
        yield* catalog.publish({
          runId: run.id,
          fencingToken: run.fencingToken,
          environment,
          objects: [{ id: "o1", asset: daily, partitions: days(0, 100), replaces: [] }],
          events: []
        })
        assert.deepStrictEqual(
          yield* catalog.manifests(environment),
          new Map([[daily, [{ object: object(run, "o1"), live: days(0, 100) }]]])
        )
        assert.deepStrictEqual((yield* catalog.manifests(environment, [parsed])).get(parsed), [])
        assert.strictEqual((yield* catalog.manifests(Environment.make("dev"))).size, 0)
      }).pipe(Effect.provide(layer))
    )

    it.effect("repoints the published partitions and leaves the others where they were", () =>
      Effect.gen(function* () {
        const run = yield* begin("t1-a")
        yield* publish(run, "o1", days(0, 100))
        yield* publish(run, "o2", days(40, 60), [{ object: "o1", partitions: days(0, 100) }])
        assert.deepStrictEqual(yield* live(), ["o1: 0 40 60 100", "o2: 40 60"])
        yield* publish(run, "o3", days(0, 100), [
          { object: "o1", partitions: days(0, 40) },
          { object: "o1", partitions: days(60, 100) },
          { object: "o2", partitions: days(40, 60) }
        ])
        assert.deepStrictEqual(yield* live(), ["o3: 0 100"])
      }).pipe(Effect.provide(layer))
    )

    it.effect("adds partitions of an object that is live already", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const run = yield* begin("t1-a")
        yield* publish(run, "o1", days(0, 10))
        yield* catalog.publish({
          runId: run.id,
          fencingToken: run.fencingToken,
          environment,
          objects: [{ id: "o1", asset: daily, partitions: days(50, 60), replaces: [] }],
          events: []
        })
        assert.deepStrictEqual(yield* live(), ["o1: 0 10 50 60"])
      }).pipe(Effect.provide(layer))
    )

    it.effect("publishes several objects and their events as one", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const log = yield* EventLog
        const run = yield* begin("t1-a")
        yield* log.append([planned(run.id, 0), attemptStarted(run.id, 0)])
        yield* catalog.commit([object(run, "o1"), object(run, "o2", { asset: parsed })])
        yield* catalog.publish({
          runId: run.id,
          fencingToken: run.fencingToken,
          environment,
          objects: [
            { id: "o1", asset: daily, partitions: days(0, 5), replaces: [] },
            { id: "o2", asset: parsed, partitions: days(0, 7), replaces: [] }
          ],
          events: [succeeded(run.id, 0)]
        })
        const manifests = yield* catalog.manifests(environment)
        assert.deepStrictEqual([...manifests.keys()], [daily, parsed])
        assert.strictEqual((yield* RunLedger.use((ledger) => ledger.steps(run.id)))[0]!.status, "Succeeded")
        assert.strictEqual((yield* log.ofRun(run.id)).length, 3)
      }).pipe(Effect.provide(layer))
    )

    it.effect("refuses a publication whose partitions have moved since the step began, whole", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const log = yield* EventLog
        const run = yield* begin("t1-a")
        yield* log.append([planned(run.id, 0), attemptStarted(run.id, 0), failed(run.id, 0, days(0, 100))])
        yield* publish(run, "o1", days(0, 50))
        const conflicts = [
          [],
          [{ object: "o1", partitions: days(0, 49) }],
          [{ object: "o9", partitions: days(0, 50) }],
          [{ object: "o1", partitions: days(0, 51) }]
        ]
        yield* catalog.commit([object(run, "o2"), object(run, "o3", { asset: parsed })])
        for (const replaces of conflicts) {
          const error = yield* Effect.flip(
            catalog.publish({
              runId: run.id,
              fencingToken: run.fencingToken,
              environment,
              objects: [
                { id: "o3", asset: parsed, partitions: days(0, 100), replaces: [] },
                { id: "o2", asset: daily, partitions: days(0, 100), replaces }
              ],
              events: [succeeded(run.id, 0)]
            })
          )
          assert.strictEqual(error._tag, "PublicationConflict")
        }
        assert.deepStrictEqual(yield* live(), ["o1: 0 50"])
        assert.deepStrictEqual((yield* catalog.manifests(environment, [parsed])).get(parsed), [])
        assert.deepStrictEqual(yield* failedDays(), [50, 100])
        assert.strictEqual((yield* log.ofRun(run.id)).length, 3)
      }).pipe(Effect.provide(layer))
    )

    it.effect("compares only the partitions that are published", () =>
      Effect.gen(function* () {
        const run = yield* begin("t1-a")
        yield* publish(run, "o1", days(0, 50))
        yield* publish(run, "o2", days(50, 60), [])
        yield* publish(run, "o3", days(0, 10), [{ object: "o1", partitions: days(0, 999) }])
        assert.deepStrictEqual(yield* live(), ["o3: 0 10", "o1: 10 50", "o2: 50 60"])
      }).pipe(Effect.provide(layer))
    )

    it.effect("lets no run publish that was closed, or whose fencing token is another", () =>
      Effect.gen(function* () {
        const ledger = yield* RunLedger
        const run = yield* begin("t1-a")
        const stale = yield* Effect.flip(publish({ ...run, fencingToken: run.fencingToken - 1 }, "o1", days(0, 1)))
        assert.strictEqual(stale._tag, "LeaseLost")
        yield* ledger.closeDead(() => false, 9_000)
        const closed = yield* Effect.flip(publish(run, "o2", days(0, 1)))
        assert.strictEqual(closed._tag, "LeaseLost")
        assert.match(closed.message, /t1-a was closed by another process/)
        assert.deepStrictEqual(yield* live(), [])
      }).pipe(Effect.provide(layer))
    )

    it.effect("forgets that partitions failed when they are published", () =>
      Effect.gen(function* () {
        const run = yield* begin("t1-a")
        yield* EventLog.use((log) => log.append([planned(run.id, 0), failed(run.id, 0, days(0, 10))]))
        yield* publish(run, "o1", days(3, 5))
        assert.deepStrictEqual(yield* failedDays(), [0, 3, 5, 10])
        yield* publish(run, "o2", days(0, 10), [{ object: "o1", partitions: days(3, 5) }])
        assert.deepStrictEqual(yield* failedDays(), [])
      }).pipe(Effect.provide(layer))
    )

    it.effect("refuses to publish an object that was not committed", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const run = yield* begin("t1-a")
        const error = yield* Effect.flip(
          catalog.publish({
            runId: run.id,
            fencingToken: run.fencingToken,
            environment,
            objects: [{ id: "o1", asset: daily, partitions: days(0, 1), replaces: [] }],
            events: []
          })
        )
        assert.strictEqual(error._tag, "StateError")
        assert.deepStrictEqual(yield* live(), [])
      }).pipe(Effect.provide(layer))
    )

    it.effect.prop(
      "keeps every partition in the object that was published last, whatever is published",
      [Schema.Array(Schema.Array(Ordinal).check(Schema.isMinLength(1), Schema.isMaxLength(9)))],
      ([publications]) =>
        Effect.gen(function* () {
          const run = yield* begin("t1-a")
          const model = new Map<number, string>()
          for (const [index, ordinals] of publications.entries()) {
            const partitions = PartitionSet.fromOrdinals(ordinals)
            const replaces = [...PartitionSet.ordinals(partitions)].flatMap((ordinal) => {
              const object = model.get(ordinal)
              return object === undefined ? [] : [{ object, partitions: PartitionSet.of(ordinal) }]
            })
            yield* publish(run, `o${index}`, partitions, replaces)
            for (const ordinal of PartitionSet.ordinals(partitions)) model.set(ordinal, `o${index}`)
          }
          const manifests = yield* Catalog.use((catalog) => catalog.manifests(environment, [daily]))
          const pieces = manifests.get(daily)!
          const pointers = pieces.flatMap(({ live, object }) =>
            [...PartitionSet.ordinals(live)].map((ordinal) => [ordinal, object.id] as const)
          )
          assert.strictEqual(pointers.length, model.size, "a partition is live twice")
          assert.deepStrictEqual(new Map(pointers), new Map(model))
          assert.isTrue(pieces.every(({ live }) => !PartitionSet.isEmpty(live)))
        }).pipe(Effect.provide(layer)),
      { arbitrary: { runs: 30 } }
    )

    it.effect("keeps what was last seen of an external asset, and forgets what is gone", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const first = [observation(-3, 1), observation(5, 2), observation(6, 3)]
        yield* catalog.observe(daily, first)
        yield* catalog.observe(parsed, [observation(5, 9)])
        assert.deepStrictEqual(yield* catalog.observations(daily), first)
        const second = [observation(5, 2), observation(6, 0xffff_ffff), observation(7, 4)]
        yield* catalog.observe(daily, second)
        assert.deepStrictEqual(yield* catalog.observations(daily), second)
        yield* catalog.observe(daily, [])
        assert.deepStrictEqual(yield* catalog.observations(daily), [])
        assert.deepStrictEqual(yield* catalog.observations(parsed), [observation(5, 9)])
      }).pipe(Effect.provide(layer))
    )

    it.effect("gives each partition key an ordinal once and keeps it for ever", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        assert.deepStrictEqual((yield* catalog.dictionary([])).keys, [])
        assert.deepStrictEqual((yield* catalog.dictionary(["us", "eu", "us"])).keys, ["us", "eu"])
        const keys = ["asia", "eu", `it's "quoted"`, "日本"]
        assert.deepStrictEqual((yield* catalog.dictionary(keys)).keys, ["us", "eu", "asia", `it's "quoted"`, "日本"])
        assert.strictEqual((yield* catalog.dictionary([])).ordinals.get("asia"), 2)
        const many = Array.from({ length: 500 }, (_, index) => `key-${index}`)
        const all = yield* Effect.forEach([many, many.toReversed(), many], (keys) => catalog.dictionary(keys), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(all[0]!.ordinals.values()).size, 505)
        assert.deepStrictEqual(all[1], all[0])
        assert.deepStrictEqual(all[2], all[0])
      }).pipe(Effect.provide(layer))
    )
  })

const Ordinal = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))

const observation = (ordinal: number, lane: number): Observation => ({
  ordinal,
  version: [lane, 0xdead_beef],
  changedAt: lane,
  files: [
    {
      path: `/landing/${ordinal}.jsonl.gz`,
      name: `${ordinal}.jsonl.gz`,
      size: 9,
      modified: 8.5,
      sha256: "ab",
      since: 7
    }
  ]
})
