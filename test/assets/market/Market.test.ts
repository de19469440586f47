import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { files as generated, type Options } from "../../../data/prices.ts"
import { prices as sample } from "../../../data/samples.ts"
import { columns } from "../../../assets/market/Listing.ts"
import { sql } from "../../../runtime/index.ts"
import * as Project from "../Project.ts"
import { rolling } from "./rolling.ts"
import * as Market from "./Market.ts"

const { header, made, said, test } = Market

/** A row of a day of January 2020 whose prices are all alike. */
const row = (day: number, price: number | string, volume: number | string = 100) =>
  `2020-01-${String(day).padStart(2, "0")},${price},${price},${price},${price},${price},${volume}`

type Landing = Effect.Success<typeof Market.make>

const generate = (project: Landing, options: Partial<Options>) => {
  const files = [...generated({ ...sample, ...options })]
  for (const { name, text } of files) {
    mkdirSync(dirname(join(project.source, name)), { recursive: true })
    project.land(name, text)
  }
  return files
}

/** The prices of a generated file that hold: those that are there, and of a day the last. */
const holding = (text: string) =>
  new Map(
    text
      .split("\n")
      .slice(1, -1)
      .filter((line) => !line.endsWith(",,,,,,"))
      .map((line) => [line.slice(0, 10), line.split(",").slice(1).map(Number)])
  )

/** The days and values of the prices of a symbol, in order. */
const pricesOf = (project: Landing, symbol: string) =>
  Effect.map(
    project.query(
      (asset) =>
        sql`SELECT Date::VARCHAR AS day, "Adj Close" AS price, Volume AS volume FROM ${asset("market/prices")} WHERE Symbol = ${symbol} ORDER BY ALL`
    ),
    (rows) => rows.map(({ day, price, volume }) => [day, price, volume] as const)
  )

