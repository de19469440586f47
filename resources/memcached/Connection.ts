/**
 * One connection to a memcached: commands go out, the lines that it answers
 * until its `MN` come back.
 *
 * A connection that was lost, or silent for too long, is over; what was on its
 * way when that happened may or may not have been stored.
 */
import { connect, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** There is no answer: nothing listens, the connection broke, or it was silent for too long. */
export class ConnectionLost extends Schema.TaggedError<ConnectionLost>()("ConnectionLost", {
  address: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `memcached at ${this.address} ${this.reason}`
  }
}

export interface Connection {
  /** Sends commands, and gives the lines that come before the `MN` of the `mn` that follows them. One at a time. */
  readonly exchange: (commands: Uint8Array) => Effect.Effect<ReadonlyArray<string>, ConnectionLost>
  /** Whether it can still be used. */
  readonly isOpen: () => boolean
  readonly close: () => void
}

/** Connects to `host:port`; no call takes longer than `timeout` milliseconds without a sign of life. */
export const open = (address: string, timeout: number): Effect.Effect<Connection, ConnectionLost> =>
  Effect.callback((resume) => {
    const { host, port } = placeOf(address)
    const socket = connect({ host, port, noDelay: true, timeout })
    socket.once("connect", () => resume(Effect.succeed(make(address, socket, timeout))))
    socket.once("timeout", () => {
      socket.destroy()
      resume(lost(address, `does not take a connection within ${timeout} ms`))
    })
    socket.once("error", (error: NodeJS.ErrnoException) => resume(lost(address, told(error))))
    return Effect.sync(() => socket.destroy())
  })

const make = (address: string, socket: Socket, timeout: number): Connection => {
  let waiting: ((exit: Effect.Effect<ReadonlyArray<string>, ConnectionLost>) => void) | undefined
  let lines: Array<string> = []
  let rest = ""
  let reason: string | undefined

  const settle = (exit: Effect.Effect<ReadonlyArray<string>, ConnectionLost>): void => {
    const resume = waiting
    waiting = undefined
    socket.setTimeout(0)
    resume?.(exit)
  }
  const end = (why: string): void => {
    reason ??= why
    socket.destroy()
    settle(lost(address, reason))
  }
  socket.removeAllListeners("timeout").removeAllListeners("error")
  socket.setTimeout(0)
  socket.on("error", (error) => end(told(error)))
  socket.on("timeout", () => end(`was silent for ${timeout} ms`))
  socket.on("close", () => end("closed the connection"))
  socket.on("data", (data) => {
    const found = (rest + data.toString("latin1")).split("\r\n")
    rest = found.pop()!
    for (const line of found) {
      if (line !== "MN") lines.push(line)
      else {
        const all = lines
        lines = []
        settle(Effect.succeed(all))
      }
    }
  })
  return {
    exchange: (commands) =>
      Effect.callback((resume) => {
        if (reason !== undefined) return resume(lost(address, reason))
        waiting = resume
        socket.setTimeout(timeout)
        socket.cork()
        socket.write(commands)
        socket.write(barrier)
        socket.uncork()
        // What is still to be answered would be taken for an answer to something else.
        return Effect.sync(() => end("was given up"))
      }),
    isOpen: () => reason === undefined,
    close: () => end("is closed")
  }
}

const barrier = Buffer.from("mn\r\n")

/** The port is what follows the last colon, so that `[::1]:11211` is an address too. */
const placeOf = (address: string): { readonly host: string; readonly port: number } => {
  const colon = address.lastIndexOf(":")
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(address.slice(colon + 1)) }
}

const lost = (address: string, reason: string) => Effect.fail(new ConnectionLost({ address, reason }))

const told = (error: NodeJS.ErrnoException): string => {
  switch (error.code) {
    case "ECONNREFUSED":
      return "refuses connections"
    case "ECONNRESET":
    case "EPIPE":
      return "broke the connection"
    case "ENOTFOUND":
      return "has no such host"
  }
  return `cannot be reached (${error.code ?? error.message})`
}
