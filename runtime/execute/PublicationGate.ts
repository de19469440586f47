/**
 * Lets steps publish together that end within moments of each other.
 *
 * A transaction costs a sync of the disk, whether one step is in it or a
 * hundred. A step that is ready to be published waits for attempts that began a
 * moment ago, because they end soon, but never long; attempts that have been
 * going on for a while hold up nobody.
 */
import * as Effect from "effect/Effect"

export interface PublicationGate {
  /** An attempt that is about to be made: it counts from its beginning to its end. */
  readonly attempt: () => { readonly begin: Effect.Effect<void>; readonly end: Effect.Effect<void> }
  /** Waits for those who may come along. */
  readonly pass: Effect.Effect<void>
}

/** Milliseconds, of the clock on the wall: they are the disk's, not the run's. */
const patience = 20
const moment = 50

export const make = (): PublicationGate => {
  const begun = new Set<{ at: number }>()
  const waiting = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined

  const open = () => {
    clearTimeout(timer)
    timer = undefined
    const all = [...waiting]
    waiting.clear()
    for (const resume of all) resume()
  }
  const mayCome = () => {
    const since = performance.now() - moment
    for (const { at } of begun) if (at > since) return true
    return false
  }
  const openIfComplete = () => {
    if (waiting.size > 0 && !mayCome()) open()
  }
  return {
    attempt: () => {
      const one = { at: Number.NEGATIVE_INFINITY }
      return {
        begin: Effect.sync(() => {
          one.at = performance.now()
          begun.add(one)
        }),
        end: Effect.sync(() => {
          begun.delete(one)
          openIfComplete()
        })
      }
    },
    // Whoever was given the permits of an attempt that has just ended begins first.
    pass: Effect.andThen(
      Effect.yieldNow,
      Effect.callback((resume) => {
        const one = () => resume(Effect.void)
        waiting.add(one)
        timer ??= setTimeout(open, patience)
        openIfComplete()
        return Effect.sync(() => void waiting.delete(one))
      })
    )
  }
}
