/**
 * A server of the seniority model to develop and test with: it answers what the
 * embedded model answers, as fast as a real one would, with faults on demand.
 *
 * A call takes a millisecond and as long as its roles take at the rate, and what
 * comes faster waits in a line.
 */
import * as grpc from "@grpc/grpc-js"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as EmbeddedSeniorityModel from "../EmbeddedSeniorityModel.ts"
import type { Fault } from "./Faults.ts"
import * as Protocol from "./Protocol.ts"

/** The server cannot listen. */
export class ServerNotStarted extends Schema.TaggedError<ServerNotStarted>()("ServerNotStarted", {
  address: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `nothing can be served at ${this.address}: ${this.reason}; choose another host or port`
  }
}

export interface Options {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** Roles a second. */
  readonly rate: number
  /** The faults of a call, counted from 1. */
  readonly faults: (call: number) => ReadonlyArray<Fault>
}

export interface Server {
  readonly port: number
  readonly counts: () => Counts
  /** Tells all clients to connect again, once their calls are done. */
  readonly goAway: Effect.Effect<void>
}

export interface Counts {
  readonly calls: number
  readonly roles: number
  /** Calls that are being answered. */
  readonly open: number
  /** Calls that their clients gave up. */
  readonly cancelled: number
}

/** Serves until the scope ends; calls that are being answered are then waited for, for a while. */
export const start = Effect.fn("SeniorityServer.start")(function* (options: Options) {
  const server = yield* Effect.acquireRelease(
    // What goes wrong is told by errors, not beside them.
    Effect.sync(() => grpc.setLogVerbosity(grpc.logVerbosity.NONE)).pipe(
      Effect.map(() => new grpc.Server({ "grpc.max_receive_message_length": Protocol.largest }))
    ),
    stop
  )
  const port = yield* bind(server, options)
  const goAway = Effect.sync(() => server.drain(`${options.host}:${port}`, 1000))
  const counts = { calls: 0, roles: 0, open: 0, cancelled: 0 }
  const line = { free: 0 }

  const answer = Effect.fnUntraced(function* (request: Uint8Array) {
    const faults = options.faults(++counts.calls)
    const batch = yield* Effect.try({ try: () => Protocol.decodeRequest(request), catch: () => unreadable })
    counts.roles += batch.length
    for (const fault of faults) if (fault._tag === "GoAway") yield* goAway
    const status = faults.find((fault) => fault._tag === "Status")
    if (status !== undefined) return yield* Effect.fail(statusOf(status))
    const later = faults.reduce((sum, fault) => sum + (fault._tag === "Latency" ? fault.millis : 0), 0)
    const now = yield* Clock.currentTimeMillis
    line.free = Math.max(now, line.free) + (batch.length * 1000) / options.rate
    yield* Effect.sleep(Math.max(1, line.free - now) + later)
    return yield* reply(batch, faults)
  })

  const run = Effect.runForkWith(yield* Effect.context<never>())
  const handle: grpc.handleUnaryCall<Uint8Array, Uint8Array> = (call, respond) => {
    counts.open++
    const fiber = run(answer(call.request))
    call.on("cancelled", () => fiber.interruptUnsafe())
    fiber.addObserver((exit) => {
      counts.open--
      if (call.cancelled) counts.cancelled++
      if (Exit.isSuccess(exit)) return respond(null, exit.value)
      const failure = exit.cause.reasons.find((reason) => reason._tag === "Fail")
      respond(failure === undefined ? { code: grpc.status.INTERNAL, details: String(exit.cause) } : failure.error)
    })
  }
  server.addService({ inferSeniority: Protocol.inferSeniority }, { inferSeniority: handle })
  const result: Server = { port, counts: () => ({ ...counts }), goAway }
  return result
})

const bind = (server: grpc.Server, { host, port }: Options) =>
  Effect.callback<number, ServerNotStarted>((resume) => {
    const address = `${host}:${port}`
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      resume(
        error === null ? Effect.succeed(bound) : Effect.fail(new ServerNotStarted({ address, reason: error.message }))
      )
    )
  })

/** No new calls; the last ones get two seconds. */
const stop = (server: grpc.Server) =>
  Effect.callback<void>((resume) => server.tryShutdown(() => resume(Effect.void))).pipe(
    Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.sync(() => server.forceShutdown()) })
  )

interface Refusal {
  readonly code: grpc.status
  readonly details: string
  readonly metadata?: grpc.Metadata
}

const unreadable: Refusal = { code: grpc.status.INVALID_ARGUMENT, details: "the request is no batch of roles" }

const statusOf = ({ code, pushbackMillis }: Extract<Fault, { readonly _tag: "Status" }>): Refusal => {
  const metadata = new grpc.Metadata()
  if (pushbackMillis !== undefined) metadata.set(Protocol.pushback, `${pushbackMillis}`)
  const known = Object.entries(grpc.status).find(([name]) => name === code)?.[1]
  return { code: typeof known === "number" ? known : grpc.status.UNKNOWN, details: "a fault on demand", metadata }
}

const reply = Effect.fnUntraced(function* (batch: ReadonlyArray<Protocol.Asked>, faults: ReadonlyArray<Fault>) {
  let answers: Array<Protocol.Answered> = batch.map(({ title, uuid }) => ({
    uuid,
    seniority: EmbeddedSeniorityModel.read(title)
  }))
  for (const fault of faults) {
    if (fault._tag === "Garbage") return Buffer.from("this is no message")
    if (fault._tag === "Oversize") return new Uint8Array(Protocol.largest + 1)
    if (fault._tag === "Reorder") answers = yield* Random.shuffle(answers)
    if (fault._tag === "WrongUuid" && answers[0] !== undefined) answers[0] = { ...answers[0], uuid: -1 }
    if (fault._tag === "Drop")
      answers = yield* Effect.filter(answers, () => Effect.map(Random.next, (n) => n >= fault.share))
  }
  return Protocol.encodeReply(answers)
})
