/** Checks of tables, over the real engine. */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
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
import { Catalog } from "../../runtime/record/Catalog.ts"
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
      "unique(id, kind) Failed 2: 1 of 4 rows repeat the id, kind of another"
    ],
    [
      "notNull",
      AssetCheck.notNull("id"),
      [{ id: null, level: 1, kind: "a" }],
      "not_null(id) Failed 2: 1 of 1 row have no id"
    ],
    [
      "between",
      AssetCheck.between("level", 1, 7),
      [
        { id: 1, level: 8, kind: "a" },
        { id: 2, level: 0, kind: "a" },
        { id: 3, level: 7, kind: "a" }
      ],
      "between(level) Failed 2: 2 of 3 rows have a level that is not between 1 and 7"
    ],
    [
      "acceptedValues",
      AssetCheck.acceptedValues("kind", ["a", "b"]),
      [{ id: 1, level: 8, kind: "c" }],
      "accepted_values(kind) Failed 2: 1 of 1 row have a kind that is not one of a, b"
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
})
