import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, expect, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as ParquetIOManager from "../../resources/ParquetIOManager.ts"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import * as Files from "../../runtime/definition/Files.ts"
import {
  IOManager,
  type Piece,
  type Stored,
  type WriteRequest,
  type Written
} from "../../runtime/definition/IOManager.ts"
import type { Spec } from "../../runtime/definition/Output.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { dayKey } from "../../runtime/definition/PartitionsDefinition.ts"
import * as Sink from "../../runtime/definition/Sink.ts"
import { type Relation, type Sql, sql } from "../../runtime/definition/Sql.ts"
import * as Table from "../../runtime/definition/Table.ts"
import * as Value from "../../runtime/definition/Value.ts"

const home = mkdtempSync(join(tmpdir(), "strata-io-"))
const engine = DuckDB.layer.pipe(
  Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { STRATA_HOME: home } })))
)
const removeHome = Layer.effectDiscard(
  Effect.addFinalizer(() => Effect.sync(() => rmSync(home, { recursive: true, force: true })))
)
const live = ParquetIOManager.layer.pipe(Layer.provideMerge(engine), Layer.provideMerge(removeHome))

const daily = (output: Spec): Stored => ({
  asset: AssetKey.make("a/b"),
  output,
  partitioned: true,
  keyOf: dayKey
})
const unpartitioned = (output: Spec): Stored => ({ ...daily(output), partitioned: false, keyOf: () => "" })

interface StoredPiece {
  readonly written: Written
  readonly piece: Piece
}

let folders = 0

/** Writes into a folder of its own and gives the piece of all that was written. */
const write = Effect.fnUntraced(function* (
  stored: Stored,
  partitions: PartitionSet.PartitionSet,
  body: unknown,
  quarantined: ReadonlyArray<Relation> = []
) {
  const directory = join(home, `object '${folders++}' [x]=y`)
  mkdirSync(directory)
  const request: WriteRequest = { ...stored, body, quarantined, partitions, directory }
  const written = yield* IOManager.use((io) => io.write(request))
  const piece: Piece = { directory, files: written.files, columns: written.columns, partitions, wanted: partitions }
  return { written, piece } satisfies StoredPiece as StoredPiece
}, Effect.scoped)

const invalid = (stored: Stored, partitions: PartitionSet.PartitionSet, body: unknown) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(write(stored, partitions, body))
    assert.strictEqual(error._tag, "InvalidOutput")
    return error.message
  })

const read = (stored: Stored, pieces: ReadonlyArray<Piece>) =>
  IOManager.use((io) => io.read({ ...stored, pieces, landed: [] }))

const readTable = (stored: Stored, pieces: ReadonlyArray<Piece>) =>
  Effect.map(read(stored, pieces), (handle) => handle as Table.Table<unknown>)

const query = (query: Sql) => DuckDB.use((db) => db.query(query))

const one = PartitionSet.of(20240)
const days = (start: number, end: number) => PartitionSet.range(start, end)

const Posting = Schema.Struct({ url: Schema.String, level: Schema.NullOr(Schema.Int) })
const postings = daily(Table.of(Posting))

