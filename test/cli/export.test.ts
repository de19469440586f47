/** Exports of a small project, as processes. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ExportedFile from "../../cli/ExportedFile.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const shop = TemporaryProject.make({
  "strata.config.ts": `${Projects.head}
import { Sales } from "./assets.ts"
export default Definitions.make({ assets: [Sales] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${Projects.head}
const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-03" })
export const Sales = Asset.make("sales", {
  partitions: days,
  output: Table.of(Schema.Struct({
    shop: Schema.NullOr(Schema.String),
    note: Schema.String,
    big: Schema.BigInt,
    skills: Schema.Array(Schema.Struct({ name: Schema.String, n: Schema.Int }))
  })),
  materialize: ({ partition }) => Effect.succeed(
    sql\`SELECT * FROM (VALUES
      ('a/b', \${"=" + partition.key}, 9007199254740993, [{ name: 'x,"y"', n: 1 }]),
      (NULL, 'plain, "quoted"', -1, []),
      ('..', '-1+1', 0, [])) t(shop, note, big, skills)\`
  )
})
`
})

const made = Effect.tap(shop, ({ root }) =>
  Effect.map(Strata.run(["materialize"], { cwd: root }), ({ code, stderr }) => assert.strictEqual(code, 0, stderr))
)

describe("export", () => {
  it.effect("refuses a file whose name says no format, and Parquet on stdout", () =>
    Effect.gen(function* () {
      const { root } = yield* shop
      const named = yield* Strata.run(["export", "sales", "--out", "sales.xlsx"], { cwd: root })
      assert.strictEqual(named.code, 2)
      assert.include(
        named.stderr,
        "no format is written as .xlsx: end the name with one of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet, or add --format"
      )
      const stdout = yield* Strata.run(["export", "sales", "--format", "parquet"], { cwd: root })
      assert.strictEqual(stdout.code, 2)
      assert.include(stdout.stderr, "parquet is not written to stdout: say into which file by --out")
    })
  )

  it.effect("writes CSV to stdout: texts that a spreadsheet would run are marked as text, nested values are JSON", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const { code, stdout } = yield* Strata.run(["export", "sales", "-p", "2025-06-02"], { cwd: root })
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(stdout.split("\n").toSorted(), [
        "",
        ',"plain, ""quoted""",-1,[],2025-06-02',
        "..,'-1+1,0,[],2025-06-02",
        'a/b,\'=2025-06-02,9007199254740993,"[{""name"":""x,\\""y\\"""",""n"":1}]",2025-06-02',
        "shop,note,big,skills,partition_key"
      ])
      const kept = yield* Strata.run(["export", "sales", "--columns", "note", "--keep-formulas", "-p", "latest"], {
        cwd: root
      })
      assert.deepStrictEqual(kept.stdout.split("\n").toSorted(), [
        "",
        '"plain, ""quoted"""',
        "-1+1",
        "=2025-06-03",
        "note"
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("writes JSON lines with numbers of any size and nested values", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const { stdout } = yield* Strata.run(
        ["export", "sales", "--format", "jsonl", "-p", "2025-06-01", "--columns", "big,skills"],
        { cwd: root }
      )
      assert.deepStrictEqual(stdout.split("\n").toSorted(), [
        "",
        '{"big":-1,"skills":[]}',
        '{"big":0,"skills":[]}',
        '{"big":9007199254740993,"skills":[{"name":"x,\\"y\\"","n":1}]}'
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("writes one file, whole or not at all, in the format of its name", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const gzip = yield* Strata.run(["export", "sales", "-o", "out/all.csv.gz"], { cwd: root })
      assert.strictEqual(gzip.code, 0, gzip.stderr)
      assert.strictEqual(gzip.stderr, "wrote 9 rows of sales to 1 file: out/all.csv.gz\n")
      assert.strictEqual(
        gunzipSync(readFileSync(join(root, "out/all.csv.gz")))
          .toString()
          .split("\n").length,
        11
      )
      const parquet = yield* Strata.run(["export", "sales", "-o", "out/all.parquet", "--json"], { cwd: root })
      assert.deepStrictEqual(JSON.parse(parquet.stdout), {
        asset: "sales",
        rows: 9,
        files: [{ path: "out/all.parquet", rows: 9 }]
      })
      assert.deepStrictEqual(readdirSync(join(root, "out")).toSorted(), ["all.csv.gz", "all.parquet"])
    }).pipe(Effect.scoped)
  )

  it.effect("writes a file for each value of a column, and none of them outside the folder", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const words = ["export", "sales", "--by", "shop", "--format", "jsonl", "--out", "shops"]
      assert.strictEqual((yield* Strata.run(words, { cwd: root })).code, 0)
      assert.deepStrictEqual(readdirSync(join(root, "shops")).toSorted(), ["%2E..jsonl", "%null.jsonl", "a%2Fb.jsonl"])
      assert.strictEqual(readFileSync(join(root, "shops/a%2Fb.jsonl"), "utf8").trim().split("\n").length, 3)
      const again = yield* Strata.run(words, { cwd: root })
      assert.strictEqual(again.code, 2)
      assert.match(again.stderr, /shops is not empty: --force writes into it/)
      assert.strictEqual((yield* Strata.run([...words, "--force"], { cwd: root })).code, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("says what is missing, and fails where nothing is there", () =>
    Effect.gen(function* () {
      const { root } = yield* shop
      const nothing = yield* Strata.run(["export", "sales", "-o", "all.csv"], { cwd: root })
      assert.strictEqual(nothing.code, 1)
      assert.match(nothing.stderr, /sales is not materialized: strata materialize \+sales makes it/)
      assert.isFalse(existsSync(join(root, "all.csv")))
      yield* Strata.run(["materialize", "sales", "-p", "2025-06-01"], { cwd: root })
      const some = yield* Strata.run(["export", "sales", "-o", "all.csv"], { cwd: root })
      assert.match(
        some.stderr,
        /^2 partitions are not among the rows: strata materialize \+sales makes what is missing$/m
      )
      const none = yield* Strata.run(["export", "sales", "-o", "all.csv", "-p", "2025-06-02"], { cwd: root })
      assert.match(
        none.stderr,
        /nothing in 2025-06-02 is materialized: strata materialize \+sales -p 2025-06-02 makes it/
      )
    }).pipe(Effect.scoped)
  )

  it.effect("refuses what it cannot write, with what can be", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const refused = (words: ReadonlyArray<string>, reason: RegExp) =>
        Effect.map(Strata.run(["export", "sales", ...words], { cwd: root }), ({ code, stderr }) => {
          assert.strictEqual(code, 2, stderr)
          assert.match(stderr, reason)
        })
      yield* refused(["--format", "parquet"], /say into which file by --out/)
      yield* refused(["--by", "shop"], /say into which folder by --out/)
      yield* refused(["--columns", "shop,price"], /there is no column price: the asset has shop, note, big, skills/)
      yield* refused(["--by", "price", "--out", "x"], /there is no column price/)
      yield* refused(["--json"], /say into which file by --out/)
    }).pipe(Effect.scoped)
  )
})

it.effect.prop(
  "a value names one file in the folder, which no other value names",
  [Schema.String, Schema.String],
  ([one, other]) =>
    Effect.sync(() => {
      const name = ExportedFile.nameOf(one, "csv")
      assert.match(name, /^[A-Za-z0-9_%-][A-Za-z0-9_.%-]*\.csv$/)
      if (one.toWellFormed() !== other.toWellFormed()) assert.notStrictEqual(name, ExportedFile.nameOf(other, "csv"))
      assert.notStrictEqual(name, ExportedFile.nameOf(null, "csv"))
    })
)
