/** Checks of tables, over the real engine. */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as ParquetIOManager from "../../resources/ParquetIOManager.ts"
import type { CheckResult } from "../../runtime/event/CheckResult.ts"
import type { Event } from "../../runtime/event/Event.ts"
import { main } from "../../runtime/event/Run.ts"
import {
  Asset,
  AssetCheck,
  AssetKey,
  BackfillPolicy,
  PartitionSet,
  PartitionsDefinition,
  Quarantine,
  sql,
  Table
} from "../../runtime/index.ts"
import * as Materialization from "../../runtime/execute/Materialization.ts"
import * as AssetRelation from "../../runtime/read/AssetRelation.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { CheckLog } from "../../runtime/record/CheckLog.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as State from "../../runtime/record/State.ts"
import * as Harness from "./Harness.ts"

const engine = ParquetIOManager.layer.pipe(
  Layer.provideMerge(DuckDB.layer),
  Layer.provideMerge(Layer.merge(NodeFileSystem.layer, NodePath.layer))
)

const Row = Schema.Struct({ id: Schema.NullOr(Schema.Int), level: Schema.Int, kind: Schema.String })
type Row = typeof Row.Type

const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-04" })
const day = (n: number) => `2025-06-0${n}`
const key = AssetKey.make("table")
const ordinal = (n: number) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(day(n)))

/** Two good rows a day, and by day what is there instead. */
const rowsOf = (instead: Readonly<Record<number, ReadonlyArray<Row>>> = {}) =>
  [1, 2, 3, 4].flatMap((n) =>
    (
      instead[n] ?? [
        { id: 1, level: 1, kind: "a" },
        { id: 2, level: 7, kind: "b" }
      ]
    ).map((row) => ({ ...row, partition_key: day(n) as PartitionsDefinition.DayKey }))
  )

type Checks = ReadonlyArray<AssetCheck.AssetCheck<Row, Table.Table<Row>, never>>

const table = (checks: Checks, rows: ReturnType<typeof rowsOf> = rowsOf()) =>
  Asset.make("table", {
    partitions: days,
    backfillPolicy: BackfillPolicy.singleRun,
    output: Table.of(Row),
    checks,
    materialize: ({ partitions }) =>
      Effect.succeed(rows.filter((row) => partitions.some(({ key }) => key === row.partition_key)))
  })

const resultsIn = (heard: ReadonlyArray<Event>): ReadonlyArray<CheckResult> =>
  heard.flatMap((event) => (event._tag === "ChecksEvaluated" ? event.results : []))

/** `<check> <outcome> <days>: <reason>` */
const said = ({ check, outcome, partitions, reason }: CheckResult): string =>
  `${check} ${outcome} ${daysIn(partitions)}: ${reason}`

const daysIn = (partitions: PartitionSet.PartitionSet): string =>
  [...PartitionSet.ordinals(partitions)].map((each) => each - ordinal(1) + 1).join("")

const live = Effect.fnUntraced(function* (key: string) {
  const manifests = yield* Catalog.use((catalog) => catalog.manifests(main, [AssetKey.make(key)]))
  return daysIn(PartitionSet.unionAll(manifests.get(AssetKey.make(key))!.map(({ live }) => live)))
})

const failed = Effect.fnUntraced(function* (key: string) {
  const failed = yield* Catalog.use((catalog) => catalog.failed(main))
  return daysIn(failed.get(AssetKey.make(key)) ?? PartitionSet.empty)
})

const failing = Effect.fnUntraced(function* (checks: Checks, rows: ReturnType<typeof rowsOf>) {
  const { heard } = yield* Harness.materialize([table(checks, rows)])
  return resultsIn(heard)
    .filter(({ outcome }) => outcome !== "Passed")
    .map(said)
})