describe("the prices", () => {
  test(
    "hold every day of every generated file once, with the name that the symbol table gives it",
    Effect.gen(function* () {
      const project = yield* Market.make
      const [table, ...files] = generate(project, { symbols: 60, years: 1, short: 0.2, holed: 0.3, repeated: 0.2 })
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Succeeded")

      const names = new Map(table!.text.split("\n").map((line) => [line.split(",")[1], line.split('"')[1]]))
      const expected = files.flatMap(({ name, text }) => {
        const symbol = name.replace(/^\w+\/|\.csv$/g, "")
        return [...holding(text)].map(([day, values]) => [symbol, names.get(symbol), day, ...values])
      })
      const rows = yield* project.query(
        (asset) => sql`
          SELECT Symbol, "Security Name", Date::VARCHAR, Open, High, Low, Close, "Adj Close", Volume::DOUBLE AS Volume
          FROM ${asset("market/prices")}`
      )
      const found = rows.map((row) => Object.values(row))
      assert.deepStrictEqual(found.map(String).sort(), expected.map(String).sort())

      const lines = files.reduce((sum, file) => sum + file.rows, 0)
      const counted = ["files", "lines", "good", "quarantined", "blank"]
      assert.deepStrictEqual(
        counted.map((name) => said(heard, "market/prices", name)),
        [60, lines, found.length, lines - found.length, 0]
      )
      assert.strictEqual((yield* project.quarantine("market/prices")).length, lines - found.length)
    })
  )

  test(
    "are typed as they are written: days, doubles and whole volumes, also where a file writes volumes with a point",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", AB: "N" })
      const enough = Array.from({ length: 31 }, (_, day) => `${row(day + 1, 1).replace("2020", "2021")}.0`)
      project.land("stocks/A.csv", [header, row(1, 32.54649353027344, 62546300)])
      project.land("stocks/AB.csv", [header, row(1, 0.1, "1225700.0"), "2020-01-02,,,,,,", ...enough])
      yield* project.materialize()
      const types = yield* project.query(
        (asset) => sql`DESCRIBE SELECT * EXCLUDE (partition_key) FROM ${asset("market/prices")}`
      )
      assert.deepStrictEqual(
        types.map((column) => column.column_type),
        ["VARCHAR", "VARCHAR", "DATE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "BIGINT"]
      )
      assert.deepStrictEqual(yield* pricesOf(project, "A"), [["2020-01-01", 32.54649353027344, 62546300n]])
      assert.deepStrictEqual((yield* pricesOf(project, "AB"))[0], ["2020-01-01", 0.1, 1225700n])
    })
  )

  test(
    "set aside rows without prices, days that come again and volumes with a part of one, with their places",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", B: "Y" })
      const enough = Array.from({ length: 20 }, (_, day) => row(10 + day, 1))
      project.land("stocks/A.csv", [
        header,
        row(1, 1),
        "2020-01-02,,,,,,",
        row(2, 2),
        row(3, 3),
        row(3, 4),
        row(3, 5),
        row(4, 6, 1.5),
        "",
        row(4, 7),
        ...enough,
        ...enough.map((line) => line.replace("2020", "2021")),
        ...enough.map((line) => line.replace("2020", "2022")),
        ...enough.map((line) => line.replace("2020", "2023"))
      ])
      project.land("etfs/B.csv", [header, row(5, 1)])
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Succeeded")
      assert.deepStrictEqual((yield* pricesOf(project, "A")).slice(0, 4), [
        ["2020-01-01", 1, 100n],
        ["2020-01-02", 2, 100n],
        ["2020-01-03", 5, 100n],
        ["2020-01-04", 7, 100n]
      ])
      const again = "its day comes again in a later line"
      assert.deepStrictEqual(
        (yield* project.quarantine("market/prices")).map(({ file, line, reason, raw }) => [
          file,
          Number(line),
          reason,
          raw
        ]),
        [
          ["stocks/A.csv", 3, '"Open" is null', "2020-01-02,,,,,,"],
          ["stocks/A.csv", 5, again, "2020-01-03,3.0,3.0,3.0,3.0,3.0,100.0"],
          ["stocks/A.csv", 6, again, "2020-01-03,4.0,4.0,4.0,4.0,4.0,100.0"],
          ["stocks/A.csv", 8, '"Volume" is not a whole number', "2020-01-04,6.0,6.0,6.0,6.0,6.0,1.5"]
        ]
      )
      const names = ["lines", "good", "quarantined", "blank", "rows without prices", "repeated dates"]
      const counts = names.map((name) => said(heard, "market/prices", name))
      assert.deepStrictEqual(counts, [90, 85, 4, 1, 1, 2])
    })
  )

  test(
    "come from the folder that the symbol table names, and what it does not name is left out and counted",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", AGG: "Y", ABSENT: "N" })
      for (const name of ["stocks/A", "stocks/AGG", "etfs/AGG", "stocks/AX"]) {
        project.land(`${name}.csv`, [header, row(1, name.length)])
      }
      const { heard } = yield* project.materialize()
      const rows = yield* project.query((asset) => sql`SELECT Symbol, Open FROM ${asset("market/prices")} ORDER BY ALL`)
      assert.deepStrictEqual(rows.map(Object.values), [
        ["A", "stocks/A".length],
        ["AGG", "etfs/AGG".length]
      ])
      assert.strictEqual(said(heard, "market/listings", "files without a symbol"), 2)
      assert.strictEqual(said(heard, "market/listings", "symbols without a file"), 1)
      assert.strictEqual(said(heard, "market/prices", "files"), 2)
    })
  )

  test(
    "are not made of a symbol table with an ETF that is neither Y nor N, and its place is told",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", B: "maybe", C: "" })
      project.land("stocks/A.csv", [header, row(1, 1)])
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Failed")
      const failure = JSON.stringify(heard.filter((event) => event._tag === "StepFailed"))
      assert.include(failure, "line 3 of symbols_valid_meta.csv: the ETF column of B says")
      assert.include(failure, "and of 1 more")

      project.list({ A: "N", B: "Y" }, ["short,line", `Y,A,Again,N, ,Y,100.0,N,,A,A,N`, ...listings(60)])
      const again = yield* project.materialize()
      assert.strictEqual(again.status, "Succeeded")
      assert.deepStrictEqual(
        (yield* project.quarantine("market/symbols")).map(({ line, reason }) => [Number(line), reason]),
        [
          [4, `2 values instead of ${columns.length}`],
          [5, "the symbol stands in a line before"]
        ]
      )
    })
  )

  test(
    "of a file that changes are made again with its letter and no other, and follow prices that were restated",
    Effect.gen(function* () {
      const project = yield* Market.make
      const options = { symbols: 6, years: 1, start: "2020-01-01", short: 0, holed: 0, repeated: 0, etfs: 0 }
      generate(project, options)
      yield* project.materialize()
      assert.deepStrictEqual(made((yield* project.materialize()).heard), [])

      const restated = [...generated({ ...sample, ...options, vintage: 3 })].find(
        ({ name }) => name === "stocks/B.csv"
      )!
      project.land(restated.name, restated.text)
      const { heard } = yield* project.materialize()
      assert.deepStrictEqual(made(heard), ["market/features B", "market/listings B", "market/prices B"])
      const found = new Map((yield* pricesOf(project, "B")).map(([day, price]) => [day, price]))
      assert.deepStrictEqual(found, new Map([...holding(restated.text)].map(([day, values]) => [day, values[4]!])))
    })
  )

  test(
    "are made again where the symbol table changes what it says of their letter",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", B: "N", C: "N" })
      for (const symbol of ["A", "B", "C"]) project.land(`stocks/${symbol}.csv`, [header, row(1, 1)])
      yield* project.materialize()
      renameSync(join(project.source, "stocks/B.csv"), join(project.source, "etfs/B.csv"))
      project.list({ A: "N", B: "Y", C: "N", D: "N" })
      const run = yield* project.materialize()
      assert.strictEqual(run.status, "Succeeded")
      assert.deepStrictEqual(
        made(run.heard).filter((step) => !step.startsWith("market/listings")),
        // The prices that have moved are the same, and so are their features.
        ["market/prices B", "market/symbols A"]
      )
    })
  )

  test(
    "of a letter with a damaged file stay as they were, and the others are made",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", B: "N" })
      project.land("stocks/A.csv", [header, row(1, 1)])
      project.land("stocks/B.csv", [header, row(1, 1)])
      yield* project.materialize()
      project.land("stocks/A.csv", [header, row(1, 2)])
      project.land("stocks/B.csv", ["Date,Open", "2020-01-01,2"])
      const { heard, status } = yield* project.materialize()
      assert.strictEqual(status, "Failed")
      assert.include(JSON.stringify(heard), "stocks/B.csv was refused: its header is wrong")
      assert.deepStrictEqual(yield* pricesOf(project, "A"), [["2020-01-01", 2, 100n]])
      assert.deepStrictEqual(yield* pricesOf(project, "B"), [["2020-01-01", 1, 100n]])
    })
  )

  test(
    "cannot be observed where the folder that was named is gone",
    Effect.gen(function* () {
      const project = yield* Market.make
      rmSync(project.source, { recursive: true })
      const error = yield* Effect.flip(project.materialize())
      assert.include(error.message, "cannot be listed: it does not exist; create the folder")
    })
  )
})

