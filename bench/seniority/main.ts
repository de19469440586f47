/**
 * Postings enriched with the seniority of their roles, by Strata, by the loop of
 * the original (each line one command), by the same loop pipelined, and by DuckDB
 * alone: `node bench/seniority/main.ts [--full] [--lines n,n,…] [--only hot,drawn,cold,layout]`.
 *
 * All read the same generated files and start their own Redis and model. Loops
 * are run over at most 50,000 lines and scaled to the rest. `--full` adds a day of
 * 8 million lines, and takes 20 million known roles in the place of a million.
 * Ratios come first; each is of medians of repeats that take turns. `hot` writes
 * docs/seniority.svg; `layout` has to be asked for, or is part of `--full`.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as Chart from "./Chart.ts"
import * as Cold from "./Cold.ts"
import * as Drawn from "./Drawn.ts"
import * as Hot from "./Hot.ts"
import * as Layouts from "./Layouts.ts"
import * as Programs from "./Programs.ts"
import { say } from "./Report.ts"

const { values: flags } = parseArgs({
  options: { full: { type: "boolean" }, lines: { type: "string" }, only: { type: "string" } }
})
const full = flags.full === true
const sizes = (flags.lines ?? (full ? "5580,50000,500000,8000000" : "5580,50000,500000")).split(",").map(Number)
const known = full ? 20_000_000 : 1_000_000
const parts = new Set((flags.only ?? (full ? "hot,drawn,cold,layout" : "hot,drawn,cold")).split(","))
/** Lines where one number of them is measured. */
const some = Math.min(500_000, Math.max(...sizes))

process.on("SIGINT", () => process.exit(130))
const server = await Programs.redis()

if (parts.has("hot")) {
  const bars: Array<Chart.Bar> = []
  for (const lines of sizes) {
    const measured = await Hot.measure(server, lines, known)
    if (lines === 500_000 || lines === sizes.at(-1)) bars.push(...measured)
  }
  mkdirSync("docs", { recursive: true })
  writeFileSync("docs/seniority.svg", Chart.svg("Postings enriched with seniority, lines a second (logarithmic)", bars))
  say("\nwrote docs/seniority.svg")
}
if (parts.has("drawn")) await Drawn.measure(server, some, known)
if (parts.has("cold")) await Cold.measure(server, some)
if (parts.has("layout")) {
  for (const roles of full ? [2_000_000, 20_000_000] : [2_000_000]) await Layouts.measure(server, roles)
}
server.client.disconnect()
process.exit(0)
