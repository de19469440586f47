import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Device from "../../assets/installs/Device.ts"
import * as InstallLines from "../../assets/installs/InstallLines.ts"
import { type Options, write } from "../../data/installs.ts"
import { installs as sample } from "../../data/samples.ts"

/** The files by name, as text, and what was said of them. */
const generated = (options: Partial<Options>) =>
  Effect.gen(function* () {
    const folder = yield* FileSystem.FileSystem.use((fileSystem) => fileSystem.makeTempDirectoryScoped())
    const written = yield* write(folder, { ...sample, ...options })
    const files = readdirSync(folder)
      .sort()
      .map((name) => [name, gunzipSync(readFileSync(join(folder, name))).toString()] as const)
    return { written, files, found: InstallLines.make()(Buffer.from(files.map(([, text]) => text).join(""))) }
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("generated installs", () => {
  it.effect("have as many lines in as many files as asked, and as many bad ones as said", () =>
    Effect.gen(function* () {
      const { files, found, written } = yield* generated({ records: 5001, files: 2, malformed: 0.1 })
      assert.deepStrictEqual(
        files.map(([name]) => name),
        ["20170929000000.tsv.gz", "20170929001000.tsv.gz"]
      )
      assert.deepStrictEqual(
        [found.lines, found.count, found.rejects.length],
        [5001, 5001 - written.malformed, written.malformed]
      )
      assert.approximately(written.malformed, 500, 100)
      assert.deepStrictEqual([found.droppedApps, found.droppedCoordinates], [0, 0])
    })
  )

  it.effect("are the same lines for the same options, and others for another seed", () =>
    Effect.gen(function* () {
      const [one, again, other] = [yield* generated({}), yield* generated({}), yield* generated({ seed: 2 })]
      assert.deepStrictEqual(one.files, again.files)
      assert.notDeepEqual(one.files, other.files)
    })
  )

  it.effect("are of the types of device in the shares that are asked for", () =>
    Effect.gen(function* () {
      for (const skew of [0.25, 0.9]) {
        const { found } = yield* generated({ skew })
        const shares = Device.types.map(
          (_, type) => found.type.subarray(0, found.count).filter((each) => each === type).length / found.count
        )
        const rest = (1 - skew) / 3
        for (const [type, share] of shares.entries()) assert.approximately(share, type === 0 ? skew : rest, 0.02)
      }
    })
  )

  it.effect("repeat the device before them as often as asked", () =>
    Effect.gen(function* () {
      const { files } = yield* generated({ repeated: 0.5, malformed: 0 })
      const devices = files.flatMap(([, text]) => text.trimEnd().split("\n")).map((line) => line.split("\t")[1])
      assert.approximately(new Set(devices).size / devices.length, 0.5, 0.05)
    })
  )
})
