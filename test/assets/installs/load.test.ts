/** `strata installs load` as a process of its own, with this project's definitions. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Device from "../../../assets/installs/Device.ts"
import * as Process from "../../e2e/Process.ts"
import * as Servers from "./Servers.ts"

const record = (type: string, id: number) => `${type}\t${id}\t1.5\t2\t7,8\n`
const log = (count: number, bad = 0) =>
  gzipSync(
    Array.from({ length: count }, (_, n) => record(Device.types[n % 4]!, n)).join("") + "no record\n".repeat(bad)
  )

/** A folder with two logs, and a state of its own. */
const project = () => {
  const folder = Process.folder()
  const logs = join(folder, "logs")
  mkdirSync(logs)
  writeFileSync(join(logs, "a.tsv.gz"), log(400))
  writeFileSync(join(logs, "b.tsv.gz"), log(200, 5))
  const command = (words: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    Effect.promise(() =>
      Process.run(words, {
        cwd: resolve("."),
        env: { STRATA_HOME: join(folder, "state"), STRATA_MEMCACHED_TIMEOUT: "300 millis", ...env }
      })
    )
  const run = (words: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    command(["installs", "load", "--pattern", join(logs, "*.tsv.gz"), ...words], env)
  return { command, logs, folder, run }
}

const flags = (servers: Servers.Servers) =>
  Object.entries(Servers.addresses(servers)).flatMap(([type, address]) => [`--${type}`, address])

const withoutRates = (text: string) =>
  text
    .replaceAll(/\d+ records a second/g, "n records a second")
    .trimEnd()
    .split("\n")

describe("strata installs load", () => {
  it.live("loads what has landed, says how well, and remembers it", () =>
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const { folder, logs, run } = project()
      const words = [...flags(servers), "--workers", "0", "--log", join(folder, "load.log"), "--dot-rename"]
      const ended = yield* run(words)
      assert.deepStrictEqual(
        withoutRates(ended.stdout),
        [
          "a.tsv.gz: processed 400, errors 0 (0 %), n records a second, acceptable",
          "b.tsv.gz: processed 200, errors 5 (2.5 %), n records a second, not acceptable"
        ],
        ended.stderr
      )
      assert.strictEqual(ended.code, 1)
      assert.deepStrictEqual(readdirSync(logs).sort(), [".a.tsv.gz", "b.tsv.gz"])
      assert.include(readFileSync(join(folder, "load.log"), "utf8"), "a.tsv.gz: 0 errors for 400 processed records")

      const again = yield* run(words)
      assert.deepStrictEqual([again.code, withoutRates(again.stdout).length], [1, 1])
      assert.strictEqual(yield* Servers.stat(servers.idfa.port, "cmd_set"), 150)
    }).pipe(Effect.scoped)
  )

  it.live("takes servers from the settings; without one listening it says how to go on", () =>
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const { command, logs, run } = project()
      yield* servers.dvid.stop()
      const settings = Object.fromEntries(
        Device.types.map((type) => [`STRATA_MEMCACHED_${type.toUpperCase()}`, servers[type].address])
      )
      const ended = yield* run([], settings)
      assert.strictEqual(ended.code, 1)
      assert.include(ended.stderr, `100 of dvid, as memcached at ${servers.dvid.address} refuses connections`)
      assert.include(ended.stderr, `strata installs load --pattern '${join(logs, "*.tsv.gz")}' goes on`)
      const retried = yield* command(["retry"])
      assert.strictEqual(retried.code, 2)
      assert.include(retried.stderr, `given again: strata installs load --pattern '${join(logs, "*.tsv.gz")}'`)
      yield* servers.dvid.start
      const again = yield* run([], settings)
      assert.include(again.stdout, "a.tsv.gz: processed 400, errors 0")
      assert.strictEqual(yield* Servers.stat(servers.dvid.port, "cmd_set"), 150)
      assert.strictEqual(yield* Servers.stat(servers.gaid.port, "cmd_set"), 150)
    }).pipe(Effect.scoped)
  )

  it.live("says when no file has landed, which is no failure", () =>
    Effect.gen(function* () {
      const { command, folder } = project()
      const none = yield* command(["installs", "load", "--pattern", join(folder, "*.gz")])
      assert.deepStrictEqual([none.code, none.stdout], [0, ""])
      assert.include(none.stderr, `no file matches ${join(folder, "*.gz")}`)
      const other = yield* command(["installs", "load"], { STRATA_INSTALLS_SOURCE: folder })
      assert.include(other.stderr, "no file has landed")
    }).pipe(Effect.scoped)
  )

  it.live("only prints the messages when it is dry", () =>
    Effect.gen(function* () {
      const { folder, run } = project()
      const ended = yield* run(["--dry", "--idfa", "127.0.0.1:1"])
      const lines = ended.stdout.trimEnd().split("\n")
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.strictEqual(lines.length, 600)
      assert.strictEqual(lines[0], "127.0.0.1:1 - idfa:0 -> apps: 7 apps: 8 lat: 1.5 lon: 2")
      assert.isFalse(existsSync(join(folder, "state", "objects")))
    }).pipe(Effect.scoped)
  )
})
