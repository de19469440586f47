import { spawn } from "node:child_process"
import { DatabaseSync } from "node:sqlite"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as EmbeddedRoleCache from "../../resources/EmbeddedRoleCache.ts"
import { RoleCache } from "../../resources/RoleCache.ts"
import { roleCacheSuite } from "../suites/roleCache.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fileSystem) => fileSystem.makeTempDirectoryScoped())

const fresh = Layer.unwrap(
  Effect.map(folder, (path) => EmbeddedRoleCache.layerFile(`${path}/cache/roles.sqlite`))
).pipe(Layer.provide(NodeServices.layer))

const clerk = { company: "Acme", title: "Clerk" }

const within = <A, E>(file: string, use: (cache: RoleCache["Service"]) => Effect.Effect<A, E>) =>
  RoleCache.use(use).pipe(Effect.provide(EmbeddedRoleCache.layerFile(file)))

describe("the embedded role cache", () => {
  roleCacheSuite(fresh)

  it.effect("keeps its answers from one opening to the next", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/roles.sqlite`
      yield* within(file, (cache) => cache.save([{ ...clerk, seniority: 4 }], "1"))
      assert.deepStrictEqual(yield* within(file, (cache) => cache.lookup([clerk], "1")), [4])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("lies in the project's home", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* RoleCache.use((cache) => cache.save([{ ...clerk, seniority: 4 }], "1")).pipe(
        Effect.provide(EmbeddedRoleCache.layer),
        home(path)
      )
      const fileSystem = yield* FileSystem.FileSystem
      assert.isTrue(yield* fileSystem.exists(`${path}/cache/roles.sqlite`))
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("has no answer where something else than a seniority is stored", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/roles.sqlite`
      yield* within(file, (cache) => cache.save([{ ...clerk, seniority: 4 }], "1"))
      for (const garbage of ["0", "8", "2.5", "'four'", "x'04'"]) {
        edit(file, `UPDATE role SET seniority = ${garbage}`)
        assert.deepStrictEqual(yield* within(file, (cache) => cache.lookup([clerk], "1")), [undefined], garbage)
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("puts a damaged file aside and starts anew", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/roles.sqlite`
      const fileSystem = yield* FileSystem.FileSystem
      const damaged = "not a database ".repeat(1000)
      yield* fileSystem.writeFileString(file, damaged)
      assert.deepStrictEqual(yield* within(file, (cache) => cache.lookup([clerk], "1")), [undefined])
      assert.strictEqual(yield* fileSystem.readFileString(`${file}.damaged`), damaged)
      yield* within(file, (cache) => cache.save([{ ...clerk, seniority: 4 }], "1"))
      assert.deepStrictEqual(yield* within(file, (cache) => cache.lookup([clerk], "1")), [4])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("says that it failed when its file cannot be, and the project goes on without", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* folder
      yield* fileSystem.writeFileString(`${path}/file`, "")
      const error = yield* Effect.flip(within(`${path}/file/roles.sqlite`, (cache) => cache.prune({ _tag: "All" })))
      assert.include(error.message, "the role cache failed to open")
      const answered = yield* RoleCache.use((cache) =>
        Effect.andThen(cache.save([{ ...clerk, seniority: 4 }], "1"), cache.lookup([clerk], "1"))
      ).pipe(Effect.provide(EmbeddedRoleCache.layer), home(`${path}/file`))
      assert.deepStrictEqual(answered, [4])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("is shared by two at once", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/roles.sqlite`
      const entries = (name: string) =>
        Array.from({ length: 5000 }, (_, i) => ({ company: name, title: `Title ${i}`, seniority: 3 as const }))
      const names = ["a", "b", "c"]
      yield* Effect.forEach(names, (name) => within(file, (cache) => cache.save(entries(name), "1")), {
        concurrency: "unbounded"
      })
      for (const name of names) {
        const found = yield* within(file, (cache) => cache.lookup(entries(name), "1"))
        assert.isTrue(found.every((seniority) => seniority === 3))
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("loses nothing that was saved when its process is killed", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/roles.sqlite`
      const saved = yield* Effect.promise(() => saveUntilKilled(file))
      assert.isAbove(saved, 0)
      const roles = Array.from({ length: saved }, (_, i) => ({ company: "Acme", title: `Title ${i}` }))
      const found = yield* within(file, (cache) => cache.lookup(roles, "1"))
      assert.strictEqual(found.filter((seniority) => seniority === 5).length, saved)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

const home = (path: string) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown({ STRATA_HOME: path }))

const edit = (file: string, statement: string) => {
  const database = new DatabaseSync(file)
  database.exec(statement)
  database.close()
}

/** A process saves one role after another and says so after each; it is killed at the third and what it said is counted. */
const saveUntilKilled = (file: string) =>
  new Promise<number>((resolve) => {
    const process = spawn(globalThis.process.execPath, ["--input-type=module-typescript", "-e", saver(file)])
    let saved = 0
    process.stdout.on("data", (data: Buffer) => {
      saved += data.length
      if (saved >= 3) process.kill("SIGKILL")
    })
    process.stderr.on("data", (data: Buffer) => globalThis.process.stderr.write(data))
    process.on("close", () => resolve(saved))
  })

const saver = (file: string) => `
  import { writeSync } from "node:fs"
  import * as NodeServices from "@effect/platform-node/NodeServices"
  import * as Effect from "effect/Effect"
  import { layerFile } from ${JSON.stringify(new URL("../../resources/EmbeddedRoleCache.ts", import.meta.url).href)}
  import { RoleCache } from ${JSON.stringify(new URL("../../resources/RoleCache.ts", import.meta.url).href)}
  const save = (i) => RoleCache.use((cache) => cache.save([{ company: "Acme", title: "Title " + i, seniority: 5 }], "1"))
  const all = Effect.gen(function*() {
    for (let i = 0; ; i++) {
      yield* save(i)
      writeSync(1, ".")
    }
  })
  Effect.runFork(all.pipe(Effect.provide(layerFile(${JSON.stringify(file)})), Effect.provide(NodeServices.layer)))`
