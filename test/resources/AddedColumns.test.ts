import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as ColumnFiles from "../../resources/parquet/ColumnFiles.ts"
import * as ParquetIOManager from "../../resources/ParquetIOManager.ts"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import { IOManager, type Piece, type Stored } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import { dayKey } from "../../runtime/definition/PartitionsDefinition.ts"
import { type Sql, sql } from "../../runtime/definition/Sql.ts"
import * as Table from "../../runtime/definition/Table.ts"

const home = mkdtempSync(join(tmpdir(), "strata-columns-"))
const engine = DuckDB.layer.pipe(
  Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: { STRATA_HOME: home } })))
)
const removeHome = Layer.effectDiscard(
  Effect.addFinalizer(() => Effect.sync(() => rmSync(home, { recursive: true, force: true })))
)
const live = ParquetIOManager.layer.pipe(Layer.provideMerge(engine), Layer.provideMerge(removeHome))

const fields = { id: Schema.Int, text: Schema.NullOr(Schema.String) }
const added = {
  digit: Schema.Int.annotate({ duckdb: "TINYINT" }),
  label: Schema.NullOr(Schema.String),
  tags: Schema.Array(Schema.String),
  place: Schema.Struct({ lat: Schema.Finite, name: Schema.NullOr(Schema.String) })
}
/** Columns of Parquet that the added ones are. */
const leaves = 5
const daily = (row: Schema.Struct<Schema.Struct.Fields>): Stored => ({
  asset: AssetKey.make("a/b"),
  output: Table.of(row),
  partitioned: true,
  keyOf: dayKey
})
const narrow = daily(Schema.Struct(fields))
const wide = daily(Schema.Struct({ ...fields, ...added }))

const first = 20_240
const days = (count: number, from = 0) => PartitionSet.range(first + from, first + from + count)

let folders = 0

const write = Effect.fnUntraced(function* (stored: Stored, partitions: PartitionSet.PartitionSet, body: unknown) {
  const directory = join(home, `object '${folders++}'`)
  mkdirSync(directory)
  const written = yield* IOManager.use((io) => io.write({ ...stored, body, quarantined: [], partitions, directory }))
  assert.deepStrictEqual(readdirSync(directory).toSorted(), [...written.files].toSorted())
  const piece: Piece = { directory, files: written.files, columns: written.columns, partitions, wanted: partitions }
  return { written, piece }
}, Effect.scoped)

const read = (stored: Stored, pieces: ReadonlyArray<Piece>) =>
  IOManager.use((io) => io.read({ ...stored, pieces, landed: [] })) as Effect.Effect<Table.Table<unknown>>

/** Rows of so many days, ids from a start on, in an order that is not that of the days. */
const rows = (count: number, dayCount: number, from = 0): Sql =>
  sql`SELECT i AS id, CASE WHEN i % 3 > 0 THEN 'text ' || i END AS text,
      CAST(DATE '1970-01-01' + CAST(${first + from} + i * 7 % ${dayCount} AS INTEGER) AS VARCHAR) AS partition_key
    FROM range(${count}) t(i)`

const computed = sql`(id * 31 % 10)::TINYINT AS digit, CASE WHEN id % 5 > 0 THEN 'label ' || id END AS label,
  [id::VARCHAR, 'x', coalesce(text, 'none')] AS tags, {lat: id / 7, name: text} AS place`

/** All rows, columns by their names, as one hash. */
const fingerprint = (table: Table.Table<unknown>) =>
  Effect.map(
    DuckDB.use((db) =>
      db.query(sql`SELECT count(*) AS count,
        sum(hash(id, text, digit, label, tags, place, partition_key)::HUGEINT) AS sum FROM ${table}`)
    ),
    ([row]) => row
  )

const withColumns = (table: Table.Table<unknown>) =>
  Table.withColumns(table, sql`SELECT ${computed}, row_number FROM ${table.numbered} ORDER BY hash(id)`)

const selected = (table: Table.Table<unknown>) => sql`SELECT id, text, partition_key, ${computed} FROM ${table}`

