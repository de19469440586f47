/**
 * What there is for steps to share: the cores and the memory of the machine, or
 * of the container that the process is in, and the pools of the definitions.
 */
import { availableParallelism, totalmem } from "node:os"
import * as Needs from "../definition/Needs.ts"

/** Cores are what the quota of the container leaves; memory is its limit. */
export const make = (pools: Readonly<Record<string, number>> = {}): Needs.Permits =>
  new Map([
    ...Object.entries(pools),
    [Needs.cores, availableParallelism()],
    [Needs.memory, Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())]
  ])
