/**
 * What goes to one server: batches in the order of their lines, sent by a fiber
 * of its own, and what came of them.
 *
 * A server that no attempt reaches is given up: everything from there on is left
 * for the next attempt at the file. So what was accepted is what comes before a
 * place in the file, and of records with the same key the last one stays last.
 */
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Delivered, Refused } from "../../resources/Deliveries.ts"
import type * as Memcached from "../../resources/Memcached.ts"
import * as MetaSet from "../../resources/memcached/MetaSet.ts"
import type * as Messages from "./Messages.ts"

/** The messages of a block, and where in the file the block stands. */
export interface Parcel {
  readonly messages: Messages.Messages
  /** Lines of the file before the block. */
  readonly firstLine: number
  /** Of the block's first byte, and of the first one behind it. */
  readonly offset: number
  readonly end: number
}

export interface Outbox {
  /** Hands over a parcel; waits while too many are on their way. */
  readonly put: (parcel: Parcel) => Effect.Effect<void>
  /** Waits until all came to an end. */
  readonly finish: Effect.Effect<void>
  readonly state: () => State
}

export interface State {
  /** Records that the server has accepted, in earlier attempts too. */
  readonly accepted: number
  /** Records that it has not, in earlier attempts for ever. */
  readonly refused: number
  /** What the next attempt has to know. */
  readonly delivered: Delivered
  /** Why the server was given up. */
  readonly unavailable: Memcached.MemcachedUnavailable | undefined
}

/** `refused` hears of every record that is not in memcached, `free` of every buffer that is not needed any more. */
export const make = Effect.fnUntraced(function* (options: {
  readonly server: Memcached.Server
  readonly before: Delivered
  readonly refused: (records: ReadonlyArray<Refused>) => Effect.Effect<void>
  readonly free: (bytes: Uint8Array) => void
}): Effect.fn.Return<Outbox, never, Scope> {
  const { before, server } = options
  const queue = yield* Queue.bounded<Parcel, Done>(parcels)
  let { accepted } = before
  let refused = before.refused.length
  let unavailable: Memcached.MemcachedUnavailable | undefined
  /** Grows until the first record that has to be sent again. */
  let delivered = before
  let isWhole = true

  const refuse = (records: ReadonlyArray<Refused>) => {
    refused += records.length
    return options.refused(records)
  }

  const noteAnswer = (parcel: Parcel, answer: ReadonlyArray<Memcached.Refused>) => {
    const records = answer.map(({ index, reason }) => recordOf(parcel, index, reason))
    const again = answer.findIndex(({ isFinal }, n) => !isFinal || delivered.refused.length + n >= mostFinal)
    const sent = again < 0 ? parcel.messages.starts.length : answer[again]!.index
    if (isWhole) {
      delivered = {
        through: again < 0 ? parcel.end : records[again]!.offset,
        accepted: accepted + sent - (again < 0 ? answer.length : again),
        refused: [...delivered.refused, ...records.slice(0, again < 0 ? answer.length : again)]
      }
      isWhole = again < 0
    }
    accepted += parcel.messages.starts.length - answer.length
    return refuse(records)
  }

  const noteUnavailable = (parcel: Parcel, error: Memcached.MemcachedUnavailable) => {
    unavailable = error
    isWhole = false
    return refuse(Array.from(parcel.messages.starts, (_, index) => recordOf(parcel, index, error.message)))
  }

  const post = (parcel: Parcel) =>
    Effect.matchEffect(unavailable === undefined ? server.send(parcel.messages) : Effect.fail(unavailable), {
      onSuccess: (answer) => noteAnswer(parcel, answer),
      onFailure: (error) => noteUnavailable(parcel, error)
    }).pipe(Effect.ensuring(Effect.sync(() => options.free(parcel.messages.bytes))))

  const posting = yield* Effect.forkScoped(Stream.runForEach(Stream.fromQueue(queue), post))
  yield* options.refused(before.refused)
  return {
    put: (parcel) => (parcel.messages.starts.length === 0 ? Effect.void : Effect.asVoid(Queue.offer(queue, parcel))),
    finish: Effect.andThen(Queue.end(queue), Fiber.join(posting)),
    state: () => ({ accepted, refused, delivered, unavailable })
  }
})

/** On their way to one server: each of about a quarter of a block. */
const parcels = 4

/** Records refused for ever that an attempt remembers; those after them are sent again. */
const mostFinal = 1000

const recordOf = ({ firstLine, messages, offset }: Parcel, index: number, reason: string): Refused => ({
  line: firstLine + messages.lines[index]! + 1,
  offset: offset + messages.offsets[index]!,
  key: MetaSet.keyOf(messages, index),
  reason
})
