/**
 * Postings enriched with the seniority of their roles, by Strata, by the loop of
 * the original (each line one command), by the same loop pipelined, and by DuckDB
 * alone: `node bench/seniority/main.ts [--full] [--layout] [--lines n,n,…]`.
 *
 * All read the same generated files and start their own Redis and model. Loops
 * are run over at most 50,000 lines and scaled to the rest. `--full` adds a day of
 * 8 million lines, and takes 20 million known roles in the place of a million;
 * `--layout` measures what a role costs in Redis, too. Ratios come first; each is
 * of medians of repeats that take turns. Writes docs/seniority.svg.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { entries } from "../../data/prefill.ts"
import * as Chart from "./Chart.ts"
import type { Layout } from "./Layout.ts"
import { type Measured, median } from "./Measured.ts"
import * as Programs from "./Programs.ts"

const { values: flags } = parseArgs({
  options: { full: { type: "boolean" }, layout: { type: "boolean" }, lines: { type: "string" } }
})
const full = flags.full === true
const sizes = (flags.lines ?? (full ? "5580,50000,500000,8000000" : "5580,50000,500000")).split(",").map(Number)
const known = full ? 20_000_000 : 1_000_000
const rounds = 3
const mostLooped = 50_000
const linesAFile = 5_580

const folder = mkdtempSync(join(tmpdir(), "strata-seniority-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
process.on("SIGINT", () => process.exit(130))
const server = await Programs.redis()
const here = (name: string) => join(import.meta.dirname, name)
const say = (text: string) => process.stdout.write(`${text}\n`)

const common = { STRATA_REDIS_URL: server.url, STRATA_ROLE_CACHE_SIZE: `${known}` }

/** A day of files with so many lines. `drawn` are roles that are known before, else each comes some 90 times. */
const landed = async (lines: number, drawn: number): Promise<string> => {
  const path = join(folder, `landed-${lines}-${drawn}`)
  await Programs.strata(
    [
      ...["generate", "postings", "--out", path, "--rows", `${lines}`, "--days", "1"],
      ...["--files-per-day", `${Math.ceil(lines / linesAFile)}`, "--known", `${drawn}`, "--popularity", "uniform"],
      ...["--malformed", "0", "--repeated", "0", "--descriptions", "0"]
    ],
    {}
  )
  return path
}

const line = async (form: string, path: string, lines: number): Promise<Measured> => {
  const ended = await Programs.node([
    here("Line.ts"),
    form,
    path,
    `${Math.min(lines, mostLooped)}`,
    `${server.port}`,
    "1"
  ])
  return JSON.parse(ended.stdout)
}

const floor = async (path: string): Promise<Measured> =>
  JSON.parse((await Programs.node([here("Floor.ts"), path])).stdout)

/** A whole run of both assets; `home` keeps what its cache and its steps said. */
const strata = async (path: string, home: string, env: Readonly<Record<string, string>> = {}): Promise<Measured> => {
  const settings = { ...common, STRATA_HOME: home, STRATA_POSTINGS_SOURCE: path, ...env }
  await Programs.strata(["materialize", "--force", "postings/parsed,postings/enriched"], settings)
  const listed = JSON.parse((await Programs.strata(["runs", "--limit", "1", "--json"], settings)).stdout)
  const [latest] = Array.isArray(listed) ? listed : listed.runs
  const run = JSON.parse((await Programs.strata(["run", latest.id, "--json"], settings)).stdout)
  const assets: ReadonlyArray<Step> = run.assets
  return {
    lines: assets.at(-1)!.rows,
    seconds: (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000,
    enriching: assets.at(-1)!.millis / 1000,
    cpu: assets.reduce((sum, { cpu }) => sum + cpu, 0) / 1000,
    memory: Math.max(...assets.map(({ peakMemory }) => peakMemory))
  }
}

interface Step {
  readonly rows: number
  readonly millis: number
  readonly cpu: number
  readonly peakMemory: number
}

/** Strings of the roles, as the loops look them up. */
const strings = async (count: number) => {
  for (const some of entries(count, 1)) {
    await server.client.mset(
      ...some.flatMap(({ company, seniority, title }) => [`${company}|${title}`, `${seniority}`])
    )
  }
}

const redisNow = async () => {
  const text = await server.client.info()
  const number = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1] ?? 0)
  return {
    memory: number("used_memory"),
    fragmentation: number("mem_fragmentation_ratio"),
    cpu: number("used_cpu_sys") + number("used_cpu_user")
  }
}

const count = (n: number) => Math.round(n).toLocaleString("en-US")
const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
const perSecond = ({ lines, seconds }: Measured) => lines / seconds
const enrichedPerSecond = ({ enriching, lines }: Measured) => lines / enriching!
const cpuALine = ({ cpu, lines }: Measured) => cpu / lines
const times = (ours: number, theirs: number) => `${(ours / theirs).toPrecision(3)} ×`

/** Each way in turn, as often as there are rounds; the median of each. */
const inTurn = async (ways: Readonly<Record<string, () => Promise<Measured>>>) => {
  const all: Record<string, Array<Measured>> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) all[name] = [...(all[name] ?? []), await way()]
  }
  return (name: string) => median(all[name]!)
}

const row = (name: string, measured: Measured) =>
  say(
    `  ${name.padEnd(38)} ${count(perSecond(measured)).padStart(10)} lines/s  ${measured.seconds.toFixed(2).padStart(7)} s for ${count(measured.lines)}` +
      `  CPU ${measured.cpu.toFixed(1)} s  peak ${mb(measured.memory)}`
  )

