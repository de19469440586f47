/**
 * The peak memory of loading one file, by its size:
 * `node bench/installs/memory.ts [--sizes 3,30,300]`, in MB of gzip.
 *
 * A large file is the smallest one again and again, as gzip files may be put one
 * after the other. Each is loaded in a process of its own.
 */
import { execFileSync, spawn } from "node:child_process"
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { write } from "../../data/installs.ts"
import { installs as sample } from "../../data/samples.ts"
import type { Measured } from "./Measured.ts"

const { values } = parseArgs({ options: { sizes: { type: "string", default: "3,30,300" } } })
const folder = mkdtempSync(join(tmpdir(), "strata-bench-"))
const ports = ["23313", "23314", "23315", "23316"]
const servers = ports.map((port) =>
  spawn("memcached", ["-p", port, "-U", "0", "-l", "127.0.0.1", "-t", "1", "-m", "64", "-u", "nobody"])
)

try {
  await Effect.runPromise(Effect.provide(write(folder, { ...sample, records: 17_500, files: 1 }), NodeServices.layer))
  const piece = readFileSync(join(folder, readdirSync(folder)[0]!))
  for (const megabytes of values.sizes.split(",").map(Number)) {
    const path = join(folder, String(megabytes))
    mkdirSync(path)
    const file = join(path, "log.tsv.gz")
    for (let size = 0; size < megabytes * 1e6; size += piece.length) appendFileSync(file, piece)
    for (const threads of [0, availableParallelism() - 1]) {
      const words = [join(import.meta.dirname, "strata.ts"), "load", path, "1", String(threads), "all", ...ports]
      const { memory, records, seconds }: Measured = JSON.parse(
        execFileSync(process.execPath, words, { encoding: "utf8" })
      )
      const size = (statSync(file).size / 1e6).toFixed(0)
      console.log(
        `${size.padStart(5)} MB, ${threads} threads: ${memory.toFixed(0).padStart(4)} MiB at the peak, ${records} records in ${seconds.toFixed(1)} s`
      )
    }
    rmSync(path, { recursive: true })
  }
} finally {
  for (const server of servers) server.kill("SIGKILL")
  rmSync(folder, { recursive: true })
}
