/** Stands between a client and a server, and is as bad a network as it is told to be. */
import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"

export type Network =
  | { readonly _tag: "Good" }
  /** Milliseconds that each answer takes longer. */
  | { readonly _tag: "Slow"; readonly millis: number }
  /** Connections are accepted, and nothing ever comes back. */
  | { readonly _tag: "Silent" }
  /** Connections are cut as soon as they say something. */
  | { readonly _tag: "Reset" }

export interface Proxy {
  readonly port: number
  /** How many connections were accepted. */
  readonly accepted: () => number
  readonly become: (network: Network) => Effect.Effect<void>
}

/** A proxy to this port on loopback; it goes with the scope. */
export const make = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<Proxy & { readonly close: () => void }>((resume) => {
      let network: Network = { _tag: "Good" }
      let accepted = 0
      const sockets = new Set<Socket>()
      const server = createServer((client) => {
        accepted++
        const upstream = connect(port, "127.0.0.1")
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          socket.on("error", () => {})
          socket.on("close", () => {
            sockets.delete(socket)
            client.destroy()
            upstream.destroy()
          })
        }
        client.on("data", (data) => {
          if (network._tag === "Reset") client.resetAndDestroy()
          else if (network._tag !== "Silent") upstream.write(data)
        })
        upstream.on("data", (data) => {
          if (network._tag === "Good") client.write(data)
          if (network._tag === "Slow") setTimeout(() => client.destroyed || client.write(data), network.millis)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(
          Effect.succeed({
            port: typeof address === "object" && address !== null ? address.port : 0,
            accepted: () => accepted,
            become: (next) =>
              Effect.sync(() => {
                network = next
              }),
            close: () => {
              server.close()
              for (const socket of sockets) socket.destroy()
            }
          })
        )
      })
    }),
    ({ close }) => Effect.sync(close)
  )
