/**
 * What a step cost: wall time, CPU time and memory, as metadata.
 *
 * CPU time and memory are those of the process while the step ran, so steps
 * that run side by side share them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metadata from "../definition/Metadata.ts"

export interface Started {
  readonly millis: number
  readonly cpu: NodeJS.CpuUsage
}

export const start: Effect.Effect<Started> = Effect.map(Clock.currentTimeMillis, (millis) => ({
  millis,
  cpu: process.cpuUsage()
}))

/** `strata/wall` and `strata/cpu` in milliseconds, `strata/peak_memory` in bytes. */
export const since = (started: Started): Effect.Effect<Metadata.MetadataEntries> =>
  Effect.map(Clock.currentTimeMillis, (millis) => {
    const cpu = process.cpuUsage(started.cpu)
    return {
      "strata/wall": Metadata.millis(millis - started.millis),
      "strata/cpu": Metadata.millis((cpu.user + cpu.system) / 1000),
      "strata/peak_memory": Metadata.bytes(process.resourceUsage().maxRSS * 1024)
    }
  })
