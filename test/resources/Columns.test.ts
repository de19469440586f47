import { assert, describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Columns from "../../resources/Columns.ts"
import * as ColumnType from "../../resources/duckdb/ColumnType.ts"

const typesOf = (fields: Schema.Struct.Fields) =>
  Object.fromEntries(
    Result.getOrThrow(Columns.make(Schema.Struct(fields))).map((column) => [
      column.name,
      `${Columns.typeText(column)}${column.shape.nullable ? "" : " NOT NULL"}`
    ])
  )

/** A row through the columns and back, without an engine between. */
const throughColumns = <F extends Schema.Struct.Fields>(fields: F, row: Schema.Struct<F>["Type"]) => {
  const schema = Schema.Struct(fields)
  const columns = Result.getOrThrow(Columns.make(schema))
  const stored = Result.getOrThrow(Columns.encoder(schema, columns)(row))
  return { stored, read: Result.getOrThrow(Columns.decoder(schema, columns)(stored)) }
}

describe("the columns of a schema", () => {
  it("have the types of its scalars", () => {
    const types = typesOf({
      text: Schema.String,
      count: Schema.Int,
      // @effect-diagnostics-next-line schemaNumber:off
      share: Schema.Number,
      finite: Schema.Finite,
      is: Schema.Boolean,
      big: Schema.BigInt,
      at: Schema.DateTimeUtc,
      date: Schema.Date,
      bytes: Schema.Uint8Array,
      json: Schema.Json,
      url: Schema.TemplateLiteral(["https://", Schema.String])
    })
    expect(types).toEqual({
      text: "VARCHAR NOT NULL",
      count: "BIGINT NOT NULL",
      share: "DOUBLE NOT NULL",
      finite: "DOUBLE NOT NULL",
      is: "BOOLEAN NOT NULL",
      big: "BIGINT NOT NULL",
      at: "TIMESTAMP WITH TIME ZONE NOT NULL",
      date: "TIMESTAMP NOT NULL",
      bytes: "BLOB NOT NULL",
      json: "JSON",
      url: "VARCHAR NOT NULL"
    })
  })

  it("see through brands and checks", () => {
    const types = typesOf({
      id: Schema.String.pipe(Schema.brand("Id")),
      level: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 7 })),
      name: Schema.String.check(Schema.isMaxLength(3), Schema.isMinLength(1))
    })
    expect(types).toEqual({ id: "VARCHAR NOT NULL", level: "BIGINT NOT NULL", name: "VARCHAR NOT NULL" })
  })

  it("are enums for literals of strings, and the type of the literals otherwise", () => {
    const types = typesOf({
      level: Schema.Literals(["low", "it's high"]),
      one: Schema.Literal("only"),
      n: Schema.Literals([1, 2]),
      maybe: Schema.NullOr(Schema.Literals(["a", "b"])),
      open: Schema.Union([Schema.Literal("a"), Schema.String])
    })
    expect(types).toEqual({
      level: "ENUM('low', 'it''s high') NOT NULL",
      one: "ENUM('only') NOT NULL",
      n: "BIGINT NOT NULL",
      maybe: "ENUM('a', 'b')",
      open: "VARCHAR NOT NULL"
    })
  })

  it("are nullable for NullOr, UndefinedOr and optional fields", () => {
    const types = typesOf({
      a: Schema.NullOr(Schema.Int),
      b: Schema.UndefinedOr(Schema.Int),
      c: Schema.optional(Schema.Int),
      d: Schema.optionalKey(Schema.Int),
      e: Schema.OptionFromNullOr(Schema.Int)
    })
    expect(types).toEqual({ a: "BIGINT", b: "BIGINT", c: "BIGINT", d: "BIGINT", e: "BIGINT" })
  })

  it("nest structs, arrays and records", () => {
    const types = typesOf({
      place: Schema.Struct({ lat: Schema.Finite, "a b": Schema.NullOr(Schema.String) }),
      tags: Schema.Array(Schema.String),
      counts: Schema.Record(Schema.String, Schema.Int),
      deep: Schema.Array(Schema.Struct({ levels: Schema.Array(Schema.Literals(["x", "y"])) }))
    })
    expect(types).toEqual({
      place: `STRUCT("lat" DOUBLE, "a b" VARCHAR) NOT NULL`,
      tags: "VARCHAR[] NOT NULL",
      counts: "MAP(VARCHAR, BIGINT) NOT NULL",
      deep: `STRUCT("levels" ENUM('x', 'y')[])[] NOT NULL`
    })
  })

  it("store the encoded side of a schema that transforms", () => {
    const types = typesOf({ at: Schema.DateTimeUtcFromString, n: Schema.FiniteFromString })
    expect(types).toEqual({ at: "VARCHAR NOT NULL", n: "VARCHAR NOT NULL" })
  })

  it("take the type of an annotation, before or after a check", () => {
    const types = typesOf({
      price: Schema.Finite.annotate({ duckdb: "DECIMAL(18,2)" }),
      id: Schema.String.annotate({ duckdb: "uuid" }).check(Schema.isMinLength(1)),
      small: Schema.NullOr(Schema.Int.annotate({ duckdb: "TINYINT" })),
      large: Schema.BigInt.annotate({ duckdb: "DECIMAL(38,0)" })
    })
    expect(types).toEqual({
      price: "DECIMAL(18,2) NOT NULL",
      id: "UUID NOT NULL",
      small: "TINYINT",
      large: "DECIMAL(38,0) NOT NULL"
    })
  })

  for (const [what, field, reason] of [
    ["a tuple", Schema.Tuple([Schema.Int, Schema.String]), "tuple"],
    ["members of different types", Schema.Union([Schema.Int, Schema.String]), "BIGINT and VARCHAR"],
    ["a symbol", Schema.Symbol, "Symbol"],
    ["nothing but null", Schema.Null, "no value but null"],
    ["a duration", Schema.Duration, "has no column type"],
    ["a type that Parquet would round", Schema.BigInt.annotate({ duckdb: "HUGEINT" }), "does not keep every value"],
    ["decimals of a bigint", Schema.BigInt.annotate({ duckdb: "DECIMAL(18,2)" }), "no decimals"],
    ["a type that does not exist", Schema.String.annotate({ duckdb: "WORDS" }), "WORDS"],
    ["an empty struct", Schema.Struct({}), "without fields"]
  ] as const) {
    it(`refuse ${what}, and name the field`, () => {
      const made = Columns.make(
        Schema.Struct({ ok: Schema.Int, place: Schema.Struct({ name: field as Schema.String }) })
      )
      const error = Result.getOrThrow(Result.flip(made))
      assert.strictEqual(error._tag, "UnsupportedColumn")
      assert.strictEqual(error.field, "place.name")
      assert.include(error.message, reason)
    })
  }

  it("refuse a recursive schema", () => {
    interface Tree {
      readonly children: ReadonlyArray<Tree>
    }
    const Tree: Schema.Codec<Tree> = Schema.Struct({ children: Schema.Array(Schema.suspend(() => Tree)) })
    const error = Result.getOrThrow(Result.flip(Columns.make(Schema.Struct({ tree: Tree }))))
    assert.strictEqual(error.field, "tree.children[]")
  })
})

