import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { assert, describe, expect, it, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Stream from "effect/Stream"
import { DuckDB } from "../../resources/DuckDB.ts"
import type * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"

/** An engine whose home is a directory of the test. */
const inTemporaryHome = (settings: Record<string, string> = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const home = yield* FileSystem.FileSystem.use((fs) => fs.makeTempDirectoryScoped({ prefix: "strata-duckdb-" }))
      const provider = ConfigProvider.fromEnv({ env: { STRATA_HOME: home, ...settings } })
      return DuckDB.layer.pipe(Layer.provide(ConfigProvider.layer(provider)))
    })
  ).pipe(Layer.provideMerge(NodeFileSystem.layer))

const only = (query: Sql.Sql) =>
  Effect.gen(function* () {
    const rows = yield* DuckDB.use((db) => db.query(query))
    assert.strictEqual(rows.length, 1)
    return rows[0]!
  })

/** Lets everything else go on for so many turns of the loop. */
const turns = (n: number) => Effect.forEach(Array(n), () => Effect.yieldNow, { discard: true })

/** So many rows that it takes minutes. */
const long = sql`SELECT sum(hash(a.range + b.range)) AS s FROM range(1000000) a, range(1000000) b`

layer(inTemporaryHome())("DuckDB", (it) => {
  describe("binding", () => {
    it.effect("binds each value as the type of its kind, not of its size", () =>
      Effect.gen(function* () {
        const row =
          yield* only(sql`SELECT typeof(${1}) AS int, typeof(${2n ** 53n}) AS big, typeof(${2n ** 100n}) AS huge,
          typeof(${0.5}) AS double, typeof(${1e300}) AS large, typeof(${"x"}) AS text, typeof(${true}) AS bool,
          typeof(${new Date(0)}) AS time, typeof(${new Uint8Array(1)}) AS blob, typeof(${[1, 2]}) AS ints,
          typeof(${[1, 2.5]}) AS doubles, typeof(${["a"]}) AS texts`)
        expect(row).toEqual({
          int: "BIGINT",
          big: "BIGINT",
          huge: "HUGEINT",
          double: "DOUBLE",
          large: "DOUBLE",
          text: "VARCHAR",
          bool: "BOOLEAN",
          time: "TIMESTAMP WITH TIME ZONE",
          blob: "BLOB",
          ints: "BIGINT[]",
          doubles: "DOUBLE[]",
          texts: "VARCHAR[]"
        })
      })
    )

    it.effect("gives bound values back as they were", () =>
      Effect.gen(function* () {
        const nasty = `it's "quoted" \\ ; DROP TABLE x; -- \u{1f600}`
        const at = new Date("2025-06-01T12:34:56.789Z")
        const row = yield* only(
          sql`SELECT ${nasty} AS text, ${at} AS at, ${new Uint8Array([0, 255])} AS bytes, ${null} AS nothing, ${[nasty]} AS list, ${2n ** 126n} AS huge`
        )
        expect(row).toEqual({
          text: nasty,
          at,
          bytes: new Uint8Array([0, 255]),
          nothing: null,
          list: [nasty],
          huge: 2n ** 126n
        })
      })
    )

    it.effect("compares an empty list with values of any type", () =>
      Effect.gen(function* () {
        const row = yield* only(sql`SELECT 1 = ANY(${[]}) AS int, 'a' = ANY(${[]}) AS text`)
        expect(row).toEqual({ int: false, text: false })
      })
    )

    it.effect("fails for an integer that no type holds", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(only(sql`SELECT ${2n ** 200n}`))
        assert.strictEqual(error._tag, "DuckDBError")
      })
    )
  })

  describe("rows", () => {
    it.effect("keep 64-bit integers, decimals and nested values exact", () =>
      Effect.gen(function* () {
        const row = yield* only(sql`SELECT 9007199254740993 AS big, 12345678901234567.89::DECIMAL(20, 2) AS decimal,
          'b'::ENUM('a', 'b') AS level, {'a': 9007199254740993, 'b': ['x', NULL]} AS struct, [[1], []] AS lists,
          MAP {'k': 1::BIGINT} AS map, TIMESTAMP '1969-12-31 23:59:59.999' AS before, DATE '2025-06-01' AS day,
          '7d9f0e9c-5a50-4f0a-9d2f-000000000001'::UUID AS id, 1::TINYINT AS small`)
        expect(row).toEqual({
          big: 9007199254740993n,
          decimal: "12345678901234567.89",
          level: "b",
          struct: { a: 9007199254740993n, b: ["x", null] },
          lists: [[1], []],
          map: new Map([["k", 1n]]),
          before: new Date(-1),
          day: new Date("2025-06-01"),
          id: "7d9f0e9c-5a50-4f0a-9d2f-000000000001",
          small: 1
        })
      })
    )

    it.effect("come in the order of the query, all of them", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const rows = yield* db.query(sql`FROM range(100000)`)
        assert.strictEqual(rows.length, 100_000)
        assert.isTrue(rows.every((row, index) => row.range === BigInt(index)))
      })
    )

    it.effect("stream while other statements run, and stop when no more are wanted", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const nested = db.stream(sql`FROM range(10000000)`).pipe(
          Stream.mapEffect((row) => db.query(sql`SELECT ${row.range as bigint} AS n`)),
          Stream.take(3)
        )
        const rows = yield* Stream.runCollect(nested)
        expect(rows.map(([row]) => row!.n)).toEqual([0n, 1n, 2n])
      })
    )

    it.effect("of two streams at once do not mix", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const counts = yield* Effect.forEach(
          [1, 2, 3, 4, 5],
          (n) =>
            db.stream(sql`SELECT ${n} AS n FROM range(10000)`).pipe(
              Stream.filter((row) => row.n === BigInt(n)),
              Stream.runCount
            ),
          { concurrency: "unbounded" }
        )
        expect(counts).toEqual([10_000, 10_000, 10_000, 10_000, 10_000])
      })
    )
  })

  it.effect("names the columns of a query with bound values", () =>
    Effect.gen(function* () {
      const db = yield* DuckDB
      const columns = yield* db.columns(sql`SELECT ${"x"} AS a, {'x': 1, 'y': ['q']} AS b, 'a'::ENUM('a', 'b''c') AS c`)
      expect(columns).toEqual([
        { name: "a", type: "VARCHAR" },
        { name: "b", type: "STRUCT(x INTEGER, y VARCHAR[])" },
        { name: "c", type: "ENUM('a', 'b''c')" }
      ])
    })
  )

  it.effect("keeps time in UTC on every connection", () =>
    Effect.gen(function* () {
      const db = yield* DuckDB
      const at = sql`SELECT (TIMESTAMPTZ '2025-06-01 00:00:00')::VARCHAR AS at, current_setting('TimeZone') AS zone`
      const rows = yield* Effect.all([db.query(at), Stream.runCollect(db.stream(at)), db.query(at)], { concurrency: 3 })
      for (const [row] of rows) expect(row).toEqual({ at: "2025-06-01 00:00:00+00", zone: "UTC" })
    })
  )

  it.effect("loads no extension on its own", () =>
    Effect.gen(function* () {
      const row = yield* only(sql`SELECT current_setting('autoinstall_known_extensions') AS a,
        current_setting('autoload_known_extensions') AS b, current_setting('allow_community_extensions') AS c`)
      expect(row).toEqual({ a: false, b: false, c: false })
    })
  )

  describe("a table", () => {
    it.effect("is seen by every connection until its scope closes", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const relation = yield* Effect.scoped(
          Effect.gen(function* () {
            const relation = yield* db.table(sql`SELECT ${"it's"} AS a FROM range(3)`)
            const rows = yield* Stream.runCollect(db.stream(sql`FROM ${relation}`))
            expect(rows).toEqual([{ a: "it's" }, { a: "it's" }, { a: "it's" }])
            return relation
          })
        )
        const error = yield* Effect.flip(db.query(sql`FROM ${relation}`))
        assert.include(error.message, "does not exist")
      })
    )

    it.effect("that could not be made leaves nothing", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const exit = yield* Effect.exit(Effect.scoped(db.table(sql`SELECT error('no') AS a`)))
        assert.isTrue(Exit.isFailure(exit))
        expect(yield* only(sql`SELECT count(*) AS n FROM duckdb_tables()`)).toEqual({ n: 0n })
      })
    )
  })

  describe("load", () => {
    const columns = [
      { name: "id", type: "BIGINT" },
      { name: "level", type: "ENUM('low', 'high')" },
      { name: "tags", type: "VARCHAR[]" },
      { name: "at", type: "TIMESTAMP WITH TIME ZONE" },
      { name: "place", type: "STRUCT(lat DOUBLE, names MAP(VARCHAR, INTEGER))" },
      { name: "price", type: "DECIMAL(18,2)" },
      { name: "raw", type: "BLOB" }
    ]
    const row = (id: bigint) => ({
      id,
      level: id % 2n === 0n ? "low" : null,
      tags: ["a", null, `t${id}`],
      at: new Date(Number(id)),
      place: { lat: 0.5, names: new Map([["x", Number(id)]]) },
      price: `${id}.05`,
      raw: new Uint8Array([Number(id) % 256])
    })

    it.effect("puts rows into a table exactly as they are, over many chunks", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const rows = Array.from({ length: 5000 }, (_, index) => row(BigInt(index)))
        const relation = yield* db.load(columns, Stream.fromIterable(rows))
        expect(yield* db.query(sql`FROM ${relation}`)).toEqual(rows)
      }).pipe(Effect.scoped)
    )

    it.effect("keeps integers beyond 2^53", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const relation = yield* db.load(
          [{ name: "n", type: "BIGINT" }],
          Stream.make({ n: 2n ** 63n - 1n }, { n: -(2n ** 63n) })
        )
        expect(yield* db.query(sql`FROM ${relation}`)).toEqual([{ n: 2n ** 63n - 1n }, { n: -(2n ** 63n) }])
      }).pipe(Effect.scoped)
    )

    for (const [type, value] of [
      ["BIGINT", 2n ** 63n],
      ["INTEGER", 2 ** 31],
      ["UTINYINT", -1],
      ["BIGINT", 1.5],
      ["BIGINT", "1"],
      ["DOUBLE", "1"],
      ["VARCHAR", 1],
      ["ENUM('a')", "b"],
      ["DECIMAL(4,2)", "100.00"],
      ["DECIMAL(4,2)", "1.005"],
      ["TIMESTAMP", new Date(Number.NaN)],
      ["VARCHAR[]", [1]]
    ] as const) {
      it.effect(`refuses ${typeof value} ${value} in a column of type ${type}, and says which row`, () =>
        Effect.gen(function* () {
          const db = yield* DuckDB
          const rows = Stream.fromIterable<Record<string, unknown>>([{ c: null }, { c: value }])
          const error = yield* Effect.flip(Effect.scoped(db.load([{ name: "c", type }], rows)))
          assert.strictEqual(error._tag, "UnfitValue")
          assert.include(error.message, `column "c" of row 1`)
        })
      )
    }

    it.effect("fails with the error of its rows and leaves no table", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const rows = Stream.concat(Stream.make({ n: 1n }), Stream.fail("no more" as const))
        const error = yield* Effect.flip(Effect.scoped(db.load([{ name: "n", type: "BIGINT" }], rows)))
        assert.strictEqual(error, "no more")
        expect(yield* only(sql`SELECT count(*) AS n FROM duckdb_tables()`)).toEqual({ n: 0n })
      })
    )
  })

  describe("copy", () => {
    it.effect("writes bound values of every kind, to a path with quotes", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        const path = `${directory}/o'b"rien.parquet`
        const text = `a'b"c$1; --`
        yield* db.copy(
          sql`SELECT ${text} AS text, ${42} AS n, ${null} AS nothing, ${[1, 2]} AS list, ${new Date(5)} AS moment, ${[]} AS none
            -- the end`,
          path
        )
        const rows = yield* db.query(
          sql`SELECT text, n, nothing, list, moment, len(none) AS none FROM read_parquet(${path})`
        )
        expect(rows).toEqual([{ text, n: 42n, nothing: null, list: [1n, 2n], moment: new Date(5), none: 0n }])
      }).pipe(Effect.scoped)
    )

    it.effect("reads files whose list is bound", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(`${directory}/in.json`, `{"a":1}\n{"a":2}\n`)
        yield* db.copy(
          sql`SELECT a FROM read_json(${[`${directory}/in.json`]}, format = 'newline_delimited', columns = {a: 'BIGINT'})`,
          `${directory}/out.parquet`
        )
        expect(yield* db.query(sql`FROM read_parquet(${`${directory}/out.parquet`})`)).toEqual([{ a: 1n }, { a: 2n }])
      }).pipe(Effect.scoped)
    )

    it.effect("leaves no variable on the connection, also when it fails", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const error = yield* Effect.flip(db.copy(sql`SELECT ${"secret"} AS a`, "/nowhere/at/all.parquet"))
        assert.strictEqual(error._tag, "DuckDBError")
        const seen = yield* Effect.forEach([1, 2, 3, 4], () => db.query(sql`SELECT getvariable('strata_0') AS v`), {
          concurrency: 4
        })
        for (const rows of seen) expect(rows).toEqual([{ v: null }])
      })
    )
  })

  describe("interruption", () => {
    it.effect("ends a query, a stream, a table and a copy at once, also those that wait for a permit", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        const fibers = yield* Effect.forEach(
          [
            db.query(long),
            Stream.runDrain(db.stream(long)),
            Effect.scoped(db.table(long)),
            db.copy(long, `${directory}/long.parquet`),
            db.query(long)
          ] as ReadonlyArray<Effect.Effect<unknown, unknown, never>>,
          (statement) => Effect.forkChild(statement)
        )
        yield* turns(5000)
        yield* fs.stat(directory) // needs a thread of the pool that the queries run on
        const started = performance.now()
        yield* Fiber.interruptAll(fibers)
        assert.isBelow(performance.now() - started, 1000)
        for (const fiber of fibers) assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        assert.deepStrictEqual(yield* fs.readDirectory(directory), [])
        const after = yield* Effect.forEach([1, 2, 3, 4, 5, 6], (n) => db.query(sql`SELECT ${n} AS n`), {
          concurrency: 6
        })
        expect(after.map(([row]) => row!.n)).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
        expect(yield* only(sql`SELECT count(*) AS n FROM duckdb_tables()`)).toEqual({ n: 0n })
      }).pipe(Effect.scoped)
    )

    it.effect("of a query leaves its connections usable, a hundred times over", () =>
      Effect.gen(function* () {
        const db = yield* DuckDB
        for (let turn = 0; turn < 100; turn++) {
          const fiber = yield* Effect.forkChild(db.query(long))
          yield* turns(turn % 50)
          yield* Fiber.interrupt(fiber)
          expect(yield* only(sql`SELECT ${turn} AS n`)).toEqual({ n: BigInt(turn) })
        }
      })
    )
  })

  it.effect("says which statement failed and why", () =>
    Effect.gen(function* () {
      const db = yield* DuckDB
      const error = yield* Effect.flip(db.run(sql`SELECT nothing FROM nowhere WHERE a = ${1}`))
      assert.strictEqual(error.statement, "SELECT nothing FROM nowhere WHERE a = $1")
      assert.include(error.message, "nowhere")
    })
  )
})

