/** A real `redis-server`, which keeps nothing on disk unless told to. */
import * as Effect from "effect/Effect"
import * as Server from "./Server.ts"

export interface Redis extends Server.Server {
  readonly url: string
}

/** `args` follow the defaults, so that they win: `["--maxmemory", "1mb"]`. */
export const start = (options: { readonly args?: ReadonlyArray<string> } = {}) =>
  Effect.map(
    Server.make({
      command: "redis-server",
      args: (port) => [
        ...["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        ...(options.args ?? [])
      ],
      question: "PING\r\n",
      // One that wants a password is up too.
      answer: /^\+PONG|^-NOAUTH/
    }),
    (server): Redis => ({ ...server, url: `redis://127.0.0.1:${server.port}` })
  )
