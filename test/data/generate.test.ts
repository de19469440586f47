import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Command from "effect/cli/Command"
import * as TestConsole from "effect/testing/TestConsole"
import { command } from "../../data/generate.ts"
import { write } from "../../data/postings.ts"
import { postings as sample } from "../../data/samples.ts"

const generate = (...words: ReadonlyArray<string>) => Command.runWith(command, { version: "0" })(words)

const filesIn = Effect.fnUntraced(function* (folder: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const names = (yield* fileSystem.readDirectory(folder)).sort()
  return yield* Effect.forEach(names, (name) =>
    Effect.map(fileSystem.readFileString(`${folder}/${name}`), (text) => [name, text] as const)
  )
})

const folder = Effect.flatMap(FileSystem.FileSystem, (fileSystem) => fileSystem.makeTempDirectoryScoped())

describe("strata generate postings", () => {
  it.effect("writes the sample, and says what it wrote", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* generate("postings", "--out", `${path}/command`)
      const { files, lines, malformed } = yield* write(`${path}/module`, sample)
      assert.deepStrictEqual(yield* filesIn(`${path}/command`), yield* filesIn(`${path}/module`))
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        `wrote ${files} files with ${lines} lines, ${malformed} of them malformed, into ${path}/command`
      ])
    }).pipe(Effect.provide([NodeServices.layer, TestConsole.layer]))
  )

  it.effect("takes what the postings are to be like", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const words =
        "--rows 90 --days 2 --files-per-day 1 --start 2024-02-29 --seed 7 --unique 0.5 --known 3 --malformed 0"
      const more = "--popularity uniform --repeated 0.1 --descriptions 1"
      yield* generate("postings", "--out", `${path}/command`, ...words.split(" "), ...more.split(" "))
      yield* write(`${path}/module`, {
        rows: 90,
        days: 2,
        filesPerDay: 1,
        start: "2024-02-29",
        seed: 7,
        unique: 0.5,
        known: 3,
        malformed: 0,
        popularity: "uniform",
        repeated: 0.1,
        descriptions: 1,
        gzip: false
      })
      const written = yield* filesIn(`${path}/command`)
      assert.deepStrictEqual(
        written.map(([name]) => name),
        ["1709164800.jsonl", "1709251200.jsonl"]
      )
      assert.deepStrictEqual(written, yield* filesIn(`${path}/module`))
    }).pipe(Effect.provide([NodeServices.layer, TestConsole.layer]))
  )

  it.effect("refuses what cannot be, and writes nothing", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/none`
      for (const words of ["--unique 2", "--start 2025-02-30", "--files-per-day 0", "--rows -1", "--popularity most"]) {
        yield* generate("postings", "--out", path, ...words.split(" ")).pipe(Effect.exit)
      }
      const fileSystem = yield* FileSystem.FileSystem
      assert.isFalse(yield* fileSystem.exists(path))
    }).pipe(Effect.provide([NodeServices.layer, TestConsole.layer]))
  )
})