layer(engine)("a check", (it) => {
  const fresh = Effect.provide(State.layerMemory)

  for (const [name, check, instead, expected] of [
    ["rowCount", AssetCheck.rowCount({ min: 2 }), [], "row_count Failed 2: there are no rows, at least 2 are expected"],
    [
      "unique",
      AssetCheck.unique(["id", "kind"]),
      [
        { id: 1, level: 1, kind: "a" },
        { id: 1, level: 2, kind: "a" },
        { id: null, level: 2, kind: "a" },
        { id: null, level: 2, kind: "a" }
      ],
      "unique(id, kind) Failed 2: id, kind are repeated in 1 of 4 rows"
    ],
    [
      "notNull",
      AssetCheck.notNull("id"),
      [{ id: null, level: 1, kind: "a" }],
      "not_null(id) Failed 2: id is NULL in 1 of 1 row"
    ],
    [
      "between",
      AssetCheck.between("level", 1, 7),
      [
        { id: 1, level: 8, kind: "a" },
        { id: 2, level: 0, kind: "a" },
        { id: 3, level: 7, kind: "a" }
      ],
      "between(level) Failed 2: level is not between 1 and 7 in 2 of 3 rows"
    ],
    [
      "acceptedValues",
      AssetCheck.acceptedValues("kind", ["a", "b"]),
      [{ id: 1, level: 8, kind: "c" }],
      "accepted_values(kind) Failed 2: kind is not one of a, b in 1 of 1 row"
    ],
    [
      "sql",
      AssetCheck.sql("no zero", (rows) => sql`SELECT * FROM ${rows} WHERE level = 0`),
      [{ id: 1, level: 0, kind: "c" }],
      "no zero Failed 2: 1 row violates it"
    ],
    [
      "effect",
      AssetCheck.effect("no zero", (rows: Table.Table<Row>) =>
        Effect.map(rows.collect, (all) =>
          all.some(({ level }) => level === 0)
            ? AssetCheck.failed("there is a zero", { partitions: [day(2)] })
            : AssetCheck.passed()
        )
      ),
      [{ id: 1, level: 0, kind: "c" }],
      "no zero Failed 2: there is a zero"
    ]
  ] satisfies ReadonlyArray<readonly [string, Checks[number], ReadonlyArray<Row>, string]>) {
    it.effect(`${name} passes good partitions and fails the others`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* failing([check], rowsOf({ 2: instead })), [expected])
        assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["134", "2"])
        assert.deepStrictEqual(yield* failing([check], rowsOf()), [])
        assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["1234", ""])
      }).pipe(fresh)
    )
  }

  it.effect(
    "of several kinds is one query, and each says what it found of the partitions that pass and of the others",
    () =>
      Effect.gen(function* () {
        const checks = [
          AssetCheck.unique("id"),
          AssetCheck.between("level", 1, 7, { severity: "warn" }),
          AssetCheck.rowCount({ min: 1, max: 2 })
        ]
        const bad = [1, 2, 2].map((id) => ({ id, level: 9, kind: "a" }))
        const { heard, status } = yield* Harness.materialize([table(checks, rowsOf({ 3: bad }))])
        assert.strictEqual(status, "Failed")
        assert.deepStrictEqual(resultsIn(heard).map(said), [
          "unique(id) Passed 124: id is not repeated in 6 rows",
          "unique(id) Failed 3: id is repeated in 1 of 3 rows",
          "between(level) Passed 124: level is between 1 and 7 in 6 rows",
          "between(level) Failed 3: level is not between 1 and 7 in 3 of 3 rows",
          "row_count Passed 124: there are 6 rows in 3 partitions, 1 to 2 are expected in each",
          "row_count Failed 3: there are 3 rows, 1 to 2 are expected"
        ])
        const repeated = resultsIn(heard)[1]
        assert.deepStrictEqual(repeated!.metadata, {
          rows: { _tag: "Int", value: 3 },
          violations: { _tag: "Int", value: 1 },
          sample: { _tag: "Json", value: [{ partition_key: day(3), id: 2, count: 2 }] }
        })
      }).pipe(fresh)
  )

  it.effect("that only warns is recorded, and keeps nothing from being published", () =>
    Effect.gen(function* () {
      for (const options of [{ severity: "warn" }, { blocking: false }] as const) {
        const { heard, status } = yield* Harness.materialize([table([AssetCheck.rowCount({ min: 3, ...options })])], {
          force: true
        })
        assert.strictEqual(status, "Succeeded")
        assert.deepStrictEqual(resultsIn(heard).map(said), [
          "row_count Failed 1234: there are 8 rows in 4 partitions, at least 3 are expected in each"
        ])
      }
      assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["1234", ""])
    }).pipe(fresh)
  )
})