const bars: Array<Chart.Bar> = []

for (const lines of sizes) {
  await server.client.flushall()
  const path = await landed(lines, 0)
  const home = join(folder, `home-${lines}`)
  await line("pipelined", path, lines)
  const cold = await strata(path, join(folder, `cold-${lines}`))
  const before = await redisNow()
  const result = await inTurn({
    loop: () => line("loop", path, lines),
    pipelined: () => line("pipelined", path, lines),
    floor: () => floor(path),
    hot: () => strata(path, home)
  })
  const after = await redisNow()
  const [loop, pipelined, alone, hot] = ["loop", "pipelined", "floor", "hot"].map(result) as [
    Measured,
    Measured,
    Measured,
    Measured
  ]
  const scaled = lines > mostLooped ? `, scaled from ${count(mostLooped)}` : ""
  say(`\n${count(lines)} lines, each role some 90 times`)
  say(
    `  Strata, hot: ${times(enrichedPerSecond(hot), perSecond(loop))} the loop in enriching, ${times(perSecond(hot), perSecond(loop))} with parsing, checks and publication;` +
      ` ${times(hot.seconds, alone.seconds)} the time of DuckDB alone, ${times(hot.enriching!, alone.enriching!)} in enriching; cold ${times(cold.seconds, hot.seconds)} hot; the loop takes ${times(cpuALine(loop), cpuALine(hot))} the CPU time`
  )
  row(`the loop: a command a line${scaled}`, loop)
  row(`pipelined${scaled}`, pipelined)
  row("DuckDB alone", alone)
  row("Strata, cold, embedded model", cold)
  row("Strata, hot", hot)
  say(
    `  Redis: ${(after.cpu - before.cpu).toFixed(1)} s CPU for all ${rounds} rounds, ${mb(after.memory)}, fragmentation ${after.fragmentation}`
  )
  if (lines === mostLooped) {
    for (const form of ["hot in process", "hot in Redis"])
      row(`the loop with 2,000 roles ${form}`, await line(form, path, lines))
  }
  if (lines === 500_000 || lines === sizes.at(-1)) {
    const at = `${count(lines)} lines`
    bars.push(
      {
        name: `${at}: a command a line`,
        value: perSecond(loop),
        text: `${count(perSecond(loop))} lines/s`,
        isOurs: false
      },
      { name: "pipelined", value: perSecond(pipelined), text: count(perSecond(pipelined)), isOurs: false },
      { name: "DuckDB alone, answers at hand", value: perSecond(alone), text: count(perSecond(alone)), isOurs: false },
      { name: "Strata, whole run", value: perSecond(hot), text: count(perSecond(hot)), isOurs: true },
      { name: "Strata, enriching", value: enrichedPerSecond(hot), text: count(enrichedPerSecond(hot)), isOurs: true }
    )
  }
}

const drawnLines = Math.min(500_000, Math.max(...sizes))
const drawn = await landed(drawnLines, known)
await server.client.flushall()
await Programs.strata(["cache", "prefill", "--roles", `${known}`], {
  ...common,
  STRATA_HOME: join(folder, "drawn")
})
const filled = await redisNow()
await strings(known)
const drawnResult = await inTurn({
  loop: () => line("loop", drawn, drawnLines),
  full: () => strata(drawn, join(folder, "drawn"))
})
say(`\n${count(drawnLines)} lines drawn from ${count(known)} known roles, 1 in 90 new at first`)
say(
  `  Strata: ${times(enrichedPerSecond(drawnResult("full")), perSecond(drawnResult("loop")))} the loop in enriching, ${times(perSecond(drawnResult("full")), perSecond(drawnResult("loop")))} with all;` +
    ` the cache takes ${mb(filled.memory)}, ${(filled.memory / known).toFixed(1)} bytes a role with all of Redis`
)
row(`the loop: a command a line, scaled from ${count(mostLooped)}`, drawnResult("loop"))
row("Strata", drawnResult("full"))

const model = await Programs.model()
const cold = await landed(Math.min(...sizes.filter((lines) => lines >= 50_000), 500_000), 0)
await server.client.flushall()
const byModel = await strata(cold, join(folder, "model"), { STRATA_SENIORITY_URL: model })
say(`\n${count(byModel.lines)} lines, cold, by gRPC from a model of 1,000 roles a second`)
row("Strata", byModel)

if (flags.layout === true || full) {
  for (const roles of full ? [2_000_000, 20_000_000] : [2_000_000]) {
    await server.client.flushall()
    const { stdout } = await Programs.node([here("Layout.ts"), `${roles}`, `${server.port}`])
    say(`\n${count(roles)} roles in Redis`)
    for (const text of stdout.trim().split("\n")) {
      const { bytes, layout, lookupsPerSecond, savesPerSecond }: Layout = JSON.parse(text)
      say(
        `  ${layout.padEnd(42)} ${bytes.toFixed(1).padStart(6)} bytes a role  ${count(lookupsPerSecond).padStart(10)} lookups/s  ${count(savesPerSecond).padStart(9)} saves/s`
      )
    }
  }
}

mkdirSync("docs", { recursive: true })
writeFileSync("docs/seniority.svg", Chart.svg("Postings enriched with seniority, lines a second (logarithmic)", bars))
say("\nwrote docs/seniority.svg")
server.client.disconnect()
process.exit(0)