const rowGroups = (piece: Piece) =>
  DuckDB.use((db) =>
    db.query(
      sql`SELECT file_name, row_group_id, count(*) AS columns, any_value(row_group_num_rows) AS rows
        FROM parquet_metadata(${piece.files.map((file) => `${piece.directory}/${file}`)}) GROUP BY ALL ORDER BY ALL`
    )
  )

layer(live)("columns added to an input", (it) => {
  it.effect("are the same rows, with the same hashes, as when all columns are selected", () =>
    Effect.gen(function* () {
      const base = yield* write(narrow, days(3), rows(400_000, 3))
      const input = yield* read(narrow, [base.piece])
      const grown = yield* write(wide, days(3), withColumns(input))
      const plain = yield* write(wide, days(3), selected(input))
      assert.deepStrictEqual(grown.written.contents, plain.written.contents)
      assert.deepStrictEqual(grown.written.columns, plain.written.columns)
      assert.deepStrictEqual(
        yield* fingerprint(yield* read(wide, [grown.piece])),
        yield* fingerprint(yield* read(wide, [plain.piece]))
      )
    })
  )

  it.effect("stand in the row groups of the input, which are copied", () =>
    Effect.gen(function* () {
      const base = yield* write(narrow, days(1), rows(300_000, 1))
      const grown = yield* write(wide, days(1), withColumns(yield* read(narrow, [base.piece])))
      const before = yield* rowGroups(base.piece)
      assert.isAtLeast(before.length, 3)
      assert.deepStrictEqual(
        (yield* rowGroups(grown.piece)).map(({ rows }) => rows),
        before.map(({ rows }) => rows)
      )
      assert.deepStrictEqual(
        [...new Set((yield* rowGroups(grown.piece)).map(({ columns }) => columns))],
        [Number(before[0]!.columns) + leaves].map(BigInt)
      )
    })
  )

  it.effect("keep each file of several, and files of few rows become one", () =>
    Effect.gen(function* () {
      for (const [count, files] of [
        [50_000, 3],
        [1_000, 1]
      ] as const) {
        const bases = yield* Effect.forEach([0, 1, 2], (from) => write(narrow, days(1, from), rows(count, 1, from)))
        const input = yield* read(
          narrow,
          bases.map(({ piece }) => piece)
        )
        const grown = yield* write(wide, days(3), withColumns(input))
        const plain = yield* write(wide, days(3), selected(input))
        assert.strictEqual(grown.written.files.length, files)
        assert.deepStrictEqual(grown.written.contents, plain.written.contents)
        assert.deepStrictEqual(
          yield* fingerprint(yield* read(wide, [grown.piece])),
          yield* fingerprint(yield* read(wide, [plain.piece]))
        )
      }
    })
  )

  it.effect("are those of the wanted partitions only, where the input holds more", () =>
    Effect.gen(function* () {
      const base = yield* write(narrow, days(3), rows(90_000, 3))
      const input = yield* read(narrow, [{ ...base.piece, wanted: days(1, 1) }])
      const grown = yield* write(wide, days(1, 1), withColumns(input))
      const plain = yield* write(wide, days(1, 1), selected(input))
      assert.strictEqual(grown.written.rows, 30_000)
      assert.deepStrictEqual(grown.written.contents, plain.written.contents)
    })
  )

  it.effect("of an input without rows, or with an empty file, are none", () =>
    Effect.gen(function* () {
      const empty = yield* write(narrow, days(1), rows(0, 1))
      const none = yield* write(wide, days(1), withColumns(yield* read(narrow, [empty.piece])))
      assert.deepStrictEqual([none.written.rows, none.written.columns.length], [0, 6])
      const full = yield* write(narrow, days(1, 1), rows(50_000, 1, 1))
      const grown = yield* write(wide, days(2), withColumns(yield* read(narrow, [empty.piece, full.piece])))
      assert.deepStrictEqual(
        grown.written.contents.map(({ rows }) => rows),
        [0, 50_000]
      )
      assert.strictEqual((yield* fingerprint(yield* read(wide, [grown.piece])))!.count, 50_000n)
    })
  )

  it.effect("can be added to again, and read with columns that came later", () =>
    Effect.gen(function* () {
      const base = yield* write(narrow, days(1), rows(200_000, 1))
      const grown = yield* write(wide, days(1), withColumns(yield* read(narrow, [base.piece])))
      const more = daily(Schema.Struct({ ...fields, ...added, twice: Schema.Int }))
      const input = yield* read(wide, [grown.piece])
      const again = yield* write(
        more,
        days(1),
        Table.withColumns(input, sql`SELECT row_number, 2 * id AS twice FROM ${input.numbered}`)
      )
      const table = yield* read(more, [again.piece])
      const [row] = yield* DuckDB.use((db) =>
        db.query(
          sql`SELECT count(*) FILTER (twice = 2 * id AND digit = id * 31 % 10 AND tags[1] = id::VARCHAR) AS n FROM ${table}`
        )
      )
      assert.strictEqual(row!.n, 200_000n)
    })
  )

  for (const [what, query] of [
    ["lack a row", sql`WHERE id <> 77`],
    ["give a row twice", sql`, range(CASE WHEN id = 77 THEN 2 ELSE 1 END)`],
    ["give one row twice and lack another", sql`, range(CASE WHEN id = 77 THEN 2 WHEN id = 78 THEN 0 ELSE 1 END)`]
  ] as const) {
    it.effect(`that ${what} are refused`, () =>
      Effect.gen(function* () {
        const base = yield* write(narrow, days(1), rows(1_000, 1))
        const input = yield* read(narrow, [base.piece])
        const body = Table.withColumns(input, sql`SELECT row_number, ${computed} FROM ${input.numbered} ${query}`)
        const error = yield* Effect.flip(write(wide, days(1), body))
        assert.strictEqual(error._tag, "InvalidOutput")
        assert.match(error.message, /not once for each of the 1000 rows of the table: give each row_number once$/)
      })
    )
  }

  it.effect("without the number of their row are refused, as are columns that are not declared or do not fit", () =>
    Effect.gen(function* () {
      const base = yield* write(narrow, days(1), rows(1_000, 1))
      const input = yield* read(narrow, [base.piece])
      const messageOf = (columns: Sql) =>
        Effect.map(
          Effect.flip(write(wide, days(1), Table.withColumns(input, sql`SELECT ${columns} FROM ${input.numbered}`))),
          ({ message }) => message
        )
      assert.match(yield* messageOf(computed), /has no row_number: select it from the table's "numbered"$/)
      assert.match(yield* messageOf(sql`row_number, ${computed}, 1 AS more`), /column "more" is not in its schema/)
      assert.match(
        yield* messageOf(sql`row_number, 1000 AS digit, NULL::VARCHAR AS label, [''] AS tags,
          {lat: 1.5::DOUBLE, name: ''} AS place`),
        /column "digit" is INTEGER and its schema says TINYINT, which does not hold the value 1000$/
      )
      assert.match(
        yield* messageOf(sql`row_number, NULL::TINYINT AS digit, '' AS label, [''] AS tags,
          {lat: 1.5::DOUBLE, name: ''} AS place`),
        /column "digit" is NULL in 1000 rows/
      )
    })
  )

  it.effect("are not put beside those of a file that is not Parquet, or that has another number of rows", () =>
    Effect.gen(function* () {
      const one = join(home, "one.parquet")
      const two = join(home, "two.parquet")
      const text = join(home, "text.parquet")
      writeFileSync(text, "neither columns nor rows")
      yield* DuckDB.use((db) => db.copy(sql`SELECT 1 AS a`, one, "object"))
      yield* DuckDB.use((db) => db.copy(sql`SELECT unnest([1, 2]) AS b`, two, "object"))
      for (const [path, columns, reason] of [
        [text, one, /text.parquet: the file is not Parquet$/],
        [one, two, /one.parquet: appended columns have another number of rows$/]
      ] as const) {
        const error = yield* Effect.flip(ColumnFiles.append(path, [columns]))
        assert.strictEqual(error._tag, "UnreadableFooter")
        assert.match(error.message, reason)
      }
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
