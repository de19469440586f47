/**
 * An HTTP/2 server that answers unary gRPC calls as its script says, right or
 * wrong, down to the frames.
 */
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2"
import { createServer as createTcpServer, connect, type AddressInfo, type Socket } from "node:net"
import * as Effect from "effect/Effect"

/** Where in a unary call its status comes. */
export type Moment = "before headers" | "after headers" | "after the message"

export type Answer =
  /** The message, and the status 0. */
  | { readonly _tag: "Message"; readonly bytes: Uint8Array }
  | {
      readonly _tag: "Status"
      readonly code: number
      readonly moment: Moment
      readonly bytes?: Uint8Array
      readonly trailers?: Readonly<Record<string, string>>
    }
  /** Nothing, or headers and then nothing. */
  | { readonly _tag: "Silence"; readonly headers: boolean }
  /** The status 0 without a message. */
  | { readonly _tag: "NoMessage" }
  /** A part of a message that is longer, and the status 0. */
  | { readonly _tag: "HalfMessage" }
  /** RST_STREAM with this code of HTTP/2. */
  | { readonly _tag: "Reset"; readonly code: number }
  /** GOAWAY: the call is answered, or was not looked at, which the first of a connection cannot say. */
  | { readonly _tag: "GoAway"; readonly processed: boolean; readonly bytes: Uint8Array }
  /** The connection is cut. */
  | { readonly _tag: "Cut" }

export interface GrpcServer {
  readonly port: number
  readonly calls: () => number
  readonly connections: () => number
  /** Calls that are neither answered nor given up. */
  readonly open: () => number
  /** From now on nothing passes through the connections that are there, which nobody is told. */
  readonly freeze: () => void
}

/** `script` is asked for the answer to each call, counted from 1. */
export const start = (script: (call: number, request: Uint8Array) => Answer) =>
  Effect.gen(function* () {
    const state = { calls: 0, connections: 0, open: new Set<ServerHttp2Stream>() }
    const sessions = new Set<Http2Session>()
    const sockets = new Set<Socket>()
    const cut = () => {
      for (const socket of sockets) socket.destroy()
    }
    const server = createServer()
    server.on("session", (session) => {
      sessions.add(session)
      state.connections++
      session.on("close", () => sessions.delete(session))
      session.on("error", () => {})
    })
    server.on("stream", (stream) => {
      const parts: Array<Buffer> = []
      state.open.add(stream)
      stream.on("close", () => state.open.delete(stream))
      stream.on("error", () => {})
      stream.on("data", (data: Buffer) => parts.push(data))
      stream.on("end", () => answer(stream, script(++state.calls, Buffer.concat(parts).subarray(5)), cut))
    })
    yield* listening(server)
    const { port: inner } = server.address() as AddressInfo

    const proxy = createTcpServer((socket) => {
      const to = connect(inner, "127.0.0.1")
      for (const [from, into] of [
        [socket, to],
        [to, socket]
      ] as const) {
        sockets.add(from)
        from.on("error", () => into.destroy())
        from.on("close", () => {
          sockets.delete(from)
          into.destroy()
        })
        from.on("data", (data) => void into.write(data))
      }
    })
    yield* listening(proxy)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        cut()
        for (const session of sessions) session.destroy()
        proxy.close()
        server.close()
      })
    )
    const result: GrpcServer = {
      port: (proxy.address() as AddressInfo).port,
      calls: () => state.calls,
      connections: () => state.connections,
      open: () => state.open.size,
      freeze: () => {
        for (const socket of sockets) socket.pause()
      }
    }
    return result
  })

interface Listener {
  listen(port: number, host: string, done: () => void): unknown
}

const listening = (server: Listener) =>
  Effect.callback<void>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.void))
  })

const headers = { ":status": 200, "content-type": "application/grpc+proto" }

const answer = (stream: ServerHttp2Stream, how: Answer, cut: () => void): void => {
  if (how._tag === "Message") complete(stream, framed(how.bytes), { "grpc-status": "0" })
  if (how._tag === "NoMessage") complete(stream, undefined, { "grpc-status": "0" })
  if (how._tag === "HalfMessage") complete(stream, framed(new Uint8Array(100)).subarray(0, 50), { "grpc-status": "0" })
  if (how._tag === "Status") end(stream, how)
  if (how._tag === "Silence" && how.headers) stream.respond(headers)
  if (how._tag === "Reset") stream.close(how.code)
  if (how._tag === "GoAway") {
    stream.session!.goaway(0, how.processed ? 2 ** 31 - 1 : stream.id! - 2)
    if (how.processed) complete(stream, framed(how.bytes), { "grpc-status": "0" })
  }
  if (how._tag === "Cut") cut()
}

const end = (stream: ServerHttp2Stream, { bytes, code, moment, trailers }: Extract<Answer, { _tag: "Status" }>) => {
  const status = { "grpc-status": `${code}`, "grpc-message": "as the script says", ...trailers }
  if (moment === "before headers") stream.respond({ ...headers, ...status }, { endStream: true })
  else complete(stream, moment === "after headers" ? undefined : framed(bytes!), status)
}

const complete = (stream: ServerHttp2Stream, body: Uint8Array | undefined, trailers: Record<string, string>) => {
  stream.respond(headers, { waitForTrailers: true })
  stream.on("wantTrailers", () => stream.sendTrailers(trailers))
  if (body === undefined) stream.end()
  else stream.end(body)
}

/** One message with its flag and length. */
const framed = (bytes: Uint8Array): Uint8Array => {
  const frame = Buffer.alloc(5 + bytes.length)
  frame.writeUInt32BE(bytes.length, 1)
  frame.set(bytes, 5)
  return frame
}