describe("rows", () => {
  it("come back as they were, with what is absent absent", () => {
    const fields = {
      at: Schema.DateTimeUtc,
      text: Schema.DateTimeUtcFromString,
      nothing: Schema.NullOr(Schema.Int),
      missing: Schema.optionalKey(Schema.Int),
      undef: Schema.UndefinedOr(Schema.Int),
      counts: Schema.Record(Schema.String, Schema.NullOr(Schema.Int)),
      items: Schema.Array(Schema.Struct({ a: Schema.optionalKey(Schema.String), at: Schema.DateTimeUtc })),
      json: Schema.Json
    }
    const at = DateTime.makeUnsafe("2025-06-01T12:34:56.789Z")
    const row = {
      at,
      text: at,
      nothing: null,
      undef: undefined,
      counts: { a: 1, b: null },
      items: [{ at }, { a: "x", at }],
      json: { a: [1, null] }
    }
    const { read, stored } = throughColumns(fields, row)
    expect(read).toEqual(row)
    assert.notProperty(read, "missing")
    expect(stored).toEqual({
      at: new Date("2025-06-01T12:34:56.789Z"),
      text: "2025-06-01T12:34:56.789Z",
      nothing: null,
      missing: null,
      undef: null,
      counts: new Map([
        ["a", 1],
        ["b", null]
      ]),
      items: [
        { a: null, at: new Date("2025-06-01T12:34:56.789Z") },
        { a: "x", at: new Date("2025-06-01T12:34:56.789Z") }
      ],
      json: `{"a":[1,null]}`
    })
  })

  it("that depart from the schema are refused with the path", () => {
    const schema = Schema.Struct({ place: Schema.Struct({ lat: Schema.Finite }) })
    const columns = Result.getOrThrow(Columns.make(schema))
    const failure = Result.getOrThrow(Result.flip(Columns.encoder(schema, columns)({ place: { lat: "no" } })))
    assert.include(failure, `["place"]["lat"]`)
  })

  it("with an integer that JavaScript cannot hold are refused when they are read", () => {
    const schema = Schema.Struct({ n: Schema.Int })
    const columns = Result.getOrThrow(Columns.make(schema))
    const decode = Columns.decoder(schema, columns)
    expect(Result.getOrThrow(decode({ n: 2n ** 53n - 1n }))).toEqual({ n: 2 ** 53 - 1 })
    assert.isTrue(Result.isFailure(decode({ n: 2n ** 53n + 1n })))
  })
})

