import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { join, relative } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as AssetKey from "../../runtime/definition/AssetKey.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import { RunId } from "../../runtime/event/Run.ts"
import type { StoredObject } from "../../runtime/record/Catalog.ts"
import * as ObjectStore from "../../runtime/record/ObjectStore.ts"
import { temporaryFolder } from "./temporary.ts"

const runId = RunId.make("t1-abc")
const asset = AssetKey.make("postings/daily")
const versions = PartitionVersions.fromEntries([
  { ordinal: 7, provenance: [1, 2], data: [3, 0xffff_ffff] },
  { ordinal: 9, provenance: [5, 6], data: [7, 8] }
])
const newObject = { asset, id: "t1-abc.0.1", versions }

const stored = (path: string, partitions = versions.partitions) => ({ asset, path, partitions }) as StoredObject

interface Failure {
  readonly operation: string
  readonly code: string
}

/** A file system that says what it did, relative to the home, and can fail an operation. */
const recording = (fs: FileSystem.FileSystem, home: string, log: Array<string>, failure?: Failure) => {
  const did = (operation: string, path: string) =>
    Effect.suspend(() => {
      log.push(`${operation} ${relative(home, path)}`)
      if (operation !== failure?.operation) return Effect.void
      const cause = Object.assign(new Error(`${failure.code}: it failed, ${operation}`), { code: failure.code })
      return Effect.fail(PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method: operation, cause }))
    })
  return FileSystem.FileSystem.of({
    ...fs,
    open: (path, options) =>
      Effect.map(fs.open(path, options), (file) =>
        Object.create(file, { sync: { value: Effect.andThen(did("sync", path), file.sync) } })
      ),
    writeFile: (path, bytes, options) => Effect.andThen(did("write", path), fs.writeFile(path, bytes, options)),
    rename: (from, to) => Effect.andThen(did("rename", to), fs.rename(from, to))
  })
}

const makeStore = Effect.fnUntraced(function* (failure?: Failure) {
  const home = join(yield* temporaryFolder, "home")
  const log: Array<string> = []
  const fs = recording(yield* FileSystem.FileSystem, home, log, failure)
  const built = Layer.provide(ObjectStore.layer({ home }), Layer.succeed(FileSystem.FileSystem, fs))
  return { home, log, store: Context.get(yield* Layer.build(built), ObjectStore.ObjectStore) }
})

const write = (directory: string) => {
  writeFileSync(join(directory, "part-0.parquet"), "rows")
  mkdirSync(join(directory, "sub"))
  writeFileSync(join(directory, "sub", "part-1.parquet"), "more rows")
}