it("DuckDB's library is not loaded by those who only name the service", () => {
  const module = new URL("../../resources/DuckDB.ts", import.meta.url)
  const program = `await import("${module}"); console.log(process.report.getReport().sharedObjects.join())`
  const loaded = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" })
  assert.notInclude(loaded, "duckdb")
})

describe("the settings of DuckDB", () => {
  it.effect("come from the environment; what does not fit in memory goes below the home, and is gone at the end", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const home = yield* fs.makeTempDirectoryScoped()
      const env = { STRATA_HOME: home, STRATA_DUCKDB_MEMORY: "100MB", STRATA_DUCKDB_THREADS: "1" }
      const seen = yield* Effect.gen(function* () {
        const row = yield* only(
          sql`SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads`
        )
        expect(row).toEqual({ memory: "95.3 MiB", threads: 1n })
        const table = yield* DuckDB.use((db) =>
          db.table(sql`SELECT range AS a, hash(range)::VARCHAR AS b FROM range(5000000)`)
        )
        expect(yield* only(sql`SELECT count(b) AS n FROM ${table}`)).toEqual({ n: 5_000_000n })
        return readdirSync(`${home}/tmp`).flatMap((name) => readdirSync(`${home}/tmp/${name}`))
      }).pipe(
        Effect.scoped,
        Effect.provide(DuckDB.layer),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
      )
      assert.isNotEmpty(seen)
      assert.deepStrictEqual(readdirSync(`${home}/tmp`), [])
      assert.isTrue(existsSync(home))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )

  it.effect("are refused with the name of the variable", () =>
    Effect.gen(function* () {
      const env = { STRATA_DUCKDB_THREADS: "many" }
      const error = yield* Effect.void.pipe(
        Effect.provide(DuckDB.layer),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        Effect.flip
      )
      assert.include(String(error), "STRATA_DUCKDB_THREADS")
    })
  )
})
