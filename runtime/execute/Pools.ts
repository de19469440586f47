/**
 * Permits that steps hold while their bodies run: one of `jobs`, and what their
 * assets need of cores, memory and named pools.
 *
 * All that a step needs is taken at once, so steps never hold what others wait
 * for while they wait themselves. Who waits longest comes first among equal
 * priority: what it needs is set aside for it as it becomes free, so large needs
 * are met, and steps behind it that need something else go ahead. Of `jobs`,
 * which all need, nothing is set aside.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Needs from "../definition/Needs.ts"

export interface Claim {
  readonly permits: Needs.Permits
  /** Higher comes first. */
  readonly priority: number
}

export interface Pools {
  /** Performs while it holds the permits. `waiting` hears the names of the pools that are short, if any are. */
  readonly using: <R2 = never>(
    claim: Claim,
    waiting?: (pools: ReadonlyArray<string>) => Effect.Effect<void, never, R2>
  ) => <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | R2>
  /** Waits for permits of the claim; interrupted, it holds none. */
  readonly acquire: (claim: Claim) => Effect.Effect<void>
  /** Takes permits without waiting, more than there are if need be: who comes next waits the longer. */
  readonly seize: (claim: Claim) => void
  readonly release: (claim: Claim) => void
  /** What is free now. */
  readonly free: () => Needs.Permits
}

interface Waiter {
  readonly sequence: number
  state: "Waiting" | "Granted" | "Gone"
  resume: (() => void) | undefined
}

/** Those who claim the same, in the order in which they came. */
interface Line {
  readonly claim: Claim
  readonly waiters: Array<Waiter>
  /** Where the first one stands. */
  head: number
}

/** `capacity`: what there is in all. A claim of more than that, or of a pool that is not there, is never met. */
export const make = (capacity: Needs.Permits): Pools => {
  const free = new Map(capacity)
  const lines = new Map<string, Line>()
  const names = new WeakMap<Claim, string>()
  const admitted: Array<Waiter> = []
  let isTelling = false
  let sequence = 0

  const give = ({ permits }: Claim, sign: 1 | -1) => {
    for (const [pool, n] of permits) free.set(pool, (free.get(pool) ?? 0) + sign * n)
  }

  /** Lets in whoever can be let in. Whoever was let in may go on, and end, before the others are told. */
  const admit = () => {
    admitted.push(...admissible(free, lines, give))
    if (isTelling) return
    isTelling = true
    for (let waiter = admitted.shift(); waiter !== undefined; waiter = admitted.shift()) waiter.resume?.()
    isTelling = false
  }

  const lineOf = (claim: Claim): Line => {
    const name = names.get(claim) ?? JSON.stringify([claim.priority, [...claim.permits].sort()])
    names.set(claim, name)
    const line = lines.get(name) ?? { claim, waiters: [], head: 0 }
    lines.set(name, line)
    return line
  }

  const release = (claim: Claim) => {
    give(claim, 1)
    admit()
  }

  /** Holds the permits when it ends well; what it is given makes its waiting interruptible. */
  const granted = <R2 = never>(
    claim: Claim,
    restore: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
    waiting?: (pools: ReadonlyArray<string>) => Effect.Effect<void, never, R2>
  ): Effect.Effect<void, never, R2> => {
    const waiter: Waiter = { sequence: sequence++, state: "Waiting", resume: undefined }
    lineOf(claim).waiters.push(waiter)
    admit()
    const isGranted = Effect.suspend(() =>
      waiter.state === "Granted"
        ? Effect.void
        : Effect.callback<void>((resume) => {
            waiter.resume = () => resume(Effect.void)
          })
    )
    const short = waiter.state === "Granted" ? [] : lacking(claim, free).filter((pool) => pool !== Needs.jobs)
    const wait = short.length === 0 || waiting === undefined ? isGranted : Effect.andThen(waiting(short), isGranted)
    return Effect.onExit(restore(wait), (exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.sync(() => {
            const wasGranted = waiter.state === "Granted"
            waiter.state = "Gone"
            if (wasGranted) release(claim)
            else admit()
          })
    )
  }

  return {
    free: () => new Map(free),
    acquire: (claim) =>
      claim.permits.size === 0 ? Effect.void : Effect.uninterruptibleMask((restore) => granted(claim, restore)),
    seize: (claim) => give(claim, -1),
    release,
    using: (claim, waiting) => (self) =>
      Effect.uninterruptibleMask((restore) => {
        const performed = Effect.onExit(restore(self), () => Effect.sync(() => release(claim)))
        return Effect.andThen(granted(claim, restore, waiting), performed)
      })
  }
}

/** Gives permits to those who come next and can have them. */
const admissible = (
  free: Needs.Permits,
  lines: Map<string, Line>,
  give: (claim: Claim, sign: -1) => void
): ReadonlyArray<Waiter> => {
  const result: Array<Waiter> = []
  const blocked = new Set<Line>()
  while (lines.size > 0 && free.get(Needs.jobs) !== 0) {
    const line = next(lines, blocked)
    if (line === undefined) break
    const left = blocked.size === 0 ? free : without(free, blocked)
    if (lacking(line.claim, left).length > 0) {
      blocked.add(line)
      continue
    }
    const waiter = line.waiters[line.head++]!
    give(line.claim, -1)
    waiter.state = "Granted"
    result.push(waiter)
  }
  return result
}

/** What is left beside what is set aside for those who come first. */
const without = (free: Needs.Permits, blocked: ReadonlySet<Line>): Needs.Permits => {
  const left = new Map(free)
  for (const { claim } of blocked) {
    for (const [pool, n] of claim.permits) if (pool !== Needs.jobs) left.set(pool, (left.get(pool) ?? 0) - n)
  }
  return left
}

/** The names of the pools that have less than the claim needs; parts of cores add up to almost what they are. */
const lacking = ({ permits }: Claim, free: Needs.Permits): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (const [pool, n] of permits) if ((free.get(pool) ?? 0) + 1e-9 < n) names.push(pool)
  return names
}

/** The line whose first one comes next, of those that are not blocked. */
const next = (lines: Map<string, Line>, blocked: ReadonlySet<Line>): Line | undefined => {
  let best: Line | undefined
  for (const [name, line] of lines) {
    if (blocked.has(line)) continue
    while (line.waiters[line.head]?.state === "Gone") line.head++
    if (line.head === line.waiters.length) {
      lines.delete(name)
      continue
    }
    if (best === undefined || isBefore(line, best)) best = line
  }
  return best
}

const isBefore = (a: Line, b: Line): boolean =>
  a.claim.priority > b.claim.priority ||
  (a.claim.priority === b.claim.priority && a.waiters[a.head]!.sequence < b.waiters[b.head]!.sequence)
