import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as ColumnType from "../../resources/duckdb/ColumnType.ts"
import * as StoredColumns from "../../resources/StoredColumns.ts"
import { AssetKey, PartitionsDefinition, Table, Value } from "../../runtime/index.ts"

const asset = (row: Schema.Struct<Schema.Struct.Fields>, partitions: PartitionsDefinition.Any) => ({
  key: AssetKey.make("a"),
  output: Table.of(row),
  partitions
})
const column = (name: string, type: string, nullable = false) => ({ name, type, nullable })

describe("columns that were stored with another schema", () => {
  const row = Schema.Struct({ n: Schema.Int, note: Schema.NullOr(Schema.String) })
  const mismatch = (...columns: ReadonlyArray<ReturnType<typeof column>>) =>
    StoredColumns.mismatch(asset(row, PartitionsDefinition.unpartitioned), columns)

  it("can be read where only nullable ones are new, others are gone, and types became wider", () => {
    assert.isUndefined(mismatch(column("n", "BIGINT"), column("note", "VARCHAR", true)))
    assert.isUndefined(mismatch(column("n", "INTEGER"), column("gone", "DOUBLE")))
  })

  it("cannot be read where one is missing, narrower now, of another type, or may hold NULLs", () => {
    assert.strictEqual(mismatch(column("note", "VARCHAR")), 'column "n" was not stored yet and may not be NULL')
    assert.strictEqual(mismatch(column("n", "HUGEINT")), 'column "n" was stored as HUGEINT and is BIGINT now')
    assert.strictEqual(mismatch(column("n", "VARCHAR")), 'column "n" was stored as VARCHAR and is BIGINT now')
    assert.strictEqual(
      mismatch(column("n", "BIGINT", true)),
      'column "n" was stored with NULLs allowed and may not be NULL now'
    )
  })

  it("do not hold the key of a partition, whatever the schema says", () => {
    const withKey = Schema.Struct({ n: Schema.Int, partition_key: Schema.String })
    const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
    assert.isUndefined(StoredColumns.mismatch(asset(withKey, daily), [column("n", "BIGINT")]))
  })

  it("are none where the output is no table", () => {
    const value = {
      key: AssetKey.make("a"),
      output: Value.of(Schema.Int),
      partitions: PartitionsDefinition.unpartitioned
    }
    assert.isUndefined(StoredColumns.mismatch(value, []))
  })
})

describe("a wider type", () => {
  const widens = (to: string, from: string) => ColumnType.widens(ColumnType.parse(to)!, ColumnType.parse(from)!)

  for (const [to, from] of [
    ["BIGINT", "INTEGER"],
    ["BIGINT", "UINTEGER"],
    ["UBIGINT", "UTINYINT"],
    ["DOUBLE", "INTEGER"],
    ["DOUBLE", "FLOAT"],
    ["DECIMAL(18,2)", "DECIMAL(10,2)"],
    ["VARCHAR", "ENUM('a', 'b')"],
    ["ENUM('b', 'c', 'a')", "ENUM('a', 'b')"],
    ["BIGINT[]", "INTEGER[]"],
    ['STRUCT("a" DOUBLE)', 'STRUCT("a" FLOAT)']
  ] as const) {
    it(`${to} holds every ${from}, and not the other way round`, () => {
      assert.isTrue(widens(to, from))
      assert.isFalse(widens(from, to))
    })
  }

  it("is none between types of which neither holds the other", () => {
    for (const [a, b] of [
      ["INTEGER", "UINTEGER"],
      ["BIGINT", "DOUBLE"],
      ["ENUM('a')", "ENUM('b')"],
      ["DATE", "BIGINT"]
    ] as const) {
      assert.isFalse(widens(a, b), `${a} ${b}`)
      assert.isFalse(widens(b, a), `${b} ${a}`)
    }
  })
})