describe("column types", () => {
  for (const text of [
    "BIGINT",
    "TIMESTAMP WITH TIME ZONE[]",
    "DECIMAL(18,2)",
    "ENUM('a', 'it''s, (b)')",
    `STRUCT("a b" INTEGER, "c" MAP(VARCHAR, DOUBLE[])[])`
  ]) {
    it(`print ${text} as it was parsed`, () => {
      assert.strictEqual(ColumnType.print(ColumnType.parse(text)!), text)
    })
  }

  for (const [text, printed] of [
    ["STRUCT(a INTEGER, b VARCHAR[])", `STRUCT("a" INTEGER, "b" VARCHAR[])`],
    ["timestamptz", "TIMESTAMP WITH TIME ZONE"],
    ["int[3]", "INTEGER[]"],
    ["numeric(4, 1)", "DECIMAL(4,1)"]
  ] as const) {
    it(`know ${text} as ${printed}`, () => {
      assert.strictEqual(ColumnType.print(ColumnType.parse(text)!), printed)
    })
  }

  for (const text of ["", "INTEGER)", "STRUCT(a)", "MAP(VARCHAR)", "ENUM(", "INTEGER; DROP TABLE x", "1"]) {
    it(`do not parse "${text}"`, () => {
      assert.isUndefined(ColumnType.parse(text))
    })
  }

  for (const [to, from, accepts] of [
    ["BIGINT", "INTEGER", true],
    ["BIGINT", "HUGEINT", true],
    ["BIGINT", "DOUBLE", false],
    ["BIGINT", "VARCHAR", false],
    ["DOUBLE", "INTEGER", true],
    ["DOUBLE", "BIGINT", false],
    ["DOUBLE", "DECIMAL(2,1)", true],
    ["DOUBLE", "DECIMAL(18,2)", false],
    ["FLOAT", "DOUBLE", false],
    ["VARCHAR", "INTEGER", false],
    ["VARCHAR", "ENUM('a')", true],
    ["ENUM('a', 'b')", "VARCHAR", true],
    ["ENUM('a', 'b')", "INTEGER", false],
    ["DECIMAL(18,2)", "DECIMAL(10,2)", true],
    ["DECIMAL(18,2)", "DECIMAL(18,3)", false],
    ["DECIMAL(18,2)", "INTEGER", true],
    ["TIMESTAMP", "DATE", true],
    ["DATE", "TIMESTAMP", false],
    ["TIMESTAMP", "TIMESTAMP_NS", false],
    ["BIGINT[]", "INTEGER[]", true],
    ["BIGINT[]", "VARCHAR[]", false],
    ["STRUCT(a BIGINT, b VARCHAR)", "STRUCT(b VARCHAR, a INTEGER)", true],
    ["STRUCT(a BIGINT, b VARCHAR)", "STRUCT(a BIGINT)", false],
    ["MAP(VARCHAR, BIGINT)", "MAP(VARCHAR, INTEGER)", true]
  ] as const) {
    it(`${to} ${accepts ? "accepts" : "refuses"} ${from}`, () => {
      assert.strictEqual(ColumnType.accepts(ColumnType.parse(to)!, ColumnType.parse(from)!), accepts)
    })
  }
})