const Copy = (of: ReturnType<typeof table>) =>
  Asset.make("copy", {
    partitions: days,
    deps: { table: of },
    output: Table.of(Row),
    materialize: ({ table }) => Effect.succeed(sql`SELECT * FROM ${table}`)
  })

layer(engine)("a candidate that a blocking check refuses", (it) => {
  const fresh = Effect.provide(State.layerMemory)
  const bad = [{ id: 1, level: 0, kind: "a" }]
  const inRange = [AssetCheck.between("level", 1, 7)]

  it.effect("is not published and nothing is made from it, and both say why; the other partitions go on", () =>
    Effect.gen(function* () {
      const Bad = table(inRange, rowsOf({ 2: bad }))
      const { run } = yield* Harness.materialize([Bad, Copy(Bad)])
      assert.deepStrictEqual([yield* live("table"), yield* live("copy")], ["134", "134"])
      const steps = yield* RunLedger.use((ledger) => ledger.steps(run.id))
      const [first] = steps
      assert.strictEqual(daysIn(first!.made), "134")
      assert.strictEqual(
        first!.attempts[0]!.error!.message,
        "table does not pass its check between(level) and is not published: level is not between 1 and 7 in 1 of 1 row"
      )
      assert.deepStrictEqual(
        steps.map(({ assets, because, partitions, status }) => `${assets} ${daysIn(partitions)} ${status} ${because}`),
        [
          "table 1234 Failed null",
          "copy 1 Succeeded null",
          "copy 2 Skipped table",
          "copy 3 Succeeded null",
          "copy 4 Succeeded null"
        ]
      )
    }).pipe(fresh)
  )

  it.effect("leaves what was published where it was", () =>
    Effect.gen(function* () {
      yield* Harness.materialize([table(inRange)])
      const before = yield* Catalog.use((catalog) => catalog.manifests(main, [key]))
      const all = rowsOf({ 1: bad, 2: bad, 3: bad, 4: bad })
      const { status } = yield* Harness.materialize([table(inRange, all)], { force: true })
      assert.strictEqual(status, "Failed")
      assert.deepStrictEqual(yield* Catalog.use((catalog) => catalog.manifests(main, [key])), before)
      assert.strictEqual(yield* failed("table"), "1234")
    }).pipe(fresh)
  )

  it.effect("stays readable by the run that made it", () =>
    Effect.gen(function* () {
      const Bad = table(inRange, rowsOf({ 2: bad }))
      const { run } = yield* Harness.materialize([Bad])
      const known = yield* KnownState.load(
        Harness.project([Bad]).graph,
        { codeVersions: new Map(), configs: new Map() },
        main
      )
      const candidate = yield* AssetRelation.rows(yield* AssetRelation.madeBy(known, key, run.id), key)
      const rows = yield* DuckDB.use((db) =>
        db.query(sql`SELECT level, partition_key FROM (${candidate}) WHERE level = 0`)
      )
      assert.deepStrictEqual(rows, [{ level: 0n, partition_key: day(2) }])
    }).pipe(fresh)
  )

  it.effect("is made again by a retry, and by no plan that leaves out what failed", () =>
    Effect.gen(function* () {
      const { run } = yield* Harness.materialize([table(inRange, rowsOf({ 2: bad }))])
      const good = [table(inRange)]
      const request = yield* Materialization.retryRequest(Harness.project(good), run)
      const retried = yield* Harness.perform(good, Option.getOrThrow(request))
      assert.deepStrictEqual(
        retried.plan.steps.map(({ partitions, reasons }) => `${daysIn(partitions)} ${[...reasons.keys()].join()}`),
        ["2 Failed"]
      )
      assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["1234", ""])
    }).pipe(fresh)
  )

  it.effect("fails no partition because its checks changed: they are no part of provenance", () =>
    Effect.gen(function* () {
      yield* Harness.materialize([table([])])
      const { planned } = yield* Harness.plan([table([AssetCheck.rowCount({ min: 100 })])])
      assert.deepStrictEqual(planned.plan.steps, [])
    }).pipe(fresh)
  )

  it.effect("takes what is made with it along: no half of a step is published", () =>
    Effect.gen(function* () {
      const Pair = Asset.multi({
        partitions: days,
        backfillPolicy: BackfillPolicy.singleRun,
        outputs: {
          good: { key: "good", output: Table.of(Row) },
          checked: { key: "checked", output: Table.of(Row), checks: inRange }
        },
        materialize: () => Effect.succeed({ good: rowsOf(), checked: rowsOf({ 2: bad }) })
      })
      yield* Harness.materialize([Pair.good, Pair.checked])
      assert.deepStrictEqual([yield* live("good"), yield* live("checked")], ["134", "134"])
      assert.deepStrictEqual([yield* failed("good"), yield* failed("checked")], ["2", "2"])
    }).pipe(fresh)
  )
})

