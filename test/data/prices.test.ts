import { createHash } from "node:crypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Command from "effect/cli/Command"
import * as TestConsole from "effect/testing/TestConsole"
import { command } from "../../data/generate.ts"
import { files, type Options, write } from "../../data/prices.ts"
import { prices as sample } from "../../data/samples.ts"

const whole: Partial<Options> = { short: 0, holed: 0, repeated: 0 }

const made = (options: Partial<Options>) => [...files({ ...sample, ...options })]

/** The rows of the files of symbols, by the name of the file. */
const rowsOf = (options: Partial<Options>) =>
  new Map(
    made(options)
      .slice(1)
      .map(({ name, text }) => [name, text.split("\n").slice(1, -1)])
  )

const dateOf = (row: string) => row.slice(0, 10)

describe("generated prices", () => {
  it("are the same for the same options, to the byte", () => {
    const digest = createHash("sha256")
    for (const { name, text } of made({ symbols: 5 })) digest.update(`${name}\n${text}`)
    assert.strictEqual(digest.digest("hex"), "81e0ae83ebe160fbc2997dd58f0a96d5eabcbab4de6e6140508622956462d2ba")
    assert.notDeepEqual(made({ symbols: 2, seed: 2 }), made({ symbols: 2 }))
  })

  it("of a symbol do not depend on how many others there are", () => {
    assert.deepStrictEqual(made({ symbols: 30 }).slice(1), made({ symbols: 50 }).slice(1, 31))
  })

  it("have a file for each line of the symbol table, in the folder that it says", () => {
    const [table, ...landed] = made({ symbols: 1000, years: 1, etfs: 0.3 })
    const listed = table!.text
      .split("\n")
      .slice(1, -1)
      .map((line) => /^Y,(\w+),"[^"]+",N, ,([YN]),100.0,N,,\1,\1,N$/.exec(line)!)
      .map(([, symbol, etf]) => `${etf === "Y" ? "etfs" : "stocks"}/${symbol}.csv`)
    assert.deepStrictEqual(
      landed.map(({ name }) => name),
      listed
    )
    assert.strictEqual(new Set(listed.map((name) => name.slice(name.indexOf("/")))).size, 1000)
    assert.approximately(listed.filter((name) => name.startsWith("etfs")).length, 300, 50)
  })

  it("are there from Monday to Friday, with what a day can have", () => {
    for (const rows of rowsOf({ ...whole, symbols: 3, years: 2, start: "2016-01-04" }).values()) {
      assert.strictEqual(rows.length, 522)
      assert.deepStrictEqual(rows.slice(3, 7).map(dateOf), ["2016-01-07", "2016-01-08", "2016-01-11", "2016-01-12"])
      for (const row of rows) {
        const [open, high, low, close, adjusted, volume] = row.split(",").slice(1).map(Number) as [...Six]
        assert.ok(low <= Math.min(open, close) && high >= Math.max(open, close) && low > 0)
        assert.ok(adjusted > 0 && adjusted <= close && Number.isInteger(volume) && volume > 0)
      }
    }
  })

  it("may be short, lack the prices of a day, or hold a day twice", () => {
    for (const rows of rowsOf({ ...whole, short: 1 }).values()) assert.isAtMost(rows.length, 30)
    const holed = [...rowsOf({ ...whole, holed: 1, symbols: 100, years: 1 }).values()]
    for (const rows of holed) {
      assert.strictEqual(rows.filter((row) => row.endsWith(",,,,,,")).length, 1)
      for (const row of rows) assert.match(row, /(,,,,,,|\.0)$/)
    }
    assert.approximately(holed.filter((rows) => new Set(rows.map(dateOf)).size < rows.length).length, 50, 20)
    for (const rows of rowsOf({ ...whole, repeated: 1 }).values()) {
      assert.strictEqual(new Set(rows.map(dateOf)).size, rows.length - 1)
      assert.strictEqual(new Set(rows).size, rows.length)
    }
  })

  it("of another vintage differ on every adjusted close and on nothing else", () => {
    const [before, after] = [rowsOf({ vintage: 0 }), rowsOf({ vintage: 1 })]
    for (const [name, rows] of before) {
      for (const [index, row] of rows.entries()) {
        const [old, restated] = [row.split(","), after.get(name)![index]!.split(",")]
        if (old[5] !== "") assert.notStrictEqual(old[5], restated[5])
        assert.deepStrictEqual(old.toSpliced(5, 1), restated.toSpliced(5, 1))
      }
    }
  })
})

type Six = [number, number, number, number, number, number]

describe("strata generate prices", () => {
  it.effect("writes what the options say, and says what it wrote", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* fileSystem.makeTempDirectoryScoped()
      const words =
        "--symbols 7 --years 1 --start 2020-01-01 --seed 3 --etfs 0.5 --short 0.5 --holed 0.5 --repeated 0.5"
      const out = ["--out", `${path}/command`]
      yield* Command.runWith(command, { version: "0" })(["prices", ...words.split(" "), "--vintage", "2", ...out])
      const options = { etfs: 0.5, short: 0.5, holed: 0.5, repeated: 0.5, vintage: 2 }
      const asked: Options = { symbols: 7, years: 1, start: "2020-01-01", seed: 3, ...options }
      const { rows } = yield* write(`${path}/module`, asked)
      const names = (yield* fileSystem.readDirectory(`${path}/command`, { recursive: true })).sort()
      assert.deepStrictEqual(names, [...made(asked).map(({ name }) => name), "etfs", "stocks"].sort())
      for (const { name, text } of made(asked)) {
        assert.strictEqual(yield* fileSystem.readFileString(`${path}/command/${name}`), text)
        assert.strictEqual(yield* fileSystem.readFileString(`${path}/module/${name}`), text)
      }
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        `wrote 7 files with ${rows} rows, and the symbol table, into ${path}/command`
      ])
    }).pipe(Effect.provide([NodeServices.layer, TestConsole.layer]))
  )
})
