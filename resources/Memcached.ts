/**
 * Memcached servers, written to in batches over connections that stay open.
 *
 * A batch counts as a whole: it was accepted when the server has answered for
 * all of it, and is sent again when it has not, which does no harm as a set
 * repeated is the same set. Which of its records a server refused is found out
 * one by one.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import * as Connection from "./memcached/Connection.ts"
import * as MetaSet from "./memcached/MetaSet.ts"

/** Every attempt at a batch failed. */
export class MemcachedUnavailable extends Schema.TaggedError<MemcachedUnavailable>()("MemcachedUnavailable", {
  address: Schema.String,
  attempts: Schema.Int,
  reason: Schema.String
}) {
  override get message() {
    return `memcached at ${this.address} ${this.reason}, ${this.attempts} times: start it, or name another one`
  }
}

/** A record that the server did not take. */
export interface Refused {
  /** Of its command in the batch. */
  readonly index: number
  readonly reason: string
  /** Whether the server would refuse it again: it is too large. */
  readonly isFinal: boolean
}

/** A server, written to by one fiber at a time. */
export interface Server {
  readonly address: string
  /** Sends a batch; gives the records of it that the server refused, when it has answered for all. */
  readonly send: (batch: MetaSet.Batch) => Effect.Effect<ReadonlyArray<Refused>, MemcachedUnavailable>
}

export interface Settings {
  /** Without a sign of life from the server. */
  readonly timeout: Duration.Input
  /** The first one included. */
  readonly attempts: number
  /** Between them. */
  readonly delay: Duration.Input
}

export class Memcached extends Context.Service<
  Memcached,
  {
    /** The server at `host:port`, over a connection of its own that others use again after the scope. */
    readonly server: (address: string) => Effect.Effect<Server, never, Scope>
  }
>()("strata/resources/Memcached") {}

export const standard: Settings = { timeout: "4 seconds", attempts: 3, delay: "100 millis" }

export const layerWith = (settings: Settings): Layer.Layer<Memcached> =>
  Layer.effect(
    Memcached,
    Effect.gen(function* () {
      const idle = new Map<string, Array<Connection.Connection>>()
      const kept = (address: string) => {
        const found = idle.get(address) ?? []
        idle.set(address, found)
        return found
      }
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          for (const connection of [...idle.values()].flat()) connection.close()
        })
      )
      return {
        server: (address) =>
          Effect.gen(function* () {
            const held: Held = { connection: undefined }
            const release = Effect.sync(() => {
              if (held.connection?.isOpen()) kept(address).push(held.connection)
            })
            yield* Effect.addFinalizer(() => release)
            return { address, send: send(address, settings, held, kept(address)) }
          })
      }
    })
  )

/** As the settings say: `STRATA_MEMCACHED_TIMEOUT`, 4 seconds without it. */
export const layer = Layer.unwrap(
  Effect.map(
    Config.Duration("STRATA_MEMCACHED_TIMEOUT").pipe(Config.withDefault(Duration.fromInputUnsafe(standard.timeout))),
    (timeout) => layerWith({ ...standard, timeout })
  )
)

interface Held {
  connection: Connection.Connection | undefined
}

const send = (address: string, settings: Settings, held: Held, idle: Array<Connection.Connection>): Server["send"] => {
  const timeout = Duration.toMillis(Duration.fromInputUnsafe(settings.timeout))
  const connection = Effect.gen(function* () {
    while (held.connection === undefined || !held.connection.isOpen()) {
      held.connection = idle.pop() ?? (yield* Connection.open(address, timeout))
    }
    return held.connection
  })
  const attempt = Effect.fnUntraced(function* (batch: MetaSet.Batch) {
    const quiet = yield* connection
    const complaints = yield* quiet.exchange(batch.bytes)
    return complaints.length === 0 ? [] : yield* refusals(address, quiet, batch)
  })
  return (batch) =>
    Effect.suspend(() => attempt(batch)).pipe(
      Effect.retry({ schedule: Schedule.spaced(settings.delay), times: settings.attempts - 1 }),
      Effect.mapError(({ reason }) => new MemcachedUnavailable({ address, attempts: settings.attempts, reason }))
    )
}

/** A complaint does not say which record it is about, so all are sent again, each with an answer. */
const refusals = Effect.fnUntraced(function* (
  address: string,
  connection: Connection.Connection,
  batch: MetaSet.Batch
): Effect.fn.Return<ReadonlyArray<Refused>, Connection.ConnectionLost> {
  const answers = yield* connection.exchange(MetaSet.answered(batch))
  if (answers.length !== batch.starts.length) {
    connection.close()
    const reason = `answers ${JSON.stringify(answers[0])}, which no memcached 1.6 does`
    return yield* new Connection.ConnectionLost({ address, reason })
  }
  return answers.flatMap((answer, index) => (answer === stored ? [] : [refusal(answer, index)]))
})

const stored = "HD"

const refusal = (answer: string, index: number): Refused => ({
  index,
  reason: answer.replace(/^(SERVER|CLIENT)_ERROR /, "memcached: "),
  isFinal: answer.includes("too large")
})