layer(engine)("an output that is suddenly empty", (it) => {
  const fresh = Effect.provide(State.layerMemory)
  const again = Effect.fnUntraced(function* (checks: Checks, instead: Parameters<typeof rowsOf>[0]) {
    yield* Harness.materialize([table(checks)])
    const { heard } = yield* Harness.materialize([table(checks, rowsOf(instead))], { force: true })
    return resultsIn(heard)
      .filter(({ outcome }) => outcome === "Failed")
      .map(said)
  })

  it.effect("is refused without being asked for, partition by partition", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* again([], { 1: [], 2: [] }), [
        "became_empty Failed 12: there are no rows, and 4 rows in the version before: if that is right, add AssetCheck.mayBecomeEmpty to its checks (2 partitions)"
      ])
      assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["1234", "12"])
    }).pipe(fresh)
  )

  it.effect("is none where nothing was there before", () =>
    Effect.gen(function* () {
      const { heard, status } = yield* Harness.materialize([table([], rowsOf({ 1: [] }))])
      assert.deepStrictEqual([status, resultsIn(heard)], ["Succeeded", []])
    }).pipe(fresh)
  )

  it.effect("is published where the checks say that it may be", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* again([AssetCheck.mayBecomeEmpty], { 1: [] }), [])
      assert.strictEqual(yield* failed("table"), "")
    }).pipe(fresh)
  )

  it.effect("only warns where the checks say so", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* again([AssetCheck.becameEmpty({ severity: "warn" })], { 1: [] })).length, 1)
      assert.strictEqual(yield* failed("table"), "")
    }).pipe(fresh)
  )

  it.effect("is held to what changeAgainstLast allows", () =>
    Effect.gen(function* () {
      const one = [{ id: 1, level: 1, kind: "a" }]
      const four = [1, 2, 3, 4].map((id) => ({ id, level: 1, kind: "a" }))
      const checks = [AssetCheck.changeAgainstLast({ drop: 0.4, growth: 0.5 })]
      assert.deepStrictEqual(yield* again(checks, { 1: one, 2: four }), [
        "change_against_last Failed 12: there are 5 rows, and 4 rows in the version before; 40 % may be lost and 50 % may be added (2 partitions)"
      ])
    }).pipe(fresh)
  )
})

