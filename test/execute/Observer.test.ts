import { appendFileSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import * as Observer from "../../runtime/execute/Observer.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import { Asset, AssetKey, Files, PartitionsDefinition } from "../../runtime/index.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { temporaryFolder } from "../record/temporary.ts"
import * as Harness from "./Harness.ts"

const daily = PartitionsDefinition.daily({ start: "2025-06-01" })
const raw = AssetKey.make("raw")

/** Files in a folder, named by their day, as they are listed on disk; and which of them were read. */
const landing = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const names = new Set<string>()
  let clock = 1_700_000_000
  const write = (name: string, text: string) => {
    mkdirSync(join(folder, "landed"), { recursive: true })
    writeFileSync(join(folder, "landed", name), text)
    utimesSync(join(folder, "landed", name), clock, clock++)
    names.add(name)
  }
  const stamped = (name: string) => {
    const path = join(folder, "landed", name)
    const { mtimeMs, size } = statSync(path)
    return { path, name, size, modified: mtimeMs }
  }
  const list = () =>
    [...names].sort().map((name) => ({
      partitionKey: name.slice(0, 10) as PartitionsDefinition.DayKey,
      files: [stamped(name)]
    }))
  return {
    folder: join(folder, "landed"),
    write,
    remove: (name: string) => {
      rmSync(join(folder, "landed", name))
      names.delete(name)
    },
    rename: (from: string, to: string) => {
      renameSync(join(folder, "landed", from), join(folder, "landed", to))
      names.delete(from)
      names.add(to)
    },
    asset: Asset.external("raw", { partitions: daily, output: Files.files, observe: Effect.sync(list) })
  }
})

/** Observes, and tells which files were read and what was left out; `onRead` happens when a file is opened. */
const observe = Effect.fnUntraced(function* (asset: Asset.Any, onRead: (path: string) => void = () => {}) {
  const fs = yield* FileSystem.FileSystem
  const read: Array<string> = []
  const watched = FileSystem.FileSystem.of({
    ...fs,
    open: (path, options) => {
      read.push(path.slice(path.lastIndexOf("/") + 1))
      onRead(path)
      return fs.open(path, options)
    }
  })
  const graph = Result.getOrThrow(AssetGraph.make([asset]))
  const leftOut = yield* Effect.provideService(Observer.observe(graph, [asset.key]), FileSystem.FileSystem, watched)
  const seen = yield* Catalog.use((catalog) => catalog.observations(asset.key))
  return { read, leftOut, seen }
})

const day = (key: string) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))

const years = 31_536_000_000
const at = (year: number) => TestClock.setTime((year - 1970) * years)

