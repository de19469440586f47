/**
 * The scripts of the role cache on a connection that may fail in any way.
 *
 * A command waits for a connection and for its answer only so long. After five
 * failures in a row, Redis is left alone but for one question a second, and
 * everything else fails at once: an outage costs some seconds, whatever is asked.
 */
import type { Redis } from "ioredis"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import type { Script } from "./RoleScripts.ts"
import * as RoleRegistry from "./RoleRegistry.ts"

/** Redis did not answer, or said that it cannot. */
export class RedisFault extends Schema.TaggedError<RedisFault>()("RedisFault", { reason: Schema.String }) {
  override get message() {
    return this.reason
  }
}

export type Argument = string | number | Buffer

export interface RoleRedis {
  /** The answer of a script; texts in it are buffers, and nothing is `null`. */
  readonly run: (script: Script, args: ReadonlyArray<Argument>) => Effect.Effect<unknown, RedisFault>
  /** What `INFO` says in these sections, by name. */
  readonly info: (...sections: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, string>, RedisFault>
}

/** How long a connection and an answer are waited for. */
const patience = "1 second"

export const make = Effect.fnUntraced(function* (client: Redis) {
  const breaker = yield* CircuitBreaker.make({ tripPolicy: CircuitBreaker.consecutive(5), openDuration: "1 second" })

  const once = <A>(command: () => Promise<A>): Effect.Effect<A, RedisFault> =>
    Effect.andThen(ready(client), Effect.tryPromise({ try: command, catch: faultOf })).pipe(
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(new RedisFault({ reason: `Redis does not answer (${client.status})` }))
      }),
      inRealTime
    )

  const guarded = <A>(self: Effect.Effect<A, RedisFault>): Effect.Effect<A, RedisFault> =>
    breaker.execute(self, { key: "roles" }).pipe(
      inRealTime,
      Effect.catchTag("CircuitBreakerError", () =>
        Effect.fail(new RedisFault({ reason: "Redis failed five times and is left alone for a second" }))
      )
    )

  /** By its name, and with its text where Redis does not know it yet. */
  const evaluate = (script: Script, args: ReadonlyArray<Argument>) => () => {
    const rest = [1, RoleRegistry.key, ...args]
    return client
      .callBuffer("EVALSHA", script.sha, ...rest)
      .catch((cause: unknown) =>
        String(cause).includes("NOSCRIPT") ? client.callBuffer("EVAL", script.lua, ...rest) : Promise.reject(cause)
      )
  }

  return {
    run: (script, args) => guarded(once(evaluate(script, args))),
    info: (...sections) => Effect.map(guarded(once(() => client.info(...sections))), parseInfo)
  } satisfies RoleRedis as RoleRedis
})

/** Waits for the connection to be ready. A client that was ended will never be. */
const ready = (client: Redis) =>
  Effect.callback<void, RedisFault>((resume) => {
    const done = () => resume(Effect.void)
    const ended = () => resume(Effect.fail(new RedisFault({ reason: "the connection to Redis was ended" })))
    if (client.status === "ready") return done()
    if (client.status === "end") return ended()
    client.once("ready", done)
    client.once("end", ended)
    return Effect.sync(() => {
      client.off("ready", done)
      client.off("end", ended)
    })
  })

/** The server's time is real, also where the clock of the program stands still. */
const inRealTime = Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())

const faultOf = (cause: unknown) =>
  new RedisFault({ reason: `Redis: ${cause instanceof Error ? cause.message : String(cause)}` })

const parseInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\r\n").flatMap((line) => {
      const colon = line.indexOf(":")
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : []
    })
  )