layer(engine)("a check against what an asset is made from", (it) => {
  const fresh = Effect.provide(State.layerMemory)

  it.effect("compares mapped partitions: a quarter with its days, a day with its day", () =>
    Effect.gen(function* () {
      const Source = table([], rowsOf({ 3: [] }))
      const Same = Asset.make("same", {
        partitions: days,
        backfillPolicy: BackfillPolicy.singleRun,
        deps: { table: Source },
        output: Table.of(Row),
        checks: [AssetCheck.sameRowCount(Source)],
        materialize: ({ table }) =>
          Effect.succeed(sql`SELECT * FROM ${table} WHERE NOT (partition_key = ${day(2)} AND id = 1)`)
      })
      const Quarter = Asset.make("quarter", {
        partitions: PartitionsDefinition.quarterly({ start: "2025Q2", end: "2025Q2" }),
        deps: { table: Source },
        output: Table.of(Row),
        checks: [AssetCheck.sameRowCount(Source)],
        materialize: ({ table }) => Effect.succeed(sql`SELECT * EXCLUDE (partition_key) FROM ${table}`)
      })
      const { heard } = yield* Harness.materialize([Source, Same, Quarter])
      assert.sameMembers(
        resultsIn(heard).map(({ asset, outcome, reason }) => `${asset} ${outcome}: ${reason}`),
        [
          "same Passed: there are 4 rows, and 4 rows in table",
          "same Failed: there is 1 row, and 2 rows in table",
          "quarter Passed: there are 6 rows, and 6 rows in table"
        ]
      )
    }).pipe(fresh)
  )

  it.effect("looks at the rows that were set aside of each partition", () =>
    Effect.gen(function* () {
      const Read = Asset.make("table", {
        partitions: days,
        backfillPolicy: BackfillPolicy.singleRun,
        output: Table.of(Row),
        checks: [AssetCheck.errorRate({ below: 0.5 })],
        materialize: ({ partitions }) =>
          Effect.as(
            Quarantine.add({
              sql: sql`(SELECT ${day(4)} AS partition_key, 'a' AS file, range AS line, 0 AS byte_offset, 'bad' AS reason, '' AS raw FROM range(2))`
            }),
            rowsOf().filter((row) => partitions.some(({ key }) => key === row.partition_key))
          )
      })
      const { heard } = yield* Harness.materialize([Read])
      assert.deepStrictEqual(resultsIn(heard).map(said), [
        "error_rate Passed 123: 0 of 6 rows were set aside (0 %), less than 50 % may be",
        "error_rate Failed 4: 2 of 4 rows were set aside (50 %), less than 50 % may be"
      ])
      assert.strictEqual(yield* live("table"), "123")
    }).pipe(fresh)
  )
})

class Limits extends Context.Service<Limits, { readonly least: number }>()("Limits") {}