describe("observing landed files", () => {
  it.effect("reads every file once, and none again whose size and time are as they were", () =>
    Effect.gen(function* () {
      yield* at(2030)
      const { asset, write } = yield* landing
      write("2025-06-01-a", "one")
      write("2025-06-01-b", "two")
      write("2025-06-02-a", "three")
      const first = yield* observe(asset)
      assert.deepStrictEqual(first.read.toSorted(), ["2025-06-01-a", "2025-06-01-b", "2025-06-02-a"])
      assert.deepStrictEqual(
        first.seen.map(({ files, ordinal }) => [ordinal, files.map(({ name }) => name)]),
        [
          [day("2025-06-01"), ["2025-06-01-a", "2025-06-01-b"]],
          [day("2025-06-02"), ["2025-06-02-a"]]
        ]
      )
      yield* at(2031)
      const again = yield* observe(asset)
      assert.deepStrictEqual(again.read, [])
      assert.deepStrictEqual(again.seen, first.seen)
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect("notices new, changed and vanished files, and says since when", () =>
    Effect.gen(function* () {
      yield* at(2030)
      const { asset, remove, write } = yield* landing
      for (const name of ["2025-06-01-a", "2025-06-01-b", "2025-06-02-a", "2025-06-03-a", "2025-06-04-a"])
        write(name, name)
      const first = yield* observe(asset)
      yield* at(2031)
      write("2025-06-01-b", "another content")
      write("2025-06-02-b", "new")
      remove("2025-06-03-a")
      const second = yield* observe(asset)
      assert.deepStrictEqual(second.read.toSorted(), ["2025-06-01-b", "2025-06-02-b"])
      const of = (year: number) => (year - 1970) * years
      assert.deepStrictEqual(
        second.seen.map(({ changedAt, files, ordinal }) => [
          ordinal - day("2025-06-01"),
          changedAt,
          files.map(({ since }) => since)
        ]),
        [
          [0, of(2031), [of(2030), of(2031)]],
          [1, of(2031), [of(2030), of(2031)]],
          [3, of(2030), [of(2030)]]
        ]
      )
      assert.notDeepEqual(second.seen[0]!.version, first.seen[0]!.version)
      assert.deepStrictEqual(second.seen[2], first.seen[3])
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect("gives equal content the same version: a file that was only touched is read, and nothing changed", () =>
    Effect.gen(function* () {
      yield* at(2030)
      const { asset, write } = yield* landing
      write("2025-06-01-a", "one")
      const first = yield* observe(asset)
      yield* at(2031)
      write("2025-06-01-a", "one")
      const second = yield* observe(asset)
      assert.deepStrictEqual(second.read, ["2025-06-01-a"])
      assert.deepStrictEqual(second.seen[0]!.version, first.seen[0]!.version)
      assert.strictEqual(second.seen[0]!.changedAt, first.seen[0]!.changedAt)
      assert.deepStrictEqual((yield* observe(asset)).read, [])
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect("takes the name of a file as part of what landed", () =>
    Effect.gen(function* () {
      yield* at(2030)
      const { asset, rename, write } = yield* landing
      write("2025-06-01-a", "one")
      const first = yield* observe(asset)
      rename("2025-06-01-a", "2025-06-01-b")
      assert.notDeepEqual((yield* observe(asset)).seen[0]!.version, first.seen[0]!.version)
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect("reads a file again that is younger than the tick of the clock it was read in", () =>
    Effect.gen(function* () {
      const { asset, write } = yield* landing
      yield* TestClock.setTime(1_700_000_000_010)
      write("2025-06-01-a", "one")
      yield* observe(asset)
      assert.deepStrictEqual((yield* observe(asset)).read, ["2025-06-01-a"])
      yield* TestClock.setTime(1_700_000_000_100)
      assert.deepStrictEqual((yield* observe(asset)).read, ["2025-06-01-a"])
      assert.deepStrictEqual((yield* observe(asset)).read, [])
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect("reads a file again that changed while it was read", () =>
    Effect.gen(function* () {
      yield* at(2030)
      const { asset, write } = yield* landing
      write("2025-06-01-a", "one")
      let changes = 1
      const { leftOut, read, seen } = yield* observe(asset, (path) => {
        if (changes-- > 0) appendFileSync(path, " and more")
      })
      assert.deepStrictEqual(read, ["2025-06-01-a", "2025-06-01-a"])
      assert.deepStrictEqual(leftOut, [])
      assert.strictEqual(seen[0]!.files[0]!.size, "one and more".length)
    }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect(
    "leaves the partition of a file that goes on changing, or vanishes, as it was, and goes on with the rest",
    () =>
      Effect.gen(function* () {
        yield* at(2030)
        const { asset, folder, write } = yield* landing
        write("2025-06-01-a", "one")
        write("2025-06-02-a", "two")
        const first = yield* observe(asset)
        write("2025-06-01-a", "changing")
        write("2025-06-02-a", "changed")
        write("2025-06-03-a", "vanishing")
        const second = yield* observe(asset, (path) => {
          if (path.endsWith("06-01-a")) appendFileSync(path, "!")
          if (path.endsWith("06-03-a")) rmSync(path, { force: true })
        })
        assert.deepStrictEqual(second.seen[0], first.seen[0])
        assert.notDeepEqual(second.seen[1]!.version, first.seen[1]!.version)
        assert.strictEqual(second.seen.length, 2)
        assert.deepStrictEqual(
          second.leftOut.map(({ message }) => message.slice(0, message.indexOf(","))),
          [`raw: ${folder}/2025-06-01-a`]
        )
        assert.strictEqual(second.leftOut[0]!.count, 2)
      }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )

  it.effect(
    "tells partitions outside the definition once, with their number and the first, and records the others",
    () =>
      Effect.gen(function* () {
        yield* at(2030)
        const { asset, write } = yield* landing
        write("2024-12-30-a", "early")
        write("2024-12-31-a", "early")
        write("2025-02-30-a", "no day")
        write("2025-06-01-a", "one")
        const { leftOut, read, seen } = yield* observe(asset)
        assert.deepStrictEqual(
          seen.map(({ ordinal }) => ordinal),
          [day("2025-06-01")]
        )
        assert.deepStrictEqual(read, ["2025-06-01-a"])
        assert.deepStrictEqual(
          leftOut.map(({ message, _tag }) => `${_tag}: ${message}`),
          [
            'ForeignPartitions: raw: left out 2024-12-30, and 2 more: partition "2024-12-30" is not one of daily from 2025-06-01: expected one within these bounds'
          ]
        )
      }).pipe(Effect.provide(Harness.layer), Effect.scoped)
  )
})

describe("observing versions", () => {
  const observed = (partitions: PartitionsDefinition.Any, list: () => ReadonlyArray<readonly [string, string]>) =>
    Asset.external("raw", {
      partitions,
      output: Files.files,
      observe: Effect.sync(() => list().map(([partitionKey, version]) => ({ partitionKey, version })))
    })

  it.effect("gives fixed and dynamic keys their ordinals when they are seen first", () =>
    Effect.gen(function* () {
      const fixed = yield* observe(observed(PartitionsDefinition.fixed(["eu", "us"]), () => [["us", "1"]]))
      assert.strictEqual(fixed.seen.length, 1)
      const dynamic = yield* observe(
        observed(PartitionsDefinition.dynamic("shop"), () => [
          ["berlin", "1"],
          ["rome", "1"]
        ])
      )
      assert.deepStrictEqual(dynamic.leftOut, [])
      assert.strictEqual(dynamic.seen.length, 2)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("changes with the version alone, and several observations of a partition count together", () =>
    Effect.gen(function* () {
      let list: ReadonlyArray<readonly [string, string]> = [["2025-06-01", "1"]]
      const asset = observed(daily, () => list)
      const [one] = (yield* observe(asset)).seen
      yield* at(1971)
      assert.deepStrictEqual((yield* observe(asset)).seen[0], one)
      list = [...list, ["2025-06-01", "2"]]
      const [both] = (yield* observe(asset)).seen
      assert.notDeepEqual(both!.version, one!.version)
      assert.strictEqual(both!.changedAt, years)
    }).pipe(Effect.provide(Harness.layer))
  )

  it.effect("fails with the asset's name when the place cannot be looked at", () =>
    Effect.gen(function* () {
      const asset = Asset.external("raw", {
        partitions: daily,
        output: Files.files,
        observe: Effect.fail({ _tag: "Gone", message: "the bucket is gone" })
      })
      const error = yield* Effect.flip(observe(asset))
      assert.strictEqual(error.message, "could not observe raw: the bucket is gone; check what its observe reads")
      assert.deepStrictEqual(yield* Catalog.use((catalog) => catalog.observations(raw)), [])
    }).pipe(Effect.provide(Harness.layer))
  )
})
