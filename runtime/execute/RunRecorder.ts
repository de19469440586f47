/**
 * What a run says of itself: on its way into the state, and to who listens.
 *
 * What may be lost with the process, such as that an attempt has started, is
 * *noted*: it goes with the next events that are recorded, so it costs no
 * transaction of its own. Notes never overtake other events of the run.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Event } from "../event/Event.ts"
import { Catalog, type LeaseLost, type Publication, type PublicationConflict } from "../record/Catalog.ts"
import { EventLog } from "../record/EventLog.ts"
import type { StateError } from "../record/StateError.ts"
import { RunListener } from "./RunListener.ts"

export interface RunRecorder {
  /** Heard now, and recorded with what is recorded next. */
  readonly note: (events: ReadonlyArray<Event>) => Effect.Effect<void>
  /** Recorded, then heard. */
  readonly record: (events: ReadonlyArray<Event>) => Effect.Effect<void, StateError>
  /** Published, and its events recorded with it, then heard. */
  readonly publish: (publication: Publication) => Effect.Effect<void, PublicationConflict | LeaseLost | StateError>
  /** Records notes that nothing came to take along for a tenth of a second; does not end. */
  readonly flush: Effect.Effect<never, StateError>
}

export const make: Effect.Effect<RunRecorder, never, EventLog | Catalog> = Effect.gen(function* () {
  const log = yield* EventLog
  const catalog = yield* Catalog
  const listener = yield* RunListener
  /** By step, so that the end of one of thousands finds its own. */
  const notes = new Map<number | undefined, ReadonlyArray<Event>>()

  /** Takes the notes of some steps along; they are there again when the recording fails. */
  const withNotes = <A, E>(
    steps: Iterable<number | undefined>,
    record: (notes: ReadonlyArray<Event>) => Effect.Effect<A, E>
  ) =>
    Effect.suspend(() => {
      const taken = [...new Set(steps)].map((step) => [step, notes.get(step) ?? []] as const)
      for (const [step] of taken) notes.delete(step)
      return Effect.onError(record(taken.flatMap(([, events]) => events)), () =>
        Effect.sync(() => {
          for (const [step, events] of taken) notes.set(step, [...events, ...(notes.get(step) ?? [])])
        })
      )
    }).pipe(Effect.uninterruptible)

  const append = (events: ReadonlyArray<Event>) =>
    Effect.suspend(() => withNotes(notes.keys(), (notes) => log.append([...notes, ...events])))
  /** The steps that had notes at the last look. */
  let before: ReadonlySet<number | undefined> = new Set()
  const flush = Effect.suspend(() => {
    const left = [...notes.keys()].filter((step) => before.has(step))
    before = new Set(notes.keys())
    return left.length === 0 ? Effect.void : withNotes(left, log.append)
  })
  return {
    note: (events) =>
      Effect.suspend(() => {
        for (const event of events) notes.set(stepOf(event), [...(notes.get(stepOf(event)) ?? []), event])
        return listener.on(events)
      }),
    record: (events) => Effect.andThen(append(events), listener.on(events)),
    publish: (publication) =>
      Effect.andThen(
        // Notes of other steps would come after what these publish meanwhile, if this publication is refused.
        withNotes(publication.events.map(stepOf), (notes) =>
          catalog.publish({ ...publication, events: [...notes, ...publication.events] })
        ),
        listener.on(publication.events)
      ),
    flush: Effect.andThen(Effect.repeat(flush, Schedule.spaced("100 millis")), Effect.never)
  }
})

const stepOf = (event: Event): number | undefined => ("step" in event ? event.step : undefined)
