/** Lines of which each role comes some 90 times, with all roles known: ours, the loops, and DuckDB alone. */
import type { Bar } from "./Chart.ts"
import type { Measured } from "./Measured.ts"
import type { Server } from "./Programs.ts"
import { count, enrichedPerSecond, mb, perSecond, row, say, times } from "./Report.ts"
import * as Ways from "./Ways.ts"

/** Says what so many lines cost, and gives the bars of a chart. */
export const measure = async (server: Server, lines: number, known: number): Promise<ReadonlyArray<Bar>> => {
  const env = { STRATA_REDIS_URL: server.url, STRATA_ROLE_CACHE_SIZE: `${known}` }
  const line = (form: string) => Ways.line(server, form, path, lines)
  await server.client.flushall()
  const path = await Ways.landed(lines, 0)
  await line("pipelined")
  const cold = await Ways.strata(path, { ...env, STRATA_HOME: Ways.home(`cold-${lines}`) })
  const before = await server.now()
  const { alone, hot, loop, pipelined } = await Ways.inTurn({
    loop: () => line("loop"),
    pipelined: () => line("pipelined"),
    alone: () => Ways.floor(path),
    hot: () => Ways.strata(path, { ...env, STRATA_HOME: Ways.home(`home-${lines}`) })
  })
  const after = await server.now()
  const scaled = lines > Ways.mostLooped ? `, scaled from ${count(Ways.mostLooped)}` : ""
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
    `  Redis: ${(after.cpu - before.cpu).toFixed(1)} s CPU for all ${Ways.rounds} rounds, ${mb(after.memory)}, fragmentation ${after.fragmentation}`
  )
  if (lines === Ways.mostLooped) {
    for (const form of ["hot in process", "hot in Redis"]) row(`the loop with 2,000 roles ${form}`, await line(form))
  }
  const at = `${count(lines)} lines`
  const bar = (name: string, value: number, isOurs: boolean): Bar => ({
    name,
    value,
    text: `${count(value)}${name.startsWith(at) ? " lines/s" : ""}`,
    isOurs
  })
  return [
    bar(`${at}: a command a line`, perSecond(loop), false),
    bar("pipelined", perSecond(pipelined), false),
    bar("DuckDB alone, answers at hand", perSecond(alone), false),
    bar("Strata, whole run", perSecond(hot), true),
    bar("Strata, enriching", enrichedPerSecond(hot), true)
  ]
}

const cpuALine = ({ cpu, lines }: Measured) => cpu / lines