const real = process.env.STRATA_TEST_MARKET_SOURCE

/** Lines of the symbol table, so that a few bad ones may stand beside them. */
const listings = (count: number) =>
  Array.from({ length: count }, (_, n) => `Y,X${n},"X, Inc.",N, ,N,100.0,N,,X${n},X${n},N`)

describe("the features", () => {
  const check = Effect.fnUntraced(function* (project: Landing, window: number) {
    const rows = yield* project.query(
      (asset) => sql`
        SELECT Symbol, Volume::DOUBLE AS volume, "Adj Close" AS price, vol_moving_avg AS mean, adj_close_rolling_med AS median
        FROM ${asset("market/features")} ORDER BY Symbol, Date`
    )
    const symbols = Map.groupBy(rows, (row) => row.Symbol)
    let full = 0
    for (const [symbol, of] of symbols) {
      const expected = rolling(
        of.map(({ price, volume }) => ({ price: price as number, volume: volume as number })),
        window
      )
      assert.deepStrictEqual(
        of.map(({ mean, median }) => ({ mean, median })),
        expected,
        String(symbol)
      )
      full += expected.filter(({ mean }) => mean !== null).length
    }
    return { symbols: symbols.size, rows: rows.length, full }
  })

  test(
    "are the exact mean and median of the last 30 rows of a symbol, and null until there are 30",
    Effect.gen(function* () {
      const project = yield* Market.make
      generate(project, { symbols: 30, years: 1, short: 0.3, holed: 0.2, repeated: 0.2 })
      assert.strictEqual((yield* project.materialize()).status, "Succeeded")
      const { full, rows, symbols } = yield* check(project, 30)
      assert.strictEqual(symbols, 30)
      assert.ok(full > rows / 2 && full < rows - 29 * 15, `${full} of ${rows}`)
    })
  )

  test(
    "follow another window, which makes them stale and not the prices",
    Effect.gen(function* () {
      const project = yield* Market.make
      generate(project, { symbols: 5, years: 1 })
      yield* project.materialize()
      for (const window of [1, 5, 400]) {
        const run = yield* project.materialize({ config: [{ "market/features": { window } }] })
        assert.ok(made(run.heard).every((step) => step.startsWith("market/features")) && made(run.heard).length === 5)
        yield* check(project, window)
      }
    })
  )

  test(
    "of two symbols do not run into each other, whatever the order of rows in a file",
    Effect.gen(function* () {
      const project = yield* Market.make
      project.list({ A: "N", AA: "N" })
      const days = Array.from({ length: 31 }, (_, day) => row(day + 1, (day * 7) % 31, day * day))
      project.land("stocks/A.csv", [header, ...days])
      project.land("stocks/AA.csv", [header, ...days.toReversed()])
      yield* project.materialize()
      assert.deepStrictEqual(yield* check(project, 30), { symbols: 2, rows: 62, full: 4 })
    })
  )

  it.effect.skipIf(real === undefined)("are right on the files that STRATA_TEST_MARKET_SOURCE names", () =>
    Effect.gen(function* () {
      const project = yield* Market.make
      cpSync(real!, project.source, { recursive: true })
      const run = yield* project.materialize()
      assert.strictEqual(run.status, "Succeeded")
      const { full, symbols } = yield* check(project, 30)
      assert.ok(symbols > 0 && full > 0)
    }).pipe(Effect.provide(Project.layer))
  )
})
