/**
 * Random numbers that are the same for the same seed on every machine.
 *
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, which is plenty
 * for sample data and nothing else.
 */
export interface Random {
  /** At least 0, less than 1. */
  readonly next: () => number
  /** A whole number from 0 up to, and without, `n`. */
  readonly below: (n: number) => number
  readonly pick: <A>(list: ReadonlyArray<A>) => A
}

/** One stream of numbers for each pair of seed and stream. */
export const make = (seed: number, stream: number): Random => {
  let state = scramble(scramble(seed) ^ Math.imul(stream + 1, 0x9e3779b1))
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number) => Math.floor(next() * n)
  return { next, below, pick: (list) => list[below(list.length)]! }
}

/** Mixes the bits of a whole number (the finalizer of MurmurHash3). */
const scramble = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
