/**
 * A connection to Redis that is never waited for long.
 *
 * It connects when it is first used. While the server is away commands fail at
 * once instead of queueing up, one that is not answered in time fails and takes
 * its connection along, and attempts to connect again are spread further and
 * further apart. Nothing is sent twice.
 */
import type { ChainableCommander, Redis as Client } from "ioredis"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as CircuitBreaker from "./CircuitBreaker.ts"

/** The server cannot be reached, or did not answer in time. */
export class RedisUnavailable extends Schema.TaggedError<RedisUnavailable>()("RedisUnavailable", {
  address: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the Redis server ${this.address} cannot be used: ${this.reason}; see that it runs and that STRATA_REDIS_URL names it`
  }
}

/** The server answered a command with an error. */
export class RedisRefused extends Schema.TaggedError<RedisRefused>()("RedisRefused", {
  address: Schema.String,
  reply: Schema.String
}) {
  override get message() {
    return `the Redis server ${this.address} refused a command: ${this.reply}; see its settings and those of STRATA_REDIS_URL`
  }
}

export type RedisError = RedisUnavailable | RedisRefused

/** The setting is no address of a Redis server. Its text may hold a password, so it is not repeated. */
export class InvalidRedisUrl extends Schema.TaggedError<InvalidRedisUrl>()("InvalidRedisUrl", {
  reason: Schema.String
}) {
  override get message() {
    return `STRATA_REDIS_URL is no address of a Redis server: ${this.reason}; write redis://host:6379/0, or rediss:// for TLS`
  }
}

export class Redis extends Context.Service<
  Redis,
  {
    /** The server, without user and password. */
    readonly address: string
    /** Hands out the connected client. What it is asked has to be done in time. */
    readonly use: <A>(ask: (client: Client) => PromiseLike<A>) => Effect.Effect<A, RedisError>
    /** Sends commands in one go and gives their replies in order; it fails where one of them does. */
    readonly pipeline: (
      fill: (pipeline: ChainableCommander) => unknown
    ) => Effect.Effect<ReadonlyArray<unknown>, RedisError>
  }
>()("strata/resources/Redis") {}

export interface Options {
  readonly url: Redacted.Redacted<string>
  /** For connecting, and for what is asked at once; 1 second by default. */
  readonly timeout?: Duration.Input
}

/** The setting; absent when no Redis server is used. */
export const url = Config.Redacted("STRATA_REDIS_URL").pipe(Config.option)

/** The server at this address. */
export const layerUrl = (options: Options): Layer.Layer<Redis, InvalidRedisUrl> => Layer.effect(Redis, make(options))

/** The server of the settings: `STRATA_REDIS_URL`, and `STRATA_REDIS_TIMEOUT` where a second is not right. */
export const layer = Layer.effect(
  Redis,
  Effect.gen(function* () {
    const url = yield* Config.Redacted("STRATA_REDIS_URL")
    const timeout = yield* Config.Duration("STRATA_REDIS_TIMEOUT").pipe(Config.withDefault(Duration.seconds(1)))
    return yield* make({ url, timeout })
  })
)

/** The address without user and password, to be shown. */
export const address = (url: Redacted.Redacted<string>): Effect.Effect<string, InvalidRedisUrl> =>
  Effect.suspend(() => {
    const parsed = URL.parse(Redacted.value(url))
    if (parsed === null) return Effect.fail(new InvalidRedisUrl({ reason: "it is no URL" }))
    if (parsed.protocol !== "redis:" && parsed.protocol !== "rediss:") {
      return Effect.fail(new InvalidRedisUrl({ reason: `it begins with ${parsed.protocol}` }))
    }
    if (parsed.hostname === "") return Effect.fail(new InvalidRedisUrl({ reason: "it names no host" }))
    return Effect.succeed(`${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/$/, "")}`)
  })

/** Milliseconds before the n-th attempt to connect again: up to 5 seconds, and not the same for everybody. */
export const reconnectDelay = (attempt: number, random: number): number =>
  Math.round(Math.min(5000, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + random / 2))

const make = Effect.fnUntraced(function* ({ timeout = "1 second", url }: Options) {
  const shown = yield* address(url)
  const scope = yield* Effect.scope
  const unavailable = (reason: string) => new RedisUnavailable({ address: shown, reason })
  let trouble: string | undefined

  /** Only the first connection is waited for: later a server that is away would cost everybody the time. */
  const connected = yield* Effect.cached(
    Effect.gen(function* () {
      const client = yield* Scope.provide(connection(url, Duration.toMillis(timeout)), scope)
      // Commands report their own failures; without a listener this event would end the process.
      client.on("error", (error) => {
        trouble = error.message
      })
      yield* Effect.timeoutOption(firstConnection(client), timeout)
      return client
    }).pipe(Effect.uninterruptible)
  )
  const ready = Effect.filterOrFail(
    connected,
    (client) => client.status === "ready",
    (client) => unavailable(trouble ?? `it is not connected (${client.status})`)
  )

  const late = (client: Client) =>
    Effect.suspend(() => {
      // What it still owes would come in the place of later answers' time.
      client.disconnect(true)
      return Effect.fail(unavailable(`no answer in ${Duration.format(Duration.fromInputUnsafe(timeout))}`))
    })
  const ask = <A>(question: (client: Client) => PromiseLike<A>): Effect.Effect<A, RedisError> =>
    Effect.flatMap(ready, (client) =>
      Effect.tryPromise({ try: () => question(client), catch: (error) => failure(error, shown) }).pipe(
        Effect.timeoutOrElse({ duration: timeout, orElse: () => late(client) })
      )
    )

  const breaker = yield* CircuitBreaker.make<RedisError>({
    failures: 5,
    every: "1 second",
    probe: ask((client) => client.ping()),
    isFault: (error) => error._tag === "RedisUnavailable",
    refused: () => unavailable("it has not answered several times, and is left alone until it does")
  })
  const use = <A>(question: (client: Client) => PromiseLike<A>) => breaker.protect(ask(question))

  return Redis.of({
    address: shown,
    use,
    pipeline: (fill) =>
      use((client) => {
        const pipeline = client.pipeline()
        fill(pipeline)
        return pipeline.exec().then((replies) =>
          (replies ?? []).map(([error, reply]) => {
            if (error !== null) throw error
            return reply
          })
        )
      })
  })
})

/** A client that has not connected yet; the module that it comes from is loaded here. */
const connection = (url: Redacted.Redacted<string>, timeout: number) =>
  Effect.acquireRelease(
    Effect.map(
      Effect.promise(() => import("ioredis")),
      ({ Redis }) =>
        new Redis(Redacted.value(url), {
          lazyConnect: true,
          connectTimeout: timeout,
          enableOfflineQueue: false,
          maxRetriesPerRequest: 0,
          autoResendUnfulfilledCommands: false,
          keepAlive: 10_000,
          retryStrategy: (attempt) => reconnectDelay(attempt, Math.random())
        })
    ),
    (client) => Effect.sync(() => client.disconnect())
  )

/** Ends when the client is connected, or is not. */
const firstConnection = (client: Client) =>
  Effect.callback<void>((resume) => {
    client.once("ready", () => resume(Effect.void))
    client.once("close", () => resume(Effect.void))
    client.connect().catch(() => resume(Effect.void))
  })

/** Errors of the client hold the command, and so a password that was sent: only their text is kept. */
const failure = (error: unknown, address: string): RedisError => {
  const { message, name } = error as { readonly message: string; readonly name: string }
  return name === "ReplyError"
    ? new RedisRefused({ address, reply: message })
    : new RedisUnavailable({ address, reason: message })
}