layer(NodeFileSystem.layer)("the object store", (it) => {
  it.effect("gives a fresh private folder, and removes what is left of it with the scope", () =>
    Effect.gen(function* () {
      const { home, store } = yield* makeStore()
      const stage = store.stage(runId, "postings/daily/t1-abc.0.1")
      const path = yield* Effect.scoped(
        Effect.gen(function* () {
          const directory = yield* stage
          assert.deepStrictEqual(readdirSync(directory), [])
          writeFileSync(join(directory, "half"), "written")
          assert.deepStrictEqual(readdirSync(yield* stage), [])
          return directory
        })
      )
      assert.isFalse(existsSync(path))
      assert.deepStrictEqual(readdirSync(join(home, "_staging")), [])
      assert.strictEqual(statSync(home).mode & 0o777, 0o700)
    })
  )

  it.effect("moves a sealed object to its place, whole, with its versions and its measures", () =>
    Effect.gen(function* () {
      const { home, store } = yield* makeStore()
      const sealed = yield* Effect.scoped(
        Effect.gen(function* () {
          const directory = yield* store.stage(runId, "a")
          write(directory)
          const sealed = yield* store.seal(directory, newObject)
          assert.isFalse(existsSync(directory))
          return sealed
        })
      )
      assert.strictEqual(sealed.path, "postings/daily/t1-abc.0.1")
      assert.deepStrictEqual(
        sealed.files.map(({ bytes, name }) => [name, bytes]),
        [
          ["part-0.parquet", 4],
          ["sub/part-1.parquet", 9],
          ["versions.bin", 32]
        ]
      )
      assert.strictEqual(sealed.bytes, 45)
      assert.match(sealed.hash, /^[0-9a-f]{64}$/)
      const directory = store.directory(stored(sealed.path))
      assert.strictEqual(directory, join(home, "objects", sealed.path))
      assert.strictEqual(readFileSync(join(directory, "sub", "part-1.parquet"), "utf8"), "more rows")
      assert.strictEqual(statSync(join(directory, "versions.bin")).mode & 0o777, 0o600)
      assert.deepStrictEqual(yield* store.versions(stored(sealed.path)), versions)
    })
  )

  it.effect("gives equal content an equal hash, and other content or other names another", () =>
    Effect.gen(function* () {
      const { store } = yield* makeStore()
      const hashOf = (id: string, name: string, content: string) =>
        Effect.gen(function* () {
          const directory = yield* store.stage(runId, id)
          writeFileSync(join(directory, name), content)
          return (yield* store.seal(directory, { ...newObject, id })).hash
        })
      const first = yield* hashOf("a.1", "x", "rows")
      assert.strictEqual(yield* hashOf("a.2", "x", "rows"), first)
      assert.notStrictEqual(yield* hashOf("a.3", "x", "rowz"), first)
      assert.notStrictEqual(yield* hashOf("a.4", "y", "rows"), first)
    })
  )

  it.effect("syncs every file and folder before the object appears, and the folders above it after", () =>
    Effect.gen(function* () {
      const { log, store } = yield* makeStore()
      const directory = yield* store.stage(runId, "a")
      write(directory)
      yield* store.seal(directory, newObject)
      const staged = "_staging/t1-abc+a"
      const renamed = log.indexOf("rename objects/postings/daily/t1-abc.0.1")
      const before = log.slice(0, renamed)
      assert.strictEqual(before[0], `write ${staged}/versions.bin`)
      assert.sameMembers(before.slice(1), [
        `sync ${staged}/versions.bin`,
        `sync ${staged}/part-0.parquet`,
        `sync ${staged}/sub/part-1.parquet`,
        `sync ${staged}/sub`,
        `sync ${staged}`,
        "sync objects/postings",
        "sync objects",
        "sync ",
        "sync .."
      ])
      assert.deepStrictEqual(log.slice(renamed + 1), ["sync objects/postings/daily"])

      log.length = 0
      const again = yield* store.stage(runId, "b")
      yield* store.seal(again, { ...newObject, id: "t1-abc.1.1" })
      assert.deepStrictEqual(log, [
        "write _staging/t1-abc+b/versions.bin",
        "sync _staging/t1-abc+b/versions.bin",
        "sync _staging/t1-abc+b",
        "rename objects/postings/daily/t1-abc.1.1",
        "sync objects/postings/daily"
      ])
    })
  )

  it.effect("never tries a sync again, and lets nothing appear that was not synced", () =>
    Effect.gen(function* () {
      const { home, log, store } = yield* makeStore({ operation: "sync", code: "EIO" })
      const error = yield* Effect.scoped(
        Effect.gen(function* () {
          const directory = yield* store.stage(runId, "a")
          return yield* Effect.flip(store.seal(directory, newObject))
        })
      )
      assert.strictEqual(error._tag, "ObjectStoreError")
      assert.match(
        error.message,
        /^could not sync .*_staging\/t1-abc\+a: EIO: it failed, sync; check the disk and who may write there, then run strata retry$/
      )
      assert.deepStrictEqual(
        log.filter((line) => line.startsWith("sync") || line.startsWith("rename")),
        ["sync _staging/t1-abc+a/versions.bin"]
      )
      assert.isFalse(existsSync(join(home, "objects")))
      assert.deepStrictEqual(readdirSync(join(home, "_staging")), [])
    })
  )

  it.effect.each([
    ["write", "ENOSPC"],
    ["sync", "EDQUOT"],
    ["rename", "ENOSPC"]
  ])("says that the disk is full when a %s finds it full", ([operation, code]) =>
    Effect.gen(function* () {
      const { store } = yield* makeStore({ operation: operation!, code: code! })
      const directory = yield* store.stage(runId, "a")
      const error = yield* Effect.flip(store.seal(directory, newObject))
      assert.strictEqual(error._tag, "StorageFull")
      assert.match(error.message, /^there is no space left to write .*: free some and run strata retry$/)
    })
  )

  it.effect("keeps an object that is there when another comes under the same id", () =>
    Effect.gen(function* () {
      const { store } = yield* makeStore()
      const first = yield* store.stage(runId, "a")
      writeFileSync(join(first, "x"), "first")
      const { path } = yield* store.seal(first, newObject)
      const error = yield* Effect.flip(store.seal(yield* store.stage(runId, "b"), newObject))
      assert.match(error.message, /could not move what was written to .*ENOTEMPTY/)
      assert.strictEqual(readFileSync(join(store.directory(stored(path)), "x"), "utf8"), "first")
    })
  )

  it.effect("lets no object lie where those of another asset do", () =>
    Effect.gen(function* () {
      const { store } = yield* makeStore()
      const directory = yield* store.stage(runId, "a")
      for (const id of ["daily", "..", "../daily", "a/b-c", "", "-", "a..b"]) {
        const exit = yield* Effect.exit(store.seal(directory, { ...newObject, asset: AssetKey.make("postings"), id }))
        assert.match(String(exit), /cannot name an object/, id)
      }
      const exit = yield* Effect.exit(Effect.scoped(store.stage(runId, "../../elsewhere+")))
      assert.match(String(exit), /cannot name a staging folder/)
    })
  )

  it.effect("names an object whose versions are gone or cut short", () =>
    Effect.gen(function* () {
      const { store } = yield* makeStore()
      const { path } = yield* store.seal(yield* store.stage(runId, "a"), newObject)
      const sidecar = join(store.directory(stored(path)), "versions.bin")
      truncateSync(sidecar, 31)
      const short = yield* Effect.flip(store.versions(stored(path)))
      assert.strictEqual(short._tag, "ObjectDamaged")
      assert.match(short.message, /^a stored object of postings\/daily is damaged, its versions are not those of its/)
      unlinkSync(sidecar)
      assert.match((yield* Effect.flip(store.versions(stored(path)))).message, /its versions are gone .*--force$/)
    })
  )

  it.effect("sweeps the staging folders of runs that are gone, and of no other", () =>
    Effect.gen(function* () {
      const { home, store } = yield* makeStore()
      assert.strictEqual(yield* store.sweep(() => true), 0)
      const other = RunId.make("t2-x")
      const kept = yield* store.stage(other, "postings/a")
      for (const name of ["a", "postings/b"]) {
        const left = yield* store.stage(runId, name)
        writeFileSync(join(left, "half"), "written")
      }
      mkdirSync(join(home, "_staging", "notours"))
      assert.strictEqual(yield* store.sweep((id) => id === runId), 2)
      assert.isTrue(existsSync(kept))
      assert.sameMembers(readdirSync(join(home, "_staging")), ["notours", "t2-x+postings+a"])
    })
  )
})

