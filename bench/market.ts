/**
 * What `strata materialize` takes from CSV files of prices to their features,
 * against two plain statements of DuckDB that write the same two Parquet files
 * in the same format:
 * `node bench/market.ts [--rows 10000000] [--threads 2,1] [--rounds 3] [--python python3] [--keep folder] [--only plain,strata]`.
 *
 * Each contender is a process of its own, whose whole time, CPU time and peak
 * memory are compared; the results of the first two are held against each
 * other. The plain statements believe what they read and leave out the rest:
 * they neither judge lines nor set any aside, look for no day that comes twice,
 * hash neither files nor rows, flush nothing to the disk, and record nothing.
 * polars, pandas and the engine a symbol at a time join where the Python named
 * has them. `--keep` is where files are generated once, to be used again.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { write } from "../data/prices.ts"
import { prices as sample } from "../data/samples.ts"
import { frames } from "./market/frames.ts"
import * as statements from "./market/statements.ts"

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "2000000" },
    threads: { type: "string", default: "2,1" },
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: "python3" },
    keep: { type: "string" },
    only: { type: "string" },
    /** For processes of this benchmark: what to do, and where. */
    contender: { type: "string" },
    folder: { type: "string" }
  }
})

interface Taken {
  readonly seconds: number
  readonly cpu: number
  readonly mebibytes: number
  readonly result?: string
}

const strata = join(import.meta.dirname, "../cli/strata.mjs")
const own = { ...process.env, NODE_OPTIONS: "" }

/** Performs one contender in this process; what it took is its last line. */
const perform = async (contender: string, folder: string, threads: string): Promise<void> => {
  process.on("exit", () => {
    const { system, user } = process.cpuUsage()
    const taken = { cpu: (user + system) / 1e6, mebibytes: process.resourceUsage().maxRSS / 1024 }
    writeSync(1, `\n${JSON.stringify({ seconds: performance.now() / 1e3, ...taken })}\n`)
  })
  if (contender === "plain") return await statements.perform(join(folder, "data"), join(folder, "plain"), threads)
  process.argv.splice(2, Number.POSITIVE_INFINITY, "materialize", "+market/features")
  await import(strata)
}

/** Has one contender perform in a process of its own. */
const take = async (contender: string, folder: string, threads: string): Promise<Taken> => {
  const home = join(folder, "home")
  rmSync(home, { recursive: true, force: true })
  rmSync(join(folder, "plain"), { recursive: true, force: true })
  mkdirSync(join(folder, "plain"))
  const environment = {
    ...own,
    STRATA_HOME: home,
    STRATA_MARKET_SOURCE: join(folder, "data"),
    STRATA_DUCKDB_THREADS: threads,
    POLARS_MAX_THREADS: threads
  }
  const script = frames[contender]
  const [command, words] =
    script === undefined
      ? [process.execPath, [import.meta.filename, "--contender", contender, "--folder", folder, "--threads", threads]]
      : [values.python, ["-c", script, join(folder, "data"), join(folder, "plain")]]
  const { status, stderr, stdout } = spawnSync(command, words, {
    env: environment,
    encoding: "utf8",
    maxBuffer: 2 ** 28
  })
  if (status !== 0) throw new Error(`${contender} failed: ${stderr.slice(-2000)}`)
  const taken = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Taken
  if (contender === "plain") return { ...taken, result: await statements.result(join(folder, "plain")) }
  if (contender !== "strata") return taken
  const asked = [strata, "query", statements.digest("market.features")]
  const query = spawnSync(process.execPath, asked, { env: environment, encoding: "utf8" })
  return { ...taken, result: query.stdout.trimEnd().split("\n").at(-1)! }
}

/** The contenders that this machine has; those of Python that are absent are named. */
const contenders = (): ReadonlyArray<string> => {
  const absent = Object.keys(frames).filter(
    (name) => spawnSync(values.python, ["-c", `import ${name}, pyarrow`], { stdio: "ignore" }).status !== 0
  )
  if (absent.length > 0) console.log(`${values.python} has no ${absent.join(" and no ")} with pyarrow: left out`)
  const all = ["plain", "strata", ...Object.keys(frames).filter((name) => !absent.includes(name))]
  return all.filter((name) => values.only === undefined || values.only.split(",").includes(name))
}

/** Generates the files, unless they are there already, and gives how many rows they have. */
const generate = async (data: string, symbols: number, years: number): Promise<number> => {
  const counted = join(data, "rows.txt")
  if (existsSync(counted)) return Number(readFileSync(counted, "utf8"))
  // The plain statements know nothing of days that come twice.
  const options = { ...sample, symbols, years, short: 0.01, holed: 0.02, repeated: 0 }
  const partial = `${data}.partial`
  const { rows } = await Effect.runPromise(Effect.provide(write(partial, options), NodeServices.layer))
  writeFileSync(join(partial, "rows.txt"), String(rows))
  renameSync(partial, data)
  return rows
}

const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

const compare = async (folder: string): Promise<void> => {
  const years = 8
  const rowsOfSymbol = 2086
  const symbols = Math.max(1, Math.round(Number(values.rows) / rowsOfSymbol))
  const rows = await generate(join(folder, "data"), symbols, years)
  console.log(`${rows.toLocaleString("en")} rows of ${symbols} symbols, medians of ${values.rounds} interleaved rounds`)
  const all = contenders()
  for (const threads of values.threads.split(",")) {
    const taken = new Map(all.map((name): [string, Array<Taken>] => [name, []]))
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const name of all) taken.get(name)!.push(await take(name, folder, threads))
      const results = new Set(["plain", "strata"].map((name) => taken.get(name)?.at(-1)?.result))
      if (results.size > 1 && all.includes("plain") && all.includes("strata"))
        console.log(`THE RESULTS DIFFER: ${[...results].join(" and ")}`)
    }
    const of = (name: string, part: "seconds" | "cpu" | "mebibytes") => median(taken.get(name)!.map((it) => it[part]))
    for (const name of all) {
      const times = (part: "seconds" | "cpu") => `${(of(name, part) / of(all[0]!, part)).toFixed(2)} ×`
      console.log(
        [
          `${threads} threads`,
          name.padEnd(8),
          `${times("seconds")} the time of ${all[0]}`.padStart(25),
          `${times("cpu")} the CPU time`.padStart(20),
          `${of(name, "seconds").toFixed(1)} s`.padStart(9),
          `${Math.round(rows / of(name, "seconds")).toLocaleString("en")} rows/s`.padStart(18),
          `peak ${of(name, "mebibytes").toFixed(0)} MiB`.padStart(14)
        ].join("  ")
      )
    }
  }
}

if (values.contender !== undefined) await perform(values.contender, values.folder!, values.threads)
else if (values.keep !== undefined) {
  const folder = join(values.keep, values.rows)
  mkdirSync(folder, { recursive: true })
  await compare(folder)
} else {
  const folder = mkdtempSync(join(tmpdir(), "strata-market-"))
  await compare(folder).finally(() => rmSync(folder, { recursive: true }))
}
