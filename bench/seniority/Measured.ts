/** What a way of enriching lines cost, measured in a process of its own. */
export interface Measured {
  readonly lines: number
  readonly seconds: number
  /** Seconds of the step that is compared alone, where there is one. */
  readonly enriching?: number
  readonly cpu: number
  /** Peak of the process, in bytes. */
  readonly memory: number
  /** Roles that were not known, and calls of the model for them. */
  readonly misses?: number
  readonly calls?: number
}

/** The one in the middle, by time. */
export const median = (all: ReadonlyArray<Measured>): Measured =>
  [...all].sort((a, b) => a.seconds - b.seconds)[all.length >> 1]!