const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0

describe.runIf(canTrace)("the object store, as the kernel sees it,", () => {
  it.effect("syncs every file and folder before the object appears, and the folders above it after", () =>
    Effect.gen(function* () {
      const home = join(yield* temporaryFolder, "home")
      const trace = join(home, "..", "trace")
      const program = join(import.meta.dirname, "programs", "seal.ts")
      const calls = ["-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", trace]
      assert.strictEqual(spawnSync("strace", [...calls, process.execPath, program, home]).status, 0)
      const lines = readFileSync(trace, "utf8")
        .split("\n")
        .filter((line) => line.includes(home) && !line.includes("resumed"))
        .map((line) => line.replaceAll(home, "~").replace(/^\d+ +(\w+)\((?:\d+<([^>]+)>)?(.*)$/, "$1 $2$3"))
      const renamed = lines.findIndex((line) => line.startsWith("rename"))
      assert.match(lines[renamed]!, /"~\/_staging\/t1-abc\+a".*"~\/objects\/postings\/daily\/t1-abc.0.1"/)
      const synced = (line: string) => /^fsync (~\S*?)[) ]/.exec(`${line} `)?.[1]
      const before = lines.slice(0, renamed).map(synced)
      assert.includeMembers(before, [
        "~/_staging/t1-abc+a/part-0.parquet",
        "~/_staging/t1-abc+a/versions.bin",
        "~/_staging/t1-abc+a",
        "~/objects/postings",
        "~/objects",
        "~"
      ])
      assert.deepStrictEqual(lines.slice(renamed + 1).map(synced), ["~/objects/postings/daily"])
    })
  )
})
