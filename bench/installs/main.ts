/**
 * Loading 300,000 records of three files into four memcached, against the
 * original's designs and plain Node, in one run:
 * `node bench/installs/main.ts [--records 300000] [--files 3] [--rounds 3] [--skew 0.25] [--python python3]`.
 *
 * Each loader is a process of its own, measured from after its imports; the CPU
 * of the servers is not counted. Strata's do what `installs/loaded` does: the
 * table of records, which `strata installs load` makes first, no other loader has.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { write } from "../../data/installs.ts"
import { installs as sample } from "../../data/samples.ts"
import type { Measured } from "./Measured.ts"

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "300000" },
    files: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    skew: { type: "string", default: "0.25" },
    python: { type: "string", default: "python3" },
    sleeps: { type: "boolean", default: false }
  }
})
const [records, files, rounds] = [Number(values.records), Number(values.files), Number(values.rounds)]
const cores = availableParallelism()
const folder = mkdtempSync(join(tmpdir(), "strata-bench-"))
const logs = join(folder, "logs")

const freePort = () =>
  new Promise<number>((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })

const ports = [await freePort(), await freePort(), await freePort(), await freePort()].map(String)
const servers = ports.map((port) =>
  spawn("memcached", ["-p", port, "-U", "0", "-l", "127.0.0.1", "-t", "1", "-m", "4096", "-u", "nobody"])
)

const here = import.meta.dirname
const python = spawnSync(values.python, ["-c", "0"]).status === 0
const script = join(here, "original.py")
const ofStrata = (what: string, concurrency: number, threads: number, sizes: string) => [
  process.execPath,
  join(here, "strata.ts"),
  what,
  logs,
  String(concurrency),
  String(threads),
  sizes,
  ...ports
]
const ofPython = (design: string, workers: number, limit: number) => [
  values.python,
  script,
  design,
  logs,
  String(workers),
  String(limit),
  ...ports
]
const ofNode = (size: number) => [process.execPath, join(here, "plain.ts"), String(size), logs, ...ports]

interface Loader {
  readonly name: string
  readonly command: ReadonlyArray<string>
  /** Measured once, as it takes long. */
  readonly once?: boolean
}

const improved = `Python, improved: ${files} processes, batches of 128`
const loaders: ReadonlyArray<Loader> = [
  ...(python
    ? [
        { name: "Python, first design (10,000 records)", command: ofPython("first", 1, 10_000), once: true },
        { name: "Python, improved, with its sleeps", command: ofPython("improved-with-sleeps", files, 0), once: true },
        { name: improved, command: ofPython("improved", files, 0) }
      ]
    : []),
  { name: "Node, plain, a set a record", command: ofNode(1), once: true },
  { name: "Node, plain, batches of 128", command: ofNode(128) },
  { name: "Strata, one file after the other", command: ofStrata("load", 1, cores - 1, "large") },
  { name: `Strata, ${cores} files at once`, command: ofStrata("load", cores, cores - 1, "large") },
  { name: "Strata, on threads from the first byte", command: ofStrata("load", cores, cores - 1, "all") },
  { name: "floor: sending what is encoded", command: ofStrata("floor", 1, 0, "large") }
]

const measure = ({ command: [program, ...words] }: Loader): Measured =>
  JSON.parse(execFileSync(program!, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }))

const median = (all: ReadonlyArray<number>): number => all.toSorted((a, b) => a - b)[all.length >> 1]!

try {
  const options = { ...sample, records, files, skew: Number(values.skew), repeated: 0 }
  await Effect.runPromise(Effect.provide(write(logs, options), NodeServices.layer))
  console.log(`${records.toLocaleString("en")} records in ${files} files, ${cores} cores, medians of ${rounds} rounds`)
  if (!python) console.log(`${values.python} is absent, so the original's designs are not measured`)
  const results = new Map(loaders.map(({ name }) => [name, [] as Array<Measured>]))
  for (let round = 0; round < rounds; round++) {
    for (const loader of loaders) {
      if (round === 0 || loader.once !== true) results.get(loader.name)!.push(measure(loader))
    }
  }
  const summary = (name: string) => {
    const all = results.get(name)!
    return {
      rate: median(all.map(({ records, seconds }) => records / seconds)),
      cpu: median(all.map(({ cpu, records }) => (cpu / records) * 300_000)),
      memory: median(all.map(({ memory }) => memory)),
      note: all[0]?.note ?? ""
    }
  }
  const base = python ? summary(improved) : undefined
  console.log(`${"".padEnd(54)}records/s  × improved  CPU s/300k  × less    MiB`)
  for (const { name } of loaders) {
    const { cpu, memory, note, rate } = summary(name)
    const ratios = base === undefined ? ["", ""] : [(rate / base.rate).toFixed(2), (base.cpu / cpu).toFixed(1)]
    console.log(
      `${name.padEnd(52)} ${rate.toFixed(0).padStart(10)} ${ratios[0]!.padStart(11)} ${cpu.toFixed(2).padStart(11)} ${ratios[1]!.padStart(7)} ${memory.toFixed(0).padStart(6)}  ${note}`
    )
  }
} finally {
  for (const server of servers) server.kill("SIGKILL")
  rmSync(folder, { recursive: true })
}
