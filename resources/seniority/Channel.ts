/**
 * A connection to a server of the model. It is made by the first call, made
 * again after it broke, and given up while nobody calls.
 */
import * as grpc from "@grpc/grpc-js"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Protocol from "./Protocol.ts"
import { CallFailed } from "./Status.ts"

export interface Channel {
  /** One call, given up after so many milliseconds; interrupting it cancels it at the server. */
  readonly call: (request: Uint8Array, timeoutMillis: number) => Effect.Effect<Uint8Array, CallFailed>
}

export interface Options {
  /** Host and port. */
  readonly target: string
  readonly tls: boolean
  /** Milliseconds in a call without a sign of the server until it is asked for one, and until that is missed. */
  readonly keepalive?: { readonly timeMillis: number; readonly timeoutMillis: number } | undefined
}

/** Servers count pings against their clients, so they are rare. */
const keepalive = { timeMillis: 20_000, timeoutMillis: 5000 }

export const make = Effect.fnUntraced(function* (options: Options) {
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => open(options)),
    (client) => Effect.sync(() => client.close())
  )
  const { path, requestSerialize, responseDeserialize } = Protocol.inferSeniority
  const channel: Channel = {
    call: Effect.fnUntraced(function* (request, timeoutMillis) {
      const deadline = (yield* Clock.currentTimeMillis) + timeoutMillis
      return yield* Effect.callback<Uint8Array, CallFailed>((resume) => {
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          new grpc.Metadata(),
          { deadline },
          (error, reply) => resume(error === null ? Effect.succeed(reply!) : Effect.fail(failed(error)))
        )
        return Effect.sync(() => call.cancel())
      })
    })
  }
  return channel
})

const open = ({ keepalive: { timeMillis, timeoutMillis } = keepalive, target, tls }: Options): grpc.Client =>
  new grpc.Client(target, tls ? grpc.credentials.createSsl() : grpc.credentials.createInsecure(), {
    // Calls that no server has looked at, as it went away, are made again here; all others by the table of statuses.
    "grpc.enable_retries": 1,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    // A proxy of the environment is for servers elsewhere.
    "grpc.enable_http_proxy": tls ? 1 : 0,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 5000,
    "grpc.keepalive_time_ms": timeMillis,
    "grpc.keepalive_timeout_ms": timeoutMillis,
    // A connection that nobody has used for a while may be dead without anybody knowing.
    "grpc.client_idle_timeout_ms": 60_000,
    "grpc.max_receive_message_length": Protocol.largest,
    "grpc.max_send_message_length": Protocol.largest
  })

const failed = ({ code, details, metadata }: grpc.ServiceError): CallFailed => {
  const pushback = metadata?.get(Protocol.pushback)[0]
  return new CallFailed({
    status: grpc.status[code] ?? `status ${code}`,
    details: details ?? "",
    ...(pushback === undefined ? {} : { pushbackMillis: delayOf(String(pushback)) })
  })
}

/** As gRFC A6 has it: what is no whole number of 0 or more means never. */
const delayOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : -1)