layer(engine)("a check of one's own", (it) => {
  const fresh = Effect.provide(State.layerMemory)
  const resources = Context.make(Limits, { least: 3 }) as Context.Context<never>
  const mine = AssetCheck.effect("enough", (rows: Table.Table<Row>) =>
    Effect.gen(function* () {
      const { least } = yield* Limits
      const all = yield* rows.collect
      return all.length >= least ? AssetCheck.passed("enough", { rows: all.length }) : AssetCheck.failed("too few")
    })
  )
  const own = Asset.make("own", {
    output: Table.of(Row),
    checks: [mine],
    materialize: () =>
      Effect.succeed(
        rowsOf()
          .slice(0, 2)
          .map(({ partition_key: _, ...row }) => row)
      )
  })

  it.effect("gets the resources that it asks for, and fails all partitions where it names none", () =>
    Effect.gen(function* () {
      const { heard } = yield* Harness.materialize([own], { resources })
      assert.deepStrictEqual(
        resultsIn(heard).map(({ check, outcome, reason }) => `${check} ${outcome}: ${reason}`),
        ["enough Failed: too few"]
      )
    }).pipe(fresh)
  )

  it.effect("that dies has not passed, and says so", () =>
    Effect.gen(function* () {
      const checks: Checks = [
        AssetCheck.effect("broken", () => Effect.die(new Error("no such file"))),
        AssetCheck.sql("misspelled", (rows) => sql`SELECT nope FROM ${rows}`, { severity: "warn" }),
        AssetCheck.effect("elsewhere", () => Effect.succeed(AssetCheck.failed("x", { partitions: ["2020-01-01"] })), {
          severity: "warn"
        })
      ]
      const { heard } = yield* Harness.materialize([table(checks)])
      const [broken, misspelled, elsewhere] = resultsIn(heard)
      assert.deepStrictEqual([broken!.outcome, broken!.reason], ["Errored", "no such file"])
      assert.strictEqual(misspelled!.outcome, "Errored")
      assert.include(misspelled!.reason, '"nope" not found')
      assert.include(elsewhere!.reason, 'names the partition "2020-01-01"')
      assert.deepStrictEqual([yield* live("table"), yield* failed("table")], ["", "1234"])
      const failure = heard.find((event) => event._tag === "StepFailed")
      assert.strictEqual(
        failure!.errors![0]!.error.message,
        "the check broken of table cannot be evaluated, so it is not published: no such file"
      )
    }).pipe(fresh)
  )

  it.effect("may stand beside its asset", () =>
    Effect.gen(function* () {
      const Table = table([])
      const { heard } = yield* Harness.materialize([Table], {
        checks: [AssetCheck.on(Table, AssetCheck.rowCount({ max: 1 }))]
      })
      assert.strictEqual(resultsIn(heard)[0]!.outcome, "Failed")
      assert.strictEqual(yield* live("table"), "")
    }).pipe(fresh)
  )
})

layer(engine)("a check over several assets", (it) => {
  const fresh = Effect.provide(State.layerMemory)
  const Source = table([])
  const Copied = Copy(Source)
  const checks = (options: AssetCheck.Options = {}) => [
    AssetCheck.make("same levels", {
      ...options,
      assets: { table: Source, copy: Copied },
      partitions: days,
      evaluate: ({ copy, partitions, table }) =>
        Effect.succeed(
          partitions.length === 0
            ? AssetCheck.failed("it was asked about nothing")
            : sql`SELECT partition_key, id FROM (SELECT * FROM ${table} EXCEPT SELECT * FROM ${copy}) UNION ALL SELECT ${day(2)}, 7`
        )
    })
  ]

  it.effect("is evaluated once they are published, over its own partitions, and makes the run fail", () =>
    Effect.gen(function* () {
      const { heard, run, status } = yield* Harness.materialize([Source, Copied], { checks: checks() })
      assert.strictEqual(status, "Failed")
      assert.deepStrictEqual(resultsIn(heard).map(said), [
        "same levels Failed 2: 1 row violates it",
        "same levels Passed 134: it passed"
      ])
      assert.strictEqual(yield* live("copy"), "1234")
      const kept = yield* CheckLog.use((log) => log.history(main, { asset: null, check: "same levels" }, 10))
      assert.deepStrictEqual(
        kept.map(({ objects, runId, step }) => [runId, step, objects.length]),
        [
          [run.id, null, 5],
          [run.id, null, 5]
        ]
      )
    }).pipe(fresh)
  )

  it.effect("is evaluated over what changed alone, and leaves the run alone where it only warns", () =>
    Effect.gen(function* () {
      const some = { checks: checks({ severity: "warn" }) }
      yield* Harness.materialize([Source, Copied], some)
      const { heard, status } = yield* Harness.materialize([Source, Copied], {
        ...some,
        force: true,
        assets: ["copy"],
        partitions: PartitionSet.range(ordinal(2), ordinal(4))
      })
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual(resultsIn(heard).map(said), [
        "same levels Failed 2: 1 row violates it",
        "same levels Passed 3: it passed"
      ])
    }).pipe(fresh)
  )

  it.effect("waits for something of each of them", () =>
    Effect.gen(function* () {
      const { heard } = yield* Harness.materialize([Source, Copied], { checks: checks(), assets: ["table"] })
      assert.deepStrictEqual(resultsIn(heard), [])
    }).pipe(fresh)
  )
})
