import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { createInterface } from "node:readline"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ProcessIdentity } from "../../runtime/event/Run.ts"
import * as ProcessFolder from "../../runtime/record/ProcessFolder.ts"
import * as ProcessLiveness from "../../runtime/record/ProcessLiveness.ts"
import * as State from "../../runtime/record/State.ts"
import { temporaryFolder } from "./temporary.ts"

const program = join(import.meta.dirname, "programs", "spill.ts")

/** A process that has spilled, and where. */
const spilling = Effect.fnUntraced(function* (home: string) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [program], {
        env: { ...process.env, STRATA_HOME: home },
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const [folder] = yield* Effect.promise(() => once(createInterface(child.stdout), "line"))
  return { child, folder: String(folder) }
})

const kill = (child: ChildProcess) =>
  Effect.promise(() => {
    child.kill("SIGKILL")
    return once(child, "exit")
  })

const openHome = (home: string) => Effect.scoped(Layer.build(State.layer({ home })))

describe.runIf(process.platform === "linux")("what the engine spilled", () => {
  it.live("goes when the next command opens the home of a process that was killed, and only then", () =>
    Effect.gen(function* () {
      const home = yield* temporaryFolder
      const killed = yield* spilling(home)
      const living = yield* spilling(home)
      assert.strictEqual(dirname(killed.folder), join(home, "tmp"))
      yield* openHome(home)
      assert.isTrue(existsSync(killed.folder))
      yield* kill(killed.child)
      assert.isTrue(existsSync(killed.folder))
      yield* openHome(home)
      assert.isFalse(existsSync(killed.folder))
      assert.deepStrictEqual(readdirSync(living.folder), ["duckdb_temp_storage-0.tmp"])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )
})

describe.runIf(process.platform === "linux")("a folder of a process", () => {
  const left = Effect.fnUntraced(function* (of: (here: ProcessIdentity) => ProcessIdentity, name = "") {
    const parent = yield* temporaryFolder
    const folder = join(parent, name === "" ? `${ProcessFolder.nameOf(of(yield* ProcessLiveness.current))}-a1` : name)
    mkdirSync(folder)
    yield* ProcessFolder.sweep(parent)
    return readdirSync(parent).includes(basename(folder))
  }, Effect.scoped)

  it.effect("stays while the process is there, and where nobody can see whether it is", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* left((here) => here))
      assert.isTrue(yield* left((here) => ({ ...here, host: "another", startTicks: "1" })))
      assert.isTrue(yield* left((here) => ({ ...here, bootId: `${here.bootId}0`, startTicks: "1" })))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("goes when its number is another process's by now, and after a reboot", () =>
    Effect.gen(function* () {
      assert.isFalse(yield* left((here) => ({ ...here, startTicks: "1" })))
      const rebooted = (here: ProcessIdentity) => ({ ...here, bootId: here.bootId.replace(/^\S+/, "other") })
      assert.isFalse(yield* left(rebooted))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("is not what is called otherwise", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* left((here) => here, "999999-notes"))
      assert.isTrue(yield* left((here) => here, "data"))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
