/**
 * What a step cost: wall time, CPU time and memory, as metadata.
 *
 * CPU time and memory are those of the process while the step ran, so steps
 * that run side by side share them.
 */
import type * as Clock from "effect/Clock"
import * as Metadata from "../definition/Metadata.ts"

export interface Started {
  readonly millis: number
  readonly usage: Usage
}

export const start = (clock: Clock.Clock): Started => ({ millis: clock.currentTimeMillisUnsafe(), usage: usageNow() })

/** `strata/wall` and `strata/cpu` in milliseconds, `strata/peak_memory` in bytes. */
export const since = (started: Started, clock: Clock.Clock): Metadata.MetadataEntries => {
  const { cpu, peak } = usageNow()
  return {
    "strata/wall": Metadata.millis(clock.currentTimeMillisUnsafe() - started.millis),
    "strata/cpu": Metadata.millis((cpu - started.usage.cpu) / 1000),
    "strata/peak_memory": Metadata.bytes(peak)
  }
}

interface Usage {
  /** Microseconds. */
  readonly cpu: number
  readonly peak: number
}

/** Asked of the system every five milliseconds: thousands of short steps share the answer. */
const usageNow = (): Usage => {
  const now = performance.now()
  if (now - last.at >= 5) {
    const { maxRSS, systemCPUTime, userCPUTime } = process.resourceUsage()
    last = { at: now, usage: { cpu: userCPUTime + systemCPUTime, peak: maxRSS * 1024 } }
  }
  return last.usage
}

let last: { readonly at: number; readonly usage: Usage } = { at: Number.NEGATIVE_INFINITY, usage: { cpu: 0, peak: 0 } }
