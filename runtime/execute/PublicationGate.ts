/**
 * Lets steps be recorded together that end within moments of each other.
 *
 * A transaction costs a sync of the disk, whether one step is in it or a
 * hundred. What has ended waits for those who come at once, and for attempts
 * that began a moment ago, because they end soon, but never long; attempts that
 * have been going on for a while hold up nobody.
 */
import * as Effect from "effect/Effect"

export interface PublicationGate<A> {
  /** An attempt that is about to be made: it counts from now until it is said to be over. */
  readonly begin: () => () => void
  readonly arrive: (ended: A) => void
  /** Waits for one to arrive, and for those who may come along. */
  readonly group: Effect.Effect<ReadonlyArray<A>>
}

/** Milliseconds, of the clock on the wall: they are the disk's, not the run's. */
const patience = 20
const moment = 50

export const make = <A>(): PublicationGate<A> => {
  const begun = new Set<{ readonly at: number }>()
  let arrived: Array<A> = []
  let open: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let look: NodeJS.Immediate | undefined

  const mayCome = () => {
    const since = performance.now() - moment
    for (const { at } of begun) if (at > since) return true
    return false
  }
  /** Whoever was given the permits of an attempt that has just ended begins before it is looked again. */
  const lookSoon = () => {
    const before = arrived.length
    look ??= setImmediate(() => {
      look = undefined
      if (arrived.length > before) lookSoon()
      else if (!mayCome()) open?.()
    })
  }
  const wait = () => {
    if (open === undefined || arrived.length === 0) return
    timer ??= setTimeout(open, patience)
    lookSoon()
  }
  return {
    begin: () => {
      const one = { at: performance.now() }
      begun.add(one)
      return () => {
        begun.delete(one)
        wait()
      }
    },
    arrive: (ended) => {
      arrived.push(ended)
      wait()
    },
    group: Effect.callback((resume) => {
      const close = () => {
        clearTimeout(timer)
        clearImmediate(look)
        open = timer = look = undefined
      }
      open = () => {
        close()
        const group = arrived
        arrived = []
        resume(Effect.succeed(group))
      }
      wait()
      return Effect.sync(close)
    })
  }
}
