/**
 * What the body of an asset needs while it runs: cores, memory, and a permit of
 * a named pool. What an asset does not declare, it does not wait for.
 */
import * as ByteSize from "effect/ByteSize"

export interface Needs {
  /** Cores that the body keeps busy; may be a part of one. */
  readonly cores?: number
  /** Bytes, as a number or as text such as `"2 GiB"`. */
  readonly memory?: ByteSize.Input
  /** One permit of this pool, which the definitions declare. */
  readonly pool?: string
}

/** How much of each pool, by its name. */
export type Permits = ReadonlyMap<string, number>

/** Pools that the machine has; no other may be called so. */
export const cores = "cores"
export const memory = "memory"
/** Bodies that run at once. */
export const jobs = "jobs"

/** What it takes of each pool. Amounts that make no sense are a mistake of the author and throw. */
export const permits = ({ cores: ofCores, memory: ofMemory, pool }: Needs): Permits => {
  if (ofCores !== undefined && !(ofCores >= 0 && ofCores < Number.POSITIVE_INFINITY)) {
    throw new RangeError("an asset needs a number of cores that is 0 or more")
  }
  if (pool !== undefined && isOfMachine(pool)) {
    throw new RangeError(`the pool "${pool}" is the machine's: give yours another name`)
  }
  return new Map([
    ...(ofCores === undefined ? [] : ([[cores, ofCores]] as const)),
    ...(ofMemory === undefined ? [] : ([[memory, Number(ByteSize.fromInputUnsafe(ofMemory))]] as const)),
    ...(pool === undefined ? [] : ([[pool, 1]] as const))
  ])
}

/**
 * What a body of these permits lends to others while it waits for the answer of a limit: its job and its cores, if it
 * is of a pool. One that is not keeps all: nothing else would bound how many bodies have begun.
 */
export const lent = (permits: Permits): Permits =>
  [...permits.keys()].every(isOfMachine)
    ? new Map()
    : new Map([...permits].filter(([pool]) => pool === jobs || pool === cores))

const isOfMachine = (pool: string): boolean => pool === jobs || pool === cores || pool === memory

/** An amount as people read it. */
export const describe = (pool: string, amount: number): string =>
  pool === memory ? `${Math.round((amount / 2 ** 20) * 10) / 10} MiB of memory` : `${amount} of ${pool}`