layer(live)("ParquetIOManager", (it) => {
  describe("tables", () => {
    it.effect("come back exactly, whatever their columns hold, from rows and from SQL", () =>
      Effect.gen(function* () {
        const fields = {
          big: Schema.BigInt,
          count: Schema.Int,
          share: Schema.Finite,
          price: Schema.Finite.annotate({ duckdb: "DECIMAL(18,2)" }),
          level: Schema.Literals(["low", "it's high"]),
          is: Schema.Boolean,
          at: Schema.DateTimeUtc,
          date: Schema.Date,
          text: Schema.DateTimeUtcFromString,
          raw: Schema.Uint8Array,
          tags: Schema.Array(Schema.NullOr(Schema.String)),
          place: Schema.Struct({ lat: Schema.Finite, name: Schema.optionalKey(Schema.String) }),
          counts: Schema.Record(Schema.String, Schema.Int),
          large: Schema.BigInt.annotate({ duckdb: "DECIMAL(38,0)" }),
          json: Schema.Json,
          none: Schema.Json,
          nothing: Schema.NullOr(Schema.Literals(["x"]))
        }
        const stored = unpartitioned(Table.of(Schema.Struct(fields)))
        const at = DateTime.makeUnsafe("2025-06-01T12:34:56.789Z")
        const row = {
          big: 2n ** 63n - 1n,
          count: 2 ** 53 - 1,
          share: 0.1,
          price: 1234567.89,
          level: "it's high" as const,
          is: true,
          at,
          date: new Date(-1),
          text: at,
          raw: new Uint8Array([0, 255]),
          tags: ["a", null, "b'c"],
          place: { lat: 1.5 },
          counts: { "a'b": 3 },
          large: -(10n ** 37n),
          json: { deep: [1, "x", null] },
          none: null,
          nothing: null
        }
        const rows = [row, { ...row, place: { lat: 2, name: "here" }, nothing: "x" as const }]
        const first = yield* write(stored, PartitionSet.of(0), rows)
        const table = yield* readTable(stored, [first.piece])
        expect(yield* table.collect).toEqual(rows)
        expect(yield* Stream.runCollect(table.rows)).toEqual(rows)
        const again = yield* write(stored, PartitionSet.of(0), sql`SELECT * FROM ${table}`)
        expect(yield* (yield* readTable(stored, [again.piece])).collect).toEqual(rows)
        expect(again.written.contents).toEqual(first.written.contents)
        const [types] = yield* query(
          sql`SELECT typeof(level) AS level, typeof("at") AS at, typeof(price) AS price FROM ${table}`
        )
        expect(types).toEqual({
          level: "ENUM('low', 'it''s high')",
          at: "TIMESTAMP WITH TIME ZONE",
          price: "DECIMAL(18,2)"
        })
      })
    )

    it.effect("of one partition get their partition_key added, the ordinal on disk and the key in relations", () =>
      Effect.gen(function* () {
        const { piece, written } = yield* write(postings, one, sql`SELECT 'u' AS url, 3::BIGINT AS level`)
        expect(written).toMatchObject({ files: ["part-0.parquet"], rows: 1, quarantined: 0, engine: "v1.5.6" })
        expect(written.columns).toEqual([
          { name: "url", type: "VARCHAR", nullable: false },
          { name: "level", type: "BIGINT", nullable: true }
        ])
        assert.strictEqual(written.bytes, readFileSync(join(piece.directory, "part-0.parquet")).byteLength)
        const table = yield* readTable(postings, [piece])
        expect(yield* query(sql`SELECT * FROM ${table}`)).toEqual([
          { url: "u", level: 3n, partition_key: "2025-06-01" }
        ])
        const file = yield* query(
          sql`SELECT * FROM read_parquet(${join(piece.directory, "part-0.parquet")}, hive_partitioning = false)`
        )
        expect(file).toEqual([{ url: "u", level: 3n, partition_key: 20240n }])
      })
    )

    it.effect("without partitions have no partition_key", () =>
      Effect.gen(function* () {
        const stored = unpartitioned(Table.of(Posting))
        const { piece, written } = yield* write(stored, PartitionSet.of(0), sql`SELECT 'u' AS url, 3::BIGINT AS level`)
        const table = yield* readTable(stored, [piece])
        expect(yield* query(sql`SELECT * FROM ${table} t JOIN ${table} USING (url)`)).toEqual([
          { url: "u", level: 3n, "level:1": 3n }
        ])
        expect(written.contents).toMatchObject([{ ordinal: 0, rows: 1 }])
      })
    )

    it.effect("of several partitions are sorted by them, whatever the order of the body", () =>
      Effect.gen(function* () {
        const body = sql`SELECT 'u' || range AS url, range AS level, strftime(make_date((20240 + (range * 7) % 10)::INTEGER), '%Y-%m-%d') AS partition_key FROM range(1000)`
        const { piece, written } = yield* write(postings, days(20240, 20252), body)
        const file = yield* query(
          sql`SELECT * FROM read_parquet(${join(piece.directory, "part-0.parquet")}, hive_partitioning = false)`
        )
        const ordinals = file.map((row) => Number(row.partition_key))
        expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b))
        expect(written.contents.map(({ ordinal, rows }) => [ordinal, rows])).toEqual(
          Array.from({ length: 12 }, (_, index) => [20240 + index, index < 10 ? 100 : 0])
        )
        const table = yield* readTable(postings, [piece])
        const perDay = yield* query(sql`SELECT partition_key AS day, count(*) AS n FROM ${table} GROUP BY 1 ORDER BY 1`)
        expect(perDay).toEqual(Array.from({ length: 10 }, (_, index) => ({ day: dayKey(20240 + index), n: 100n })))
      })
    )

    it.effect("of rows keep their order within a partition", () =>
      Effect.gen(function* () {
        const rows = Array.from({ length: 6000 }, (_, index) => ({
          url: `u${index}`,
          level: index,
          partition_key: dayKey(20240 + (index % 3))
        }))
        const { piece } = yield* write(postings, days(20240, 20243), Stream.fromIterable(rows))
        const table = yield* readTable(postings, [piece])
        const levels = (yield* table.collect).map((row) => (row as typeof Posting.Type).level!)
        expect(levels).toEqual([0, 1, 2].flatMap((day) => rows.map(({ level }) => level).filter((n) => n % 3 === day)))
      })
    )

    it.effect("may declare the key as a field, which then is part of their rows", () =>
      Effect.gen(function* () {
        const stored = daily(Table.of(Schema.Struct({ partition_key: Schema.String, n: Schema.Int })))
        const rows = [
          { partition_key: "2025-06-01", n: 1 },
          { partition_key: "2025-06-02", n: 2 }
        ]
        const { piece, written } = yield* write(stored, days(20240, 20242), rows)
        expect(written.columns.map(({ name }) => name)).toEqual(["n"])
        expect(yield* (yield* readTable(stored, [piece])).collect).toEqual(rows)
      })
    )

    it.effect("take types that their columns hold without loss", () =>
      Effect.gen(function* () {
        const stored = unpartitioned(
          Table.of(
            Schema.Struct({
              n: Schema.Int,
              share: Schema.Finite,
              level: Schema.Literals(["a", "b"]),
              at: Schema.DateTimeUtc,
              list: Schema.Array(Schema.Int)
            })
          )
        )
        const body = sql`SELECT [1, 2] AS list, TIMESTAMP '2025-06-01' AS "at", 'a' AS level, 0.5 AS share, sum(1) AS n`
        const { piece, written } = yield* write(stored, PartitionSet.of(0), body)
        expect(written.columns.map(({ type }) => type)).toEqual([
          "BIGINT",
          "DOUBLE",
          "ENUM('a', 'b')",
          "TIMESTAMP WITH TIME ZONE",
          "BIGINT[]"
        ])
        expect(yield* (yield* readTable(stored, [piece])).collect).toEqual([
          { n: 1, share: 0.5, level: "a", at: DateTime.makeUnsafe("2025-06-01T00:00:00Z"), list: [1, 2] }
        ])
      })
    )

    it.effect("hold values that could be SQL, in rows, in bound values, and in keys", () =>
      Effect.gen(function* () {
        const nasty = `'; DROP TABLE x; -- "$1`
        const stored: Stored = { ...postings, keyOf: (ordinal) => `${nasty}${ordinal}` }
        const body = sql`SELECT ${nasty} AS url, 1::BIGINT AS level, ${`${nasty}20241`} AS partition_key`
        const { piece } = yield* write(stored, days(20240, 20242), body)
        const table = yield* readTable(stored, [piece])
        expect(yield* query(sql`SELECT url, partition_key FROM ${table}`)).toEqual([
          { url: nasty, partition_key: `${nasty}20241` }
        ])
      })
    )

    it.effect("without any row are written and read", () =>
      Effect.gen(function* () {
        const { piece, written } = yield* write(postings, days(20240, 20242), [])
        expect(written).toMatchObject({ rows: 0, contents: [{ rows: 0 }, { rows: 0 }] })
        expect(yield* (yield* readTable(postings, [piece])).collect).toEqual([])
      })
    )

    it.effect("without any piece are an empty relation with the right columns", () =>
      Effect.gen(function* () {
        const table = yield* readTable(postings, [])
        expect(yield* query(sql`SELECT * FROM ${table}`)).toEqual([])
        const columns = yield* DuckDB.use((db) => db.columns(sql`SELECT * FROM ${table}`))
        expect(columns).toEqual([
          { name: "url", type: "VARCHAR" },
          { name: "level", type: "BIGINT" },
          { name: "partition_key", type: "VARCHAR" }
        ])
      })
    )

    it.effect("fail with the error of the stream that they are", () =>
      Effect.gen(function* () {
        const rows = Stream.concat(Stream.make({ url: "u", level: 1 }), Stream.fail({ _tag: "RolesDown" }))
        const error: unknown = yield* Effect.flip(write(postings, one, rows))
        expect(error).toEqual({ _tag: "RolesDown" })
      })
    )

    it.effect("say which asset could not be written when their SQL fails", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          write(
            postings,
            one,
            sql`SELECT 'u'::VARCHAR AS url, 1 + error('no luck' || range)::BIGINT AS level FROM range(3)`
          )
        )
        assert.strictEqual(error._tag, "IOManagerError")
        assert.match(error.message, /could not write a\/b: .*no luck/)
      })
    )
  })

  describe("a body that returns something else than its schema says", () => {
    const url = sql`SELECT 'u' AS url`
    const cases: ReadonlyArray<readonly [string, PartitionSet.PartitionSet, unknown, ReadonlyArray<string>]> = [
      ["lacks a column", one, url, [`"level" of type BIGINT is missing`]],
      [
        "has one more",
        one,
        sql`SELECT 'u' AS url, 1::BIGINT AS level, 2 AS x`,
        [`"x" is not in its schema`, `EXCLUDE ("x")`]
      ],
      [
        "has another type",
        one,
        sql`SELECT 'u' AS url, 'x' AS level`,
        [`"level" is VARCHAR`, "says BIGINT", `CAST("level" AS BIGINT)`]
      ],
      ["would be rounded", one, sql`SELECT 'u' AS url, 1.5::DOUBLE AS level`, [`"level" is DOUBLE`]],
      [
        "overflows",
        one,
        sql`SELECT 'u' AS url, 9223372036854775808::HUGEINT AS level`,
        [`"level" is HUGEINT`, "9223372036854775808"]
      ],
      [
        "has NULLs where it may not",
        one,
        sql`SELECT CASE WHEN range > 1 THEN 'u' END AS url, range AS level FROM range(5)`,
        [`"url" is NULL in 2 rows`]
      ],
      [
        "says no partitions",
        days(20240, 20242),
        sql`SELECT 'u' AS url, 1::BIGINT AS level`,
        [`"partition_key" is missing`, "2 partitions"]
      ],
      [
        "has a foreign partition",
        days(20240, 20242),
        sql`SELECT 'u' AS url, 1::BIGINT AS level, '2024-01-01' AS partition_key`,
        [`partition_key "2024-01-01"`]
      ],
      [
        "has a foreign partition in a step of one",
        one,
        sql`SELECT 'u' AS url, 1::BIGINT AS level, '2024-01-01' AS partition_key`,
        [`partition_key "2024-01-01"`]
      ],
      [
        "has a row without partition",
        days(20240, 20242),
        sql`SELECT 'u' AS url, 1::BIGINT AS level, NULL::VARCHAR AS partition_key`,
        ["a row has no partition_key"]
      ],
      [
        "has a partition_key that is not text",
        one,
        sql`SELECT 'u' AS url, 1::BIGINT AS level, DATE '2025-06-01' AS partition_key`,
        [`"partition_key" is DATE`]
      ],
      ["is a number", one, 5, ["SQL, an array of rows or a stream"]],
      [
        "has rows of the wrong type",
        one,
        [
          { url: "u", level: 1 },
          { url: 5, level: 1 }
        ],
        ["row 1", `["url"]`]
      ],
      ["has rows with a foreign field", one, [{ url: "u", level: 1, x: 1 }], ["row 0", `"x" is not in the schema`]],
      ["has rows without a field", one, [{ url: "u" }], ["row 0", `["level"]`]],
      ["has rows that are none", one, ["u"], ["row 0", "not an object"]],
      ["has rows without partition", days(20240, 20242), [{ url: "u", level: 1 }], ["a row has no partition_key"]],
      ["has rows of a foreign partition", one, [{ url: "u", level: 1, partition_key: "x" }], [`partition_key "x"`]]
    ]
    for (const [name, partitions, body, expected] of cases) {
      it.effect(`is refused when it ${name}`, () =>
        Effect.gen(function* () {
          const message = yield* invalid(postings, partitions, body)
          for (const part of expected) assert.include(message, part)
        })
      )
    }

    it.effect("is refused with the value that an enum does not hold", () =>
      Effect.gen(function* () {
        const stored = daily(Table.of(Schema.Struct({ level: Schema.Literals(["a", "b"]) })))
        const message = yield* invalid(stored, one, sql`SELECT 'c' AS level`)
        assert.include(
          message,
          `"level" is VARCHAR and its schema says ENUM('a', 'b'), which does not hold the value c`
        )
      })
    )

    it.effect("is refused for a partition_key where the asset has no partitions", () =>
      Effect.gen(function* () {
        const body = sql`SELECT 'u' AS url, 1::BIGINT AS level, '2025-06-01' AS partition_key`
        assert.include(
          yield* invalid(unpartitioned(Table.of(Posting)), PartitionSet.of(0), body),
          `EXCLUDE ("partition_key")`
        )
      })
    )

    it.effect("is refused for a schema that has no columns", () =>
      Effect.gen(function* () {
        const stored = daily(Table.of(Schema.Struct({ took: Schema.Duration })))
        assert.include(yield* invalid(stored, one, []), `field "took" cannot be a column`)
      })
    )
  })

  describe("the content hash of a partition", () => {
    const body = (order: Sql) =>
      sql`SELECT 'u' || range % 1000 AS url, nullif(range % 7, 0) AS level, strftime(make_date((20240 + range % 3)::INTEGER), '%Y-%m-%d') AS partition_key FROM range(300000) ORDER BY ${order}`

    it.effect("does not depend on the order of rows, the threads, or how the step was cut", () =>
      Effect.gen(function* () {
        const all = days(20240, 20243)
        const first = yield* write(postings, all, body(sql`range`))
        yield* DuckDB.use((db) => db.run(sql`SET GLOBAL threads = 1`))
        const second = yield* write(postings, all, body(sql`hash(range)`))
        yield* DuckDB.use((db) => db.run(sql`RESET GLOBAL threads`))
        expect(second.written.contents).toEqual(first.written.contents)
        const day = sql`SELECT url, level FROM (${body(sql`range`)}) WHERE partition_key = '2025-06-02'`
        const alone = yield* write(postings, PartitionSet.of(20241), day)
        expect(alone.written.contents).toEqual([first.written.contents[1]])
      })
    )

    it.effect("sees every change: a value, a row more, a row that stands twice, a NULL, no row", () =>
      Effect.gen(function* () {
        const bodies = [
          [],
          [{ url: "a", level: 1 }],
          [{ url: "a", level: 2 }],
          [{ url: "a", level: null }],
          [
            { url: "a", level: 1 },
            { url: "a", level: 1 }
          ],
          [
            { url: "a", level: 1 },
            { url: "a", level: 1 },
            { url: "a", level: 1 }
          ]
        ]
        const hashes = yield* Effect.forEach(bodies, (body) =>
          Effect.map(write(postings, one, body), ({ written }) => written.contents[0]!.hash.join())
        )
        assert.strictEqual(new Set(hashes).size, bodies.length)
      })
    )

    it.effect("sees that columns changed their names", () =>
      Effect.gen(function* () {
        const hash = (name: string) =>
          Effect.map(
            write(daily(Table.of(Schema.Struct({ [name]: Schema.Int }))), one, [{ [name]: 1 }]),
            ({ written }) => written.contents[0]!.hash.join()
          )
        assert.notStrictEqual(yield* hash("a"), yield* hash("b"))
      })
    )
  })

  describe("reading pieces", () => {
    const level = (n: number, partitions: PartitionSet.PartitionSet) =>
      write(
        postings,
        partitions,
        [...PartitionSet.ordinals(partitions)].map((ordinal) => ({
          url: "u",
          level: n,
          partition_key: dayKey(ordinal)
        }))
      )

    it.effect("takes each partition from the piece that it is wanted of", () =>
      Effect.gen(function* () {
        const generation: Array<number> = Array(60).fill(0)
        const objects: Array<StoredPiece> = [yield* level(0, days(20000, 20030)), yield* level(0, days(20030, 20060))]
        for (const [n, [start, end]] of [
          [5, 6],
          [29, 31],
          [40, 50],
          [44, 45],
          [0, 1],
          [59, 60],
          [42, 43]
        ].entries()) {
          objects.push(yield* level(n + 1, days(20000 + start!, 20000 + end!)))
          generation.fill(n + 1, start, end)
        }
        const claimed = objects.toReversed().reduce(
          (state, { piece }) => ({
            taken: PartitionSet.union(state.taken, piece.partitions),
            pieces: [...state.pieces, { ...piece, wanted: PartitionSet.difference(piece.partitions, state.taken) }]
          }),
          { taken: PartitionSet.empty, pieces: [] as ReadonlyArray<Piece> }
        )
        const table = yield* readTable(postings, claimed.pieces)
        const rows = yield* query(sql`SELECT partition_key AS day, level FROM ${table} ORDER BY 1`)
        expect(rows).toEqual(generation.map((n, index) => ({ day: dayKey(20000 + index), level: BigInt(n) })))
      })
    )

    it.effect("gives only the partitions that are wanted", () =>
      Effect.gen(function* () {
        const { piece } = yield* level(1, days(20000, 20100))
        const wanted = PartitionSet.fromOrdinals([20003, 20004, 20050, 20099])
        const keys = [...PartitionSet.ordinals(wanted)].map((day) => ({ day: dayKey(day) }))
        const table = yield* readTable(postings, [{ ...piece, wanted }])
        expect(yield* query(sql`SELECT partition_key AS day FROM ${table} ORDER BY 1`)).toEqual(keys)
        const single = yield* readTable(postings, [{ ...piece, wanted: PartitionSet.of(20050) }])
        expect(yield* query(sql`SELECT partition_key AS day FROM ${single}`)).toEqual([{ day: dayKey(20050) }])
        const none = yield* readTable(postings, [{ ...piece, wanted: PartitionSet.empty }])
        expect(yield* query(sql`SELECT * FROM ${none}`)).toEqual([])
      })
    )

    it.effect("gives or leaves out many partitions that lie scattered", () =>
      Effect.gen(function* () {
        const { piece } = yield* level(1, days(20000, 20200))
        const shown = (wanted: PartitionSet.PartitionSet) =>
          Effect.flatMap(readTable(postings, [{ ...piece, wanted }]), (table) =>
            Effect.map(query(sql`SELECT DISTINCT partition_key AS day FROM ${table} ORDER BY 1`), (rows) =>
              rows.map(({ day }) => day)
            )
          )
        const every = (n: number) => PartitionSet.filter(piece.partitions, (day) => day % n < 2)
        for (const wanted of [every(5), PartitionSet.difference(piece.partitions, every(5))]) {
          expect(yield* shown(wanted)).toEqual([...PartitionSet.ordinals(wanted)].map(dayKey))
        }
      })
    )

    it.effect("finds the keys of ordinals that are far apart", () =>
      Effect.gen(function* () {
        const stored: Stored = { ...postings, keyOf: (ordinal) => `key ${ordinal}` }
        const wanted = PartitionSet.fromOrdinals([-5, 0, 7, 1_000_000_000])
        const rows = [...PartitionSet.ordinals(wanted)].map((n) => ({ url: "u", level: n, partition_key: `key ${n}` }))
        const { piece } = yield* write(stored, wanted, rows)
        const table = yield* readTable(stored, [piece])
        expect(yield* query(sql`SELECT level, partition_key AS key FROM ${table} ORDER BY 1`)).toEqual(
          rows.map(({ level, partition_key }) => ({ level: BigInt(level), key: partition_key }))
        )
      })
    )

    it.effect("can stand in a view, after FROM and after JOIN, with and without a name", () =>
      Effect.gen(function* () {
        const { piece } = yield* level(1, days(20000, 20003))
        const relation = yield* IOManager.use((io) => io.relation({ ...postings, pieces: [piece], landed: [] }))
        const db = yield* DuckDB
        yield* db.run(sql`CREATE OR REPLACE VIEW "a/b" AS SELECT * FROM ${relation}`)
        const rows = yield* db.query(
          sql`SELECT count(*) AS n FROM "a/b" JOIN ${relation} USING (partition_key) JOIN ${relation} x USING (partition_key)`
        )
        yield* db.run(sql`DROP VIEW "a/b"`)
        expect(rows).toEqual([{ n: 3n }])
      })
    )

    it.effect("adds a nullable column that an object lacks, and widens one that was narrower", () =>
      Effect.gen(function* () {
        const before = daily(
          Table.of(Schema.Struct({ n: Schema.Int.annotate({ duckdb: "INTEGER" }), gone: Schema.String }))
        )
        const after = daily(Table.of(Schema.Struct({ extra: Schema.NullOr(Schema.String), n: Schema.Int })))
        const old = yield* write(before, one, [{ n: 1, gone: "x" }])
        const fresh = yield* write(after, PartitionSet.of(20241), [{ extra: "y", n: 2 }])
        const table = yield* readTable(after, [old.piece, fresh.piece])
        expect(yield* table.collect).toEqual([
          { extra: null, n: 1 },
          { extra: "y", n: 2 }
        ])
      })
    )

    for (const [what, before, after, reason] of [
      ["another type", Schema.String, Schema.Int, "was stored as VARCHAR and is BIGINT now"],
      ["NULLs that are not allowed any more", Schema.NullOr(Schema.Int), Schema.Int, "was stored with NULLs allowed"]
    ] as const) {
      it.effect(`refuses a column with ${what}, by name`, () =>
        Effect.gen(function* () {
          const { piece } = yield* write(daily(Table.of(Schema.Struct({ n: before as Schema.String }))), one, [])
          const error = yield* Effect.flip(read(daily(Table.of(Schema.Struct({ n: after }))), [piece]))
          assert.strictEqual(error._tag, "IOManagerError")
          assert.include(error.message, `could not read a/b: column "n" ${reason}`)
        })
      )
    }

    it.effect("refuses an object that lacks a column which may not be NULL", () =>
      Effect.gen(function* () {
        const { piece } = yield* write(daily(Table.of(Schema.Struct({ n: Schema.Int }))), one, [])
        const now = daily(Table.of(Schema.Struct({ n: Schema.Int, m: Schema.Int })))
        const error = yield* Effect.flip(read(now, [piece]))
        assert.include(error.message, `column "m" was not stored yet`)
      })
    )

    it.effect("fails as reading when a file is gone", () =>
      Effect.gen(function* () {
        const { piece } = yield* write(postings, one, [])
        rmSync(join(piece.directory, "part-0.parquet"))
        const table = yield* readTable(postings, [piece])
        const error = yield* Effect.flip(table.collect)
        assert.strictEqual(error._tag, "IOManagerError")
        assert.strictEqual(error.operation, "read")
      })
    )
  })

  describe("quarantined rows", () => {
    const bad = sql`(SELECT 'f.jsonl' AS file, 7::BIGINT AS line, 100::BIGINT AS byte_offset, 'cut' AS reason, '{' AS raw)`
    const quarantine = (pieces: ReadonlyArray<Piece>) =>
      Effect.flatMap(
        IOManager.use((io) => io.quarantine({ ...postings, pieces, landed: [] })),
        (relation) => query(sql`SELECT * FROM ${relation} ORDER BY ALL`)
      )

    it.effect("are kept beside the table, with their partition", () =>
      Effect.gen(function* () {
        const { piece, written } = yield* write(postings, one, [{ url: "u", level: 1 }], [{ sql: bad }, { sql: bad }])
        expect(written).toMatchObject({ files: ["part-0.parquet", "quarantine.parquet"], rows: 1, quarantined: 2 })
        const row = {
          partition_key: "2025-06-01",
          file: "f.jsonl",
          line: 7n,
          byte_offset: 100n,
          reason: "cut",
          raw: "{"
        }
        expect(yield* quarantine([piece])).toEqual([row, row])
        expect(yield* (yield* readTable(postings, [piece])).collect).toEqual([{ url: "u", level: 1 }])
      })
    )

    it.effect("of wanted partitions only are read, from the pieces that have some", () =>
      Effect.gen(function* () {
        const keyed = (key: string) => ({ sql: sql`(SELECT *, ${key} AS partition_key FROM ${bad})` })
        const both = [keyed("2025-06-01"), keyed("2025-06-02")]
        const first = yield* write(postings, days(20240, 20242), [], both)
        const clean = yield* write(postings, PartitionSet.of(20242), [], [])
        const rows = yield* quarantine([{ ...first.piece, wanted: PartitionSet.of(20241) }, clean.piece])
        expect(rows.map(({ partition_key }) => partition_key)).toEqual(["2025-06-02"])
        expect(yield* quarantine([clean.piece])).toEqual([])
      })
    )

    it.effect("that are none leave no file", () =>
      Effect.gen(function* () {
        const none = { sql: sql`(SELECT * FROM ${bad} WHERE false)` }
        const { piece, written } = yield* write(postings, one, [], [none])
        expect(written).toMatchObject({ files: ["part-0.parquet"], quarantined: 0 })
        assert.deepStrictEqual(readdirSync(piece.directory), ["part-0.parquet"])
      })
    )

    it.effect("are refused without their columns, and outside the step", () =>
      Effect.gen(function* () {
        const foreign = { sql: sql`(SELECT *, '2024-01-01' AS partition_key FROM ${bad})` }
        const lacking = { sql: sql`(SELECT 1 AS line)` }
        const outside = yield* Effect.flip(write(postings, one, [], [foreign]))
        assert.include(outside.message, `partition_key "2024-01-01"`)
        const short = yield* Effect.flip(write(postings, one, [], [lacking]))
        assert.include(short.message, `"file", "byte_offset", "reason", "raw"`)
        const unkeyed = yield* Effect.flip(write(postings, days(20240, 20242), [], [{ sql: bad }]))
        assert.include(unkeyed.message, `"partition_key"`)
      })
    )
  })

  describe("values", () => {
    const Count = Schema.Struct({ n: Schema.Int, at: Schema.Date, big: Schema.BigInt })
    const at = new Date("2025-06-01T00:00:00Z")
    const value = { n: 1, at, big: 2n ** 70n }

    it.effect("come back as they were: alone without partitions, by key with them", () =>
      Effect.gen(function* () {
        const alone = unpartitioned(Value.of(Count))
        const written = yield* write(alone, PartitionSet.of(0), value)
        expect(yield* read(alone, [written.piece])).toEqual(value)
        const stored = daily(Value.of(Count))
        const single = yield* write(stored, PartitionSet.of(20242), value)
        const several = yield* write(
          stored,
          days(20240, 20242),
          new Map([
            ["2025-06-02", { ...value, n: 3 }],
            ["2025-06-01", { ...value, n: 2 }]
          ])
        )
        const map = yield* read(stored, [single.piece, { ...several.piece, wanted: days(20240, 20242) }])
        expect([...(map as Map<string, unknown>)]).toEqual([
          ["2025-06-01", { ...value, n: 2 }],
          ["2025-06-02", { ...value, n: 3 }],
          ["2025-06-03", value]
        ])
        const one = yield* read(stored, [{ ...several.piece, wanted: PartitionSet.of(20241) }])
        expect([...(one as Map<string, unknown>).keys()]).toEqual(["2025-06-02"])
      })
    )

    it.effect("of a step of one partition may also be given as a map", () =>
      Effect.gen(function* () {
        const stored = daily(Value.of(Schema.Int))
        const { piece } = yield* write(stored, one, new Map([["2025-06-01", 5]]))
        expect(yield* read(stored, [piece])).toEqual(new Map([["2025-06-01", 5]]))
      })
    )

    it.effect("have the same hash whatever the order of their keys, and another one for another value", () =>
      Effect.gen(function* () {
        const stored = unpartitioned(Value.of(Schema.Record(Schema.String, Schema.Int)))
        const hash = (body: object) =>
          Effect.map(write(stored, PartitionSet.of(0), body), ({ written }) => written.contents[0]!.hash.join())
        assert.strictEqual(yield* hash({ a: 1, b: 2 }), yield* hash({ b: 2, a: 1 }))
        assert.notStrictEqual(yield* hash({ a: 1, b: 2 }), yield* hash({ a: 1, b: 3 }))
      })
    )

    for (const [what, partitions, body, reason] of [
      ["of another type", one, "x", "Expected number"],
      ["without a map for several partitions", days(20240, 20242), 5, "returns a Map"],
      [
        "that lack a partition",
        days(20240, 20242),
        new Map([["2025-06-01", 1]]),
        `no value for the partition "2025-06-02"`
      ],
      [
        "of foreign partitions",
        days(20240, 20242),
        new Map([
          ["2025-06-01", 1],
          ["2025-06-02", 1],
          ["x", 1]
        ]),
        "3 values for the 2 partitions"
      ]
    ] as const) {
      it.effect(`${what} are refused`, () =>
        Effect.gen(function* () {
          assert.include(yield* invalid(daily(Value.of(Schema.Int)), partitions, body), reason)
        })
      )
    }

    it.effect("are a relation of JSON for a query", () =>
      Effect.gen(function* () {
        const stored = daily(Value.of(Schema.Struct({ b: Schema.String, a: Schema.Int })))
        const { piece } = yield* write(stored, one, { b: "it's", a: 1 })
        const relation = yield* IOManager.use((io) => io.relation({ ...stored, pieces: [piece], landed: [] }))
        expect(yield* query(sql`SELECT *, value->>'$.b' AS b FROM ${relation}`)).toEqual([
          { partition_key: "2025-06-01", value: `{"a":1,"b":"it's"}`, b: "it's" }
        ])
      })
    )

    it.effect("that were not made yet cannot be read", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(read(unpartitioned(Value.of(Schema.Int)), []))
        assert.include(error.message, "could not read a/b: it was not materialized yet")
      })
    )
  })

  describe("files", () => {
    const source = (name: string, content: string) => {
      const path = join(home, name)
      writeFileSync(path, content)
      return path
    }
    const sha = { a: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" }

    it.effect("are copied, hashed and read with their partition", () =>
      Effect.gen(function* () {
        const stored = daily(Files.files)
        const made = [
          { path: source("1", "a"), name: "it's b.txt", partitionKey: "2025-06-02" },
          { path: source("2", "bb"), name: "a.txt", partitionKey: "2025-06-02" },
          { path: source("3", ""), name: "a.txt", partitionKey: "2025-06-01" }
        ]
        const { piece, written } = yield* write(stored, days(20240, 20243), made)
        expect(written.files).toEqual(["files.json", "20240/a.txt", "20241/a.txt", "20241/it's b.txt"])
        expect(written.contents.map(({ ordinal, rows }) => [ordinal, rows])).toEqual([
          [20240, 1],
          [20241, 2],
          [20242, 0]
        ])
        for (const { path } of made) rmSync(path)
        const handle = (yield* read(stored, [{ ...piece, wanted: PartitionSet.of(20241) }])) as Files.Files
        expect(handle.files.map(({ name, partition, size }) => [name, size, partition.key])).toEqual([
          ["a.txt", 2, "2025-06-02"],
          ["it's b.txt", 1, "2025-06-02"]
        ])
        assert.strictEqual(handle.files[1]!.sha256, sha.a)
        assert.strictEqual(readFileSync(handle.files[1]!.path, "utf8"), "a")
        const relation = yield* IOManager.use((io) => io.relation({ ...stored, pieces: [piece], landed: [] }))
        expect(yield* query(sql`SELECT partition_key, name, size FROM ${relation} ORDER BY ALL`)).toEqual([
          { partition_key: "2025-06-01", name: "a.txt", size: 0n },
          { partition_key: "2025-06-02", name: "a.txt", size: 2n },
          { partition_key: "2025-06-02", name: "it's b.txt", size: 1n }
        ])
      })
    )

    it.effect("have a hash of their names and contents", () =>
      Effect.gen(function* () {
        const hash = (name: string, content: string) =>
          Effect.map(write(daily(Files.files), one, [{ path: source("x", content), name }]), ({ written }) =>
            written.contents[0]!.hash.join()
          )
        const hashes = [yield* hash("a", "1"), yield* hash("b", "1"), yield* hash("a", "2"), yield* hash("a", "1")]
        assert.strictEqual(new Set(hashes).size, 3)
        assert.strictEqual(hashes[0], hashes[3])
      })
    )

    for (const name of ["../x", "a/b", "a\\b", "..", ".", "", "a\0b", "line\nbreak", "x".repeat(201)]) {
      it.effect(`cannot be named ${JSON.stringify(name.slice(0, 12))}`, () =>
        Effect.gen(function* () {
          const message = yield* invalid(daily(Files.files), one, [{ path: source("n", "1"), name }])
          assert.include(message, "cannot name a file")
        })
      )
    }

    for (const [what, partitions, made, reason] of [
      ["two of one name", one, [{ name: "a" }, { name: "A" }], `two files are named "A"`],
      ["without partition in a step of several", days(20240, 20242), [{ name: "a" }], "no partitionKey"],
      ["of a foreign partition", one, [{ name: "a", partitionKey: "x" }], `partitionKey "x"`]
    ] as const) {
      it.effect(`${what} are refused`, () =>
        Effect.gen(function* () {
          const files = made.map((file) => ({ ...file, path: source("f", "1") }))
          assert.include(yield* invalid(daily(Files.files), partitions, files), reason)
        })
      )
    }

    it.effect("that are not there fail as writing", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(write(daily(Files.files), one, [{ path: "/nowhere", name: "a" }]))
        assert.strictEqual(error._tag, "IOManagerError")
      })
    )

    it.effect("that landed are passed on, sorted", () =>
      Effect.gen(function* () {
        const file = (name: string, ordinal: number): Files.File => ({
          path: `/landed/${name}`,
          name,
          size: 1,
          sha256: sha.a,
          partition: { key: dayKey(ordinal), ordinal }
        })
        const landed = [file("b", 20241), file("z", 20240), file("a", 20241)]
        const request = { ...daily(Files.files), pieces: [], landed }
        const handle = (yield* IOManager.use((io) => io.read(request))) as Files.Files
        expect(handle.files.map(({ name }) => name)).toEqual(["z", "a", "b"])
        const relation = yield* IOManager.use((io) => io.relation(request))
        expect(yield* query(sql`SELECT count(*) AS n FROM ${relation}`)).toEqual([{ n: 3n }])
      })
    )
  })

  describe("sinks", () => {
    it.effect("keep what was reported, with content hashes of zero", () =>
      Effect.gen(function* () {
        const stored = daily(Sink.sink)
        const first = yield* write(stored, days(20240, 20242), { written: 7 })
        const second = yield* write(stored, PartitionSet.of(20242), { written: 5 })
        expect(first.written).toMatchObject({ files: ["report.json"], rows: 7, columns: [] })
        expect(first.written.contents.map(({ hash }) => hash)).toEqual([
          [0, 0],
          [0, 0]
        ])
        const pieces = [first.piece, second.piece]
        expect(yield* read(stored, pieces)).toEqual({ written: 12 })
        const relation = yield* IOManager.use((io) => io.relation({ ...stored, pieces, landed: [] }))
        expect(yield* query(sql`SELECT * FROM ${relation}`)).toEqual([{ written: 12n }])
      })
    )

    it.effect("that report no count are refused", () =>
      Effect.gen(function* () {
        for (const body of [undefined, { written: -1 }, { written: "1" }]) {
          assert.include(yield* invalid(daily(Sink.sink), one, body), "a sink reports { written }")
        }
      })
    )
  })
})
